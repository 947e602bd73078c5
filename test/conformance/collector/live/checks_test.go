package live

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/world"
)

const (
	// scrapes that a phase lasts.
	scrapes = 4
	// patience with points under way; discovery alone takes the Prometheus receiver five seconds.
	patience = 20 * time.Second
	// alertPatience: retries have to end, and then the alert waits as long.
	alertPatience = 90 * time.Second
)

// wait until everything was scraped a few times more.
func wait(t *testing.T, w *world.World) {
	t.Helper()
	before, summaries := w.Served(), w.Summaries()
	wanted := w.Wanted()
	if len(wanted) == 0 && !w.Receives("kubelet_stats") {
		t.Fatal("nothing to scrape")
	}
	missing := func() []string {
		var missing []string
		for _, app := range wanted {
			if app.Served() < before[app.Name]+scrapes {
				missing = append(missing, app.Name)
			}
		}
		for i, kubelet := range w.Kubelets {
			if w.Receives("kubelet_stats") && kubelet.Asked() < summaries[i]+scrapes {
				missing = append(missing, "kubelet of "+kubelet.Node)
			}
		}
		return missing
	}
	deadline := time.Now().Add(patience + scrapes*w.Interval())
	for len(missing()) > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("not scraped in time: %q\n%q", missing(), complaints(w))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// delivery: what was served until now arrives at each of the backends, once.
func delivery(t *testing.T, w *world.World, backends []*world.Destination, when string) []string {
	t.Helper()
	served, summaries := w.Served(), w.Summaries()
	deadline := time.Now().Add(patience)
	var findings []string
	for _, backend := range backends {
		apps, runtime := w.Parity(backend, served), w.RuntimeParity(backend, summaries)
		for len(apps.Findings)+len(runtime.Findings) > 0 && time.Now().Before(deadline) {
			time.Sleep(100 * time.Millisecond)
			apps, runtime = w.Parity(backend, served), w.RuntimeParity(backend, summaries)
		}
		if apps.Served+runtime.Served == 0 {
			findings = append(findings, backend.Exporter+" gets nothing")
		}
		t.Logf("%s: %s: served %d+%d, delivered %d+%d", when, backend.Exporter,
			apps.Served, runtime.Served, apps.Delivered, runtime.Delivered)
		for _, finding := range append(apps.Findings, runtime.Findings...) {
			findings = append(findings, backend.Exporter+": "+finding)
		}
	}
	return append(findings, unwanted(w, served, backends)...)
}

// unwanted: an application was scraped, and no backend got its metrics.
func unwanted(w *world.World, served map[string]int, backends []*world.Destination) []string {
	if len(backends) < len(w.Backends) {
		return nil
	}
	taken := map[string]bool{}
	for _, backend := range backends {
		for _, app := range w.Parity(backend, served).Taken {
			taken[app] = true
		}
	}
	var findings []string
	for _, app := range w.Apps {
		if served[app.Name] > 0 && !taken[app.Name] {
			findings = append(findings, app.Name+" is scraped for nobody")
		}
	}
	return findings
}

func complaints(w *world.World) []string {
	var findings []string
	for _, agent := range w.Agents {
		for _, complaint := range world.Complaints(agent.Log()) {
			findings = append(findings, agent.Node+": "+complaint)
		}
	}
	return findings
}

// firingBut are the alerts that fire about anything but a backend.
func firingBut(t *testing.T, prometheus *world.Prometheus, victim *world.Destination) []string {
	t.Helper()
	var findings []string
	for _, alert := range prometheus.Firing(t) {
		if alert.Labels["severity"] != "none" && (victim == nil || !about(victim)(alert)) {
			findings = append(findings, fmt.Sprint(alert.Labels))
		}
	}
	return append(findings, missingTexts(prometheus.Firing(t))...)
}

// missingTexts are alerts that show a label which they do not have.
func missingTexts(alerts []world.Alert) []string {
	var findings []string
	for _, alert := range alerts {
		for _, text := range alert.Annotations {
			if strings.Contains(text, "<no value>") || strings.Contains(text, "  ") || strings.HasSuffix(text, " ") {
				findings = append(findings, fmt.Sprintf("%s: a label is missing in %q", alert.Name(), text))
			}
		}
	}
	return findings
}

// notSent are alerts that fire and have not come to those who are to be told.
func notSent(t *testing.T, prometheus *world.Prometheus) []string {
	t.Helper()
	if prometheus.Receivers == 0 {
		return nil
	}
	var missing []string
	for _, alert := range prometheus.Firing(t) {
		deadline := time.Now().Add(patience)
		for !slices.Contains(prometheus.Received.Names(), alert.Name()) {
			if time.Now().After(deadline) {
				missing = append(missing, alert.Name())
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	return missing
}

// about tells whether an alert names the backend.
func about(victim *world.Destination) func(world.Alert) bool {
	return func(alert world.Alert) bool {
		for _, value := range alert.Labels {
			if value == victim.Exporter || value == victim.Name() {
				return true
			}
		}
		return false
	}
}

func others(w *world.World, victim *world.Destination) []*world.Destination {
	return slices.DeleteFunc(slices.Clone(w.Backends), func(d *world.Destination) bool { return d == victim })
}
