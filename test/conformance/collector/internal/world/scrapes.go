package world

import (
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/speed"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// Wanted are the applications that have to be scraped.
func (w *World) Wanted() []*App {
	return slices.DeleteFunc(slices.Clone(w.Apps), func(app *App) bool {
		return app.kind.name == "quiet" || app.kind.name == "merged" || len(w.jobsFor(app)) == 0
	})
}

// jobsFor an application, in its namespace.
func (w *World) jobsFor(app *App) []ScrapeJob {
	return slices.DeleteFunc(w.ScrapeJobs(), func(job ScrapeJob) bool {
		return !app.kind.by(job) || !job.discoversIn(app.Pod.Namespace)
	})
}

// CertificateFindings: a job that shows the sidecar's certificates meets somebody who asks for them.
func (w *World) CertificateFindings() []string {
	if !slices.ContainsFunc(w.ScrapeJobs(), func(job ScrapeJob) bool {
		return tree.String(job.Settings, "tls_config", "cert_file") != ""
	}) {
		return nil
	}
	if !slices.ContainsFunc(w.Apps, func(app *App) bool { return app.ByTLS() > 0 }) {
		return []string{"nobody was scraped by mutual TLS"}
	}
	return nil
}

// Interval of the slowest scrapes, in the time of the test.
func (w *World) Interval() time.Duration {
	var longest time.Duration
	for _, job := range w.ScrapeJobs() {
		longest = max(longest, job.interval())
	}
	return longest
}

func (j ScrapeJob) interval() time.Duration {
	parsed, err := model.ParseDuration(tree.String(j.Settings, "scrape_interval"))
	if err != nil {
		parsed = model.Duration(time.Minute)
	}
	return speed.Of(time.Duration(parsed))
}

// ScrapeFindings: what was scraped although nobody asked for it, or twice per interval.
func (w *World) ScrapeFindings() []string {
	var findings []string
	for _, app := range w.Apps {
		if strangers := app.Strangers(); len(strangers) > 0 {
			findings = append(findings, fmt.Sprintf("%s was asked for %q", app.Name, strangers))
		}
		jobs, served := w.jobsFor(app), app.Served()
		switch {
		case served == 0:
		case app.kind.name == "quiet" || len(jobs) == 0:
			findings = append(findings, app.Name+" was scraped although nothing asks for it")
		default:
			most := int(time.Since(w.agentOn(app.Pod.Spec.NodeName).Started)/jobs[0].interval()) + 1
			if served > most {
				findings = append(findings, fmt.Sprintf("%s was scraped %d times in %d intervals", app.Name, served, most))
			}
		}
	}
	return findings
}

func (w *World) agentOn(node string) *Agent {
	for _, agent := range w.Agents {
		if agent.Node == node {
			return agent
		}
	}
	return nil
}
