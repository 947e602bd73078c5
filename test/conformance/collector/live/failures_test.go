package live

import (
	"maps"
	"slices"
	"testing"
	"time"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sink"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/world"
)

// failure is something that goes wrong, and the alerts that have to say so: these and no others.
type failure struct {
	name    string
	options world.Options
	happen  func(t *testing.T, w *world.World)
	// expect are labels of alerts that have to fire. Whatever else fires is about the same backend.
	expect func(w *world.World) []map[string]string
	// unharmed are the backends that miss nothing.
	unharmed func(w *world.World) []*world.Destination
}

var failures = []failure{
	{
		name:    "with full queues",
		options: world.Options{Edit: smallQueues},
		happen: func(_ *testing.T, w *world.World) {
			for _, victim := range w.Backends[1:] {
				victim.Die()
			}
		},
		expect: func(w *world.World) []map[string]string { return aboutBackends(w.Backends[1:], "QueueFillingUp") },
		unharmed: func(w *world.World) []*world.Destination {
			return w.Backends[:1]
		},
	},
	{
		name: "with a dead remote write backend",
		happen: func(_ *testing.T, w *world.World) {
			remoteWrite(w).Die()
		},
		expect: func(w *world.World) []map[string]string {
			return aboutBackends([]*world.Destination{remoteWrite(w)}, "Unreachable")
		},
		unharmed: func(w *world.World) []*world.Destination { return others(w, remoteWrite(w)) },
	},
	{
		name: "with backends that reject",
		happen: func(_ *testing.T, w *world.World) {
			for _, victim := range w.Backends {
				victim.Reject(true)
			}
		},
		expect: func(w *world.World) []map[string]string { return aboutBackends(w.Backends, "RejectsData") },
	},
	{
		name: "with dead targets",
		happen: func(_ *testing.T, w *world.World) {
			for _, app := range w.Apps {
				app.Pause(app.Pod.Namespace == "shop" && app.Pod.Labels["app"] == "app")
			}
		},
		expect: func(*world.World) []map[string]string {
			return []map[string]string{{"alertname": "TelemetryScrapeTargetsDown", "k8s_namespace_name": "shop"}}
		},
	},
	{
		name: "with a kubelet that refuses its agent",
		happen: func(_ *testing.T, w *world.World) {
			w.Kubelets[1].Refuse()
		},
		expect: func(w *world.World) []map[string]string {
			return []map[string]string{{"alertname": "MetricAgentWithoutKubelet", "node": w.Kubelets[1].Node}}
		},
	},
	{
		name: "with a dead agent",
		happen: func(t *testing.T, w *world.World) {
			if err := w.Agents[1].Stop(patience); err != nil {
				t.Error(err)
			}
		},
		expect: func(w *world.World) []map[string]string {
			return []map[string]string{{"alertname": "MetricAgentDown", "node": w.Agents[1].Node}}
		},
	},
	{
		name:    "with nodes without an agent",
		options: world.Options{MissingAgents: 3},
		happen:  func(*testing.T, *world.World) {},
		expect: func(w *world.World) []map[string]string {
			return []map[string]string{{"alertname": "MetricAgentMissingOnManyNodes", "agent": w.Workload.Name}}
		},
	},
}

func (f failure) run(t *testing.T, evidence *evidence) {
	t.Helper()
	w := world.Start(t, platform(t), f.options)
	prometheus := w.StartPrometheus(t, nil)
	wait(t, w)
	f.happen(t, w)
	expected := f.expect(w)
	deadline := time.Now().Add(alertPatience)
	for _, labels := range expected {
		for !slices.ContainsFunc(prometheus.Firing(t), with(labels)) {
			if time.Now().After(deadline) {
				t.Errorf("no alert with %v", labels)
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	for _, alert := range prometheus.Firing(t) {
		t.Logf("%s: fires: %v", f.name, alert.Labels)
		expectedOne := func(labels map[string]string) bool {
			labels = maps.Clone(labels)
			if labels["backend"] != "" {
				delete(labels, "alertname")
			}
			return with(labels)(alert)
		}
		if alert.Labels["severity"] != "none" && !slices.ContainsFunc(expected, expectedOne) {
			t.Errorf("this has nothing to do with it, but fires: %v", alert.Labels)
		}
	}
	report(t, "text", missingTexts(prometheus.Firing(t)))
	if f.unharmed != nil {
		report(t, f.name, delivery(t, w, f.unharmed(w), f.name))
	}
	evidence.collect(t, prometheus)
}

func aboutBackends(backends []*world.Destination, problem string) []map[string]string {
	labels := make([]map[string]string, len(backends))
	for i, backend := range backends {
		labels[i] = map[string]string{"alertname": "TelemetryBackend" + problem, "backend": backend.Name()}
	}
	return labels
}

func remoteWrite(w *world.World) *world.Destination {
	for _, backend := range w.Backends {
		if backend.Protocol == sink.RemoteWrite {
			return backend
		}
	}
	panic("no remote write backend")
}

func with(labels map[string]string) func(world.Alert) bool {
	return func(alert world.Alert) bool {
		for name, value := range labels {
			if alert.Labels[name] != value {
				return false
			}
		}
		return true
	}
}

// smallQueues overflow at once when nobody empties them; that of the first backend stays as it is.
func smallQueues(config tree.Map) {
	exporters := tree.At(config, "exporters")
	for _, id := range tree.Keys(exporters)[1:] {
		if queue := tree.At(exporters, id, "sending_queue"); queue != nil {
			queue["queue_size"], queue["num_consumers"] = 1000, 1
			if batch := tree.At(queue, "batch"); batch != nil {
				batch["min_size"], batch["max_size"] = 100, 1000
			}
		}
		if queue := tree.At(exporters, id, "remote_write_queue"); queue != nil {
			queue["queue_size"] = 2
		}
	}
}
