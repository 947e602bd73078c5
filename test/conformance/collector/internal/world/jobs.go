package world

import (
	"slices"
	"strconv"
	"strings"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// ScrapeJob is one of the agent's.
type ScrapeJob struct {
	Receiver string
	Settings tree.Map
}

// ScrapeJobs of all Prometheus receivers.
func (w *World) ScrapeJobs() []ScrapeJob {
	var jobs []ScrapeJob
	receivers := tree.At(w.Config, "receivers")
	for _, id := range tree.Keys(receivers) {
		if kind, _, _ := strings.Cut(id, "/"); kind != "prometheus" {
			continue
		}
		entries, _ := tree.At(receivers, id, "config")["scrape_configs"].([]any)
		for _, entry := range entries {
			jobs = append(jobs, ScrapeJob{id, entry.(tree.Map)})
		}
	}
	return jobs
}

// Sidecars tells whether the job scrapes Envoy.
func (j ScrapeJob) Sidecars() bool {
	return tree.String(j.Settings, "metrics_path") == "/stats/prometheus"
}

// services tells whether the job finds applications by their Services.
func (j ScrapeJob) services() bool {
	return slices.ContainsFunc(j.discoveries(), func(discovery any) bool {
		role := tree.String(discovery, "role")
		return role == "endpointslice" || role == "endpoints" || role == "service"
	})
}

// pods tells whether the job finds annotated pods.
func (j ScrapeJob) pods() bool {
	return !j.Sidecars() && !j.services() && j.app() == ""
}

func (j ScrapeJob) discoveries() []any {
	discoveries, _ := j.Settings["kubernetes_sd_configs"].([]any)
	return discoveries
}

func (j ScrapeJob) namespaces() []string {
	var names []string
	for _, discovery := range j.discoveries() {
		names = append(names, tree.Strings(discovery, "namespaces", "names")...)
	}
	return names
}

// discoversIn tells whether the job looks into a namespace.
func (j ScrapeJob) discoversIn(namespace string) bool {
	names := j.namespaces()
	return len(names) == 0 || slices.Contains(names, namespace)
}

// app is the label by which a job of the user selects pods.
func (j ScrapeJob) app() string {
	for _, leaf := range tree.Leaves(j.discoveries()) {
		text, _ := leaf.Value.(string)
		if app, ok := strings.CutPrefix(text, "app="); ok && leaf.Key() == "label" {
			return app
		}
	}
	return ""
}

// ownKinds are the applications of a job of the user: port, path and scheme are what the job says.
func (j ScrapeJob) ownKinds() []kind {
	app := j.app()
	if app == "" {
		return nil
	}
	port, _ := strconv.Atoi(j.constant("__tmp_port"))
	one := kind{
		name: app, labels: map[string]string{"app": app}, port: port, path: j.constant("__metrics_path__"),
		by: func(other ScrapeJob) bool { return other.app() == app },
	}
	if j.constant("__tmp_scheme") == "https" {
		one.transport = verified
	}
	meshed := one
	meshed.name, meshed.transport = app+"-meshed", permissive
	meshed.labels = map[string]string{"app": app, "security.istio.io/tlsMode": "istio"}
	one.complete(port)
	meshed.complete(port)
	return []kind{one, meshed}
}

// constant that a relabelling without a source gives to a label.
func (j ScrapeJob) constant(label string) string {
	entries, _ := j.Settings["relabel_configs"].([]any)
	for _, entry := range entries {
		if tree.At(entry)["source_labels"] == nil && tree.String(entry, "target_label") == label {
			return tree.String(entry, "replacement")
		}
	}
	return ""
}

// Receives tells whether the agent has a receiver of a type.
func (w *World) Receives(kind string) bool {
	for _, id := range tree.Keys(tree.At(w.Config, "receivers")) {
		if base, _, _ := strings.Cut(id, "/"); base == kind {
			return true
		}
	}
	return false
}
