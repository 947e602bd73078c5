package live

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sink"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/speed"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/world"
)

// TestTheRenderedAgentOf runs each scenario through a day in its life: all is well, backends are away for a while, one
// is gone.
func TestTheRenderedAgentOf(t *testing.T) {
	t.Parallel()
	evidence := newEvidence()
	scenarios := len(agents(t)) + len(failures)
	t.Run("golden", func(t *testing.T) {
		forEachAgent(t, func(t *testing.T, index int, agent *golden.Workload) {
			t.Parallel()
			w := world.Start(t, agent, world.Options{})
			prometheus := w.StartPrometheus(t, nil)
			victim := w.Backends[index%len(w.Backends)]
			healthy(t, w, prometheus)
			shortOutage(t, w)
			longOutage(t, w, prometheus, victim)
			evidence.collect(t, prometheus)
			stop(t, w, victim)
		})
		for _, failure := range failures {
			t.Run("example-platform "+failure.name, func(t *testing.T) {
				t.Parallel()
				failure.run(t, evidence)
			})
		}
	})
	if evidence.scenarios < scenarios {
		t.Log("not all scenarios ran to their end: what rules name may not have been seen")
		return
	}
	for _, missing := range evidence.missing() {
		t.Error(missing)
	}
}

// healthy: every backend lives.
func healthy(t *testing.T, w *world.World, prometheus *world.Prometheus) {
	t.Helper()
	wait(t, w)
	report(t, "all backends live", delivery(t, w, w.Backends, "all backends live"))
	report(t, "log", complaints(w))
	report(t, "missing rule", w.API.Denied())
	report(t, "scrapes", w.ScrapeFindings())
	report(t, "certificates", w.CertificateFindings())
	for _, backend := range w.Backends {
		report(t, backend.Exporter, w.ClusterFindings(backend))
		report(t, backend.Exporter, w.StateFindings(backend))
		report(t, backend.Exporter, w.ContainerFindings(backend))
	}
	if prometheus != nil {
		report(t, "log of Prometheus", world.Complaints(prometheus.Log()))
		report(t, "readers of Prometheus", prometheus.ReaderFindings(t))
		report(t, "all is well, but this fires", firingBut(t, prometheus, nil))
		if hasDashboard(t, w) {
			report(t, "dashboard", shownWhenHealthy(t, prometheus))
		}
	}
}

// shortOutage: no backend is available for less than a request is tried again (300 s), and none of them misses anything.
func shortOutage(t *testing.T, w *world.World) {
	t.Helper()
	const outage = 4 * time.Minute
	for _, backend := range w.Backends {
		backend.Refuse(true)
	}
	time.Sleep(speed.Of(outage))
	for _, backend := range w.Backends {
		backend.Refuse(false)
	}
	wait(t, w)
	when := fmt.Sprintf("all were away for %v", outage)
	report(t, when, delivery(t, w, w.Backends, when))
}

// longOutage: a backend is gone. The others miss nothing, and only its alerts fire.
func longOutage(t *testing.T, w *world.World, prometheus *world.Prometheus, victim *world.Destination) {
	t.Helper()
	victim.Die()
	when := victim.Exporter + " is dead"
	if prometheus != nil {
		world.Eventually(t, alertPatience, "an alert for "+victim.Exporter, func() bool {
			return slices.ContainsFunc(prometheus.Firing(t), about(victim))
		})
		report(t, when+", but this fires", firingBut(t, prometheus, victim))
		for _, alert := range prometheus.Firing(t) {
			t.Logf("%s: fires: %v", when, alert.Labels)
		}
		report(t, "not sent on", notSent(t, prometheus))
	}
	wait(t, w)
	report(t, when, delivery(t, w, others(w, victim), when))
}

// stop: the agents end within the time that their pod has.
func stop(t *testing.T, w *world.World, dead *world.Destination) {
	t.Helper()
	if dead.Protocol == sink.RemoteWrite {
		// It tries the rest of its queue one by one, each until its timeout: the kubelet has to kill it.
		return
	}
	grace := time.Duration(*w.Workload.Pod.TerminationGracePeriodSeconds) * time.Second
	for _, agent := range w.Agents {
		if err := agent.Stop(grace); err != nil {
			t.Errorf("%s: %v", agent.Node, err)
		}
	}
}

func report(t *testing.T, what string, findings []string) {
	t.Helper()
	const most = 5
	for i, finding := range findings {
		if i == most {
			t.Errorf("%s: and %d more", what, len(findings)-i)
			return
		}
		t.Errorf("%s: %s", what, finding)
	}
}
