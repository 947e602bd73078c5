package world

import (
	"fmt"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/backend"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sink"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/target"
)

// Parity compares what applications served with what a backend took.
type Parity struct {
	Served, Delivered int
	// Findings: points that are lost, or that arrived more than once.
	Findings []string
	// Taken are the applications of which points arrived.
	Taken []string
}

// Served is the number of scrapes that each application has answered.
func (w *World) Served() map[string]int {
	served := map[string]int{}
	for _, app := range w.Apps {
		served[app.Name] = app.Served()
	}
	return served
}

// Parity of one backend, for the scrapes up to those given. A backend gets all of an application's metrics or, where
// something on the way selects, none of them.
func (w *World) Parity(d *Destination, served map[string]int) Parity {
	receipts, sums := d.Receipts(), d.DeltaSums()
	var parity Parity
	for _, app := range w.Apps {
		scrapes := served[app.Name]
		if scrapes == 0 {
			continue
		}
		reach := w.reach(app, d)
		for _, prefix := range app.Prefixes {
			one := Parity{}
			for _, receipt := range target.Series(app.Name, prefix) {
				series := sink.Receipt{Target: receipt.Target, Metric: receipt.Metric, Series: receipt.Series}
				if sum, isDelta := sums[series]; isDelta {
					one.addDelta(series, scrapes, app.Target.Served(), int(sum))
				} else {
					one.add(series, scrapes, receipts)
				}
			}
			nothing := one.Delivered == 0
			if nothing && (!reach.Connected || reach.Selective || app.kind.optional(prefix)) {
				continue
			}
			if !reach.Connected {
				one.Findings = append(one.Findings, fmt.Sprintf("%s: no pipeline leads from %s here", d.Exporter, app.Name))
			}
			parity.Served += one.Served
			parity.Delivered += one.Delivered
			parity.Findings = append(parity.Findings, one.Findings...)
			parity.Taken = append(parity.Taken, app.Name)
		}
	}
	return parity
}

func (p *Parity) add(series sink.Receipt, scrapes int, receipts map[sink.Receipt]int) {
	for scrape := 1; scrape <= scrapes; scrape++ {
		series.Scrape = scrape
		count := receipts[series]
		p.Served++
		p.Delivered += count
		switch {
		case count == 0:
			p.Findings = append(p.Findings, fmt.Sprintf("lost: %s %s{series=%q}, scrape %d", series.Target, series.Metric, series.Series, scrape))
		case count > 1:
			p.Findings = append(p.Findings, fmt.Sprintf("%d times: %s %s{series=%q}, scrape %d", count, series.Target, series.Metric, series.Series, scrape))
		}
	}
}

// addDelta: each scrape adds one; the first has nothing to differ from. More may have been served since the count.
func (p *Parity) addDelta(series sink.Receipt, scrapes, servedSince, sum int) {
	p.Served += scrapes
	p.Delivered += min(sum+1, scrapes)
	if sum < scrapes-1 || sum > servedSince {
		p.Findings = append(p.Findings, fmt.Sprintf("%s %s{series=%q} grew by %d in %d scrapes", series.Target, series.Metric, series.Series, sum, scrapes))
	}
}

// reach of an application's metrics, by any job that scrapes it.
func (w *World) reach(app *App, d *Destination) backend.Reach {
	var reach backend.Reach
	for _, job := range w.jobsFor(app) {
		one := backend.ReachOf(w.Config, job.Receiver, d.Exporter)
		reach.Connected = reach.Connected || one.Connected
		reach.Selective = reach.Selective || one.Selective
	}
	return reach
}
