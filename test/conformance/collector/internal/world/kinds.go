package world

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// kind of application: how it asks to be scraped, and how it answers.
type kind struct {
	name        string
	annotations map[string]string
	labels      map[string]string
	// service are the annotations of its Service, nil where it has none.
	service   map[string]string
	port      int
	path      string
	prefixes  []string
	untyped   bool
	transport transport
	container string
	// declaresUDP: a UDP port is the only one that its pod declares.
	declaresUDP bool
	// by tells which jobs scrape it.
	by func(ScrapeJob) bool
}

type transport int

const (
	plain transport = iota
	// verified is TLS with a certificate for the address.
	verified
	// permissive takes plaintext, and mutual TLS with a certificate that names no address, as a sidecar does.
	permissive
)

func (w *World) kinds() []kind {
	kinds := w.annotatedKinds()
	seen := map[string]bool{}
	for _, job := range w.ScrapeJobs() {
		if app := job.app(); !seen[app] {
			seen[app] = true
			kinds = append(kinds, job.ownKinds()...)
		}
	}
	return kinds
}

// annotatedKinds ask by annotations of the pod or of its Service, or not at all.
func (w *World) annotatedKinds() []kind {
	port := w.port()
	injected := map[string]string{"security.istio.io/tlsMode": "istio"}
	kinds := []kind{
		{name: "app", annotations: annotated(port)},
		{name: "legacy", annotations: annotated(port, "path", "/custom"), path: "/custom", untyped: true},
		{name: "secure", annotations: annotated(port, "scheme", "https"), transport: verified},
		{name: "meshed", annotations: annotated(port), labels: injected, transport: permissive},
		{
			// As Istio rewrites the annotations of injected pods: everything of application and proxy on one port.
			name: "merged", annotations: annotated(15020, "path", "/stats/prometheus"), labels: injected, port: 15020,
			path: "/stats/prometheus", prefixes: []string{"merged_", "istio_"},
		},
		{name: "served", service: annotated(port), by: ScrapeJob.services},
		{name: "both", annotations: annotated(port), service: annotated(port)},
		{name: "statsd", annotations: annotated(port), declaresUDP: true},
		{name: "quiet"},
		{
			name: "envoy", labels: injected, port: 15090, path: "/stats/prometheus",
			prefixes: []string{"istio_", "envoy_"}, container: "istio-proxy", by: ScrapeJob.Sidecars,
		},
	}
	for i := range kinds {
		kinds[i].complete(port)
	}
	return kinds
}

func annotated(port int, more ...string) map[string]string {
	annotations := map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": strconv.Itoa(port)}
	for i := 0; i < len(more); i += 2 {
		annotations["prometheus.io/"+more[i]] = more[i+1]
	}
	return annotations
}

func (k *kind) complete(port int) {
	if k.port == 0 {
		k.port = port
	}
	if k.path == "" {
		k.path = "/metrics"
	}
	if k.prefixes == nil {
		k.prefixes = []string{strings.ReplaceAll(k.name, "-", "_") + "_"}
	}
	if k.by == nil {
		k.by = ScrapeJob.pods
	}
}

// optional metrics of an application may be kept from every backend.
func (k *kind) optional(prefix string) bool {
	return prefix == "envoy_" || prefix == "istio_" && k.name == "merged"
}

// namespaces that the agent discovers in, or any two where it discovers in all.
func (w *World) namespaces() []string {
	var names []string
	for _, job := range w.ScrapeJobs() {
		names = append(names, job.namespaces()...)
	}
	if len(names) == 0 {
		names = append(w.strictNamespaces(), "shop", "team-b")
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// strict is how a config tells where sidecars demand mutual TLS.
var strict = regexp.MustCompile(`^istio;\(([a-z0-9|-]+)\)$`)

func (w *World) strictNamespaces() []string {
	for _, job := range w.ScrapeJobs() {
		entries, _ := job.Settings["relabel_configs"].([]any)
		for _, entry := range entries {
			if match := strict.FindStringSubmatch(tree.String(entry, "regex")); match != nil {
				return strings.Split(match[1], "|")
			}
		}
	}
	return nil
}

// onPorts is how a config keeps targets by port.
var onPorts = regexp.MustCompile(`^\.\+:\((\d+)`)

// port of annotated applications: one that the config admits.
func (w *World) port() int {
	for _, job := range w.ScrapeJobs() {
		entries, _ := job.Settings["relabel_configs"].([]any)
		for _, entry := range entries {
			match := onPorts.FindStringSubmatch(tree.String(entry, "regex"))
			if match != nil && tree.String(entry, "action") == "keep" {
				port, _ := strconv.Atoi(match[1])
				return port
			}
		}
	}
	return 8080
}
