// Package discovery is what Prometheus makes of the scrape jobs of an agent and a pod: with its own relabelling, over what
// its discovery of Kubernetes would say.
package discovery

import (
	"bytes"
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	yamlv2 "go.yaml.in/yaml/v2"
	"istio.io/istio/pilot/pkg/simulation"
	k8slabels "k8s.io/apimachinery/pkg/labels"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
)

// Target is a pod and its Service, with scrape annotations of either.
type Target struct {
	Namespace string
	Injected  bool
	Ports     []uint16
	Labels    map[string]string
	OnPod     map[string]string
	OnService map[string]string
}

// Scrape is one request that Prometheus makes.
type Scrape struct {
	Job     string
	Address netip.AddrPort
	TLS     simulation.TLSMode
}

// Scrapes runs Prometheus' own relabelling over what its discovery says about a pod, for every job of
// the agent.
func Scrapes(t testing.TB, agent golden.Agent, pod Target, ip netip.Addr) []Scrape {
	t.Helper()
	jobs, err := agent.Config.ScrapeJobs()
	if err != nil {
		t.Fatal(err)
	}
	var found []Scrape
	for _, job := range jobs {
		configs := relabelConfigs(t, job)
		if !selected(t, job, pod) {
			continue
		}
		for _, meta := range discovered(t, job.Discovery[0].Role, pod, ip) {
			builder := labels.NewBuilder(meta)
			builder.Set(model.SchemeLabel, cmp.Or(job.Scheme, "http"))
			builder.Set(model.MetricsPathLabel, cmp.Or(job.Path, "/metrics"))
			if !relabel.ProcessBuilder(builder, configs...) {
				continue
			}
			address, err := netip.ParseAddrPort(builder.Get(model.AddressLabel))
			if err != nil {
				t.Fatalf("job %s: %v", job.Name, err)
			}
			s := Scrape{job.Name, address, simulation.Plaintext}
			if builder.Get(model.SchemeLabel) == "https" {
				s.TLS = simulation.TLS
				if job.TLS != nil && job.TLS.CertFile != "" {
					s.TLS = simulation.MTLS
				}
			}
			if !slices.Contains(found, s) { // Prometheus scrapes equal targets once.
				found = append(found, s)
			}
		}
	}
	return found
}

func (s Scrape) String() string { return fmt.Sprintf("job %s of %s in %s", s.Job, s.Address, s.TLS) }

// selected is what discovery itself decides.
func selected(t testing.TB, job golden.ScrapeJob, pod Target) bool {
	t.Helper()
	if len(job.Discovery) != 1 {
		t.Fatalf("job %s: %d discoveries", job.Name, len(job.Discovery))
	}
	discovery := job.Discovery[0]
	if names := discovery.Namespaces.Names; len(names) > 0 && !slices.Contains(names, pod.Namespace) {
		return false
	}
	for _, selector := range discovery.Selectors {
		parsed, err := k8slabels.Parse(selector.Label)
		if err != nil {
			t.Fatalf("job %s: %v", job.Name, err)
		}
		if selector.Role == "pod" && !parsed.Matches(k8slabels.Set(pod.Labels)) {
			return false
		}
	}
	return true
}

// relabelConfigs are a job's, read as Prometheus reads them.
func relabelConfigs(t testing.TB, job golden.ScrapeJob) []*relabel.Config {
	t.Helper()
	text, err := yamlv2.Marshal(job.Relabel)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte("${env:K8S_NODE_NAME}"), []byte(nodeName))
	var configs []*relabel.Config
	if err := yamlv2.UnmarshalStrict(text, &configs); err != nil {
		t.Fatalf("job %s: %v", job.Name, err)
	}
	for _, config := range configs {
		if err := config.Validate(model.UTF8Validation); err != nil {
			t.Fatalf("job %s: %v", job.Name, err)
		}
	}
	return configs
}

// nodeName is where agent and targets run.
const nodeName = "node-1"

// discovered are the labels of Prometheus' discovery: one target for each declared port of each container.
func discovered(t testing.TB, role string, pod Target, ip netip.Addr) []labels.Labels {
	t.Helper()
	if role != "pod" && role != "endpointslice" {
		t.Fatalf("discovery of the role %q is not modelled", role)
	}
	containers := map[string][]uint16{"app": pod.Ports}
	if pod.Injected {
		containers["istio-proxy"] = []uint16{15090}
	}
	var targets []labels.Labels
	for container, ports := range containers {
		for _, port := range ports {
			set := map[string]string{
				model.AddressLabel:                            netip.AddrPortFrom(ip, port).String(),
				"__meta_kubernetes_namespace":                 pod.Namespace,
				"__meta_kubernetes_pod_name":                  "app-0",
				"__meta_kubernetes_pod_node_name":             nodeName,
				"__meta_kubernetes_pod_ip":                    ip.String(),
				"__meta_kubernetes_pod_phase":                 "Running",
				"__meta_kubernetes_pod_container_name":        container,
				"__meta_kubernetes_pod_container_init":        "false",
				"__meta_kubernetes_pod_container_port_number": fmt.Sprint(port),
			}
			if pod.Injected {
				set["__meta_kubernetes_pod_label_security_istio_io_tlsMode"] = "istio"
			}
			add(set, "__meta_kubernetes_pod_label_", pod.Labels)
			add(set, "__meta_kubernetes_pod_annotation_", pod.OnPod)
			if role == "endpointslice" {
				set["__meta_kubernetes_service_name"] = "app"
				add(set, "__meta_kubernetes_service_annotation_", pod.OnService)
			}
			targets = append(targets, labels.FromMap(set))
		}
	}
	return targets
}

// add does to names of Kubernetes what Prometheus does.
func add(set map[string]string, prefix string, values map[string]string) {
	for name, value := range values {
		set[prefix+strings.NewReplacer(".", "_", "/", "_").Replace(name)] = value
	}
}
