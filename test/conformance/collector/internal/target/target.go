// Package target is an application with metrics, which knows what it has served.
package target

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

// Label marks every series of a target with the target's name.
const Label = "conformance_target"

// Families of metrics that every target serves, one of each type. The value of each series is the number of the scrape, so
// every point of a run is different.
var Families = []string{"level", "requests_total", "duration_seconds_count"}

const seriesPerFamily = 5

// Target serves metrics with each of the prefixes.
type Target struct {
	Name     string
	Prefixes []string
	// Untyped answers name no content type.
	Untyped bool

	mu      sync.Mutex
	scrapes int
	served  int
	byTLS   int
	paused  bool
	others  []string
}

// Served is the number of scrapes that were answered in full.
func (t *Target) Served() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.served
}

// ByTLS is how many of them came by mutual TLS.
func (t *Target) ByTLS() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byTLS
}

// Pause refuses further scrapes.
func (t *Target) Pause(paused bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.paused = paused
}

// Strangers are requests for anything but the metrics.
func (t *Target) Strangers() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.others
}

// Handler serves the metrics at a path.
func (t *Target) Handler(path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.mu.Lock()
		defer t.mu.Unlock()
		switch {
		case r.URL.Path != path:
			t.others = append(t.others, r.URL.Path)
			http.NotFound(w, r)
			return
		case t.paused:
			http.Error(w, "paused", http.StatusServiceUnavailable)
			return
		}
		t.scrapes++
		if t.Untyped {
			w.Header()["Content-Type"] = nil
		} else {
			w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		}
		if _, err := w.Write(t.page(t.scrapes)); err != nil {
			return
		}
		t.served++
		if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
			t.byTLS++
		}
	})
}

func (t *Target) page(scrape int) []byte {
	var page bytes.Buffer
	for _, prefix := range t.Prefixes {
		fmt.Fprintf(&page, "# TYPE %slevel gauge\n", prefix)
		for i := range seriesPerFamily {
			fmt.Fprintf(&page, "%slevel{%s=%q,series=\"%d\"} %d\n", prefix, Label, t.Name, i, scrape)
		}
		fmt.Fprintf(&page, "# TYPE %srequests_total counter\n", prefix)
		for i := range seriesPerFamily {
			fmt.Fprintf(&page, "%srequests_total{%s=%q,series=\"%d\"} %d\n", prefix, Label, t.Name, i, scrape)
		}
		fmt.Fprintf(&page, "# TYPE %sduration_seconds histogram\n", prefix)
		for i := range seriesPerFamily {
			labels := fmt.Sprintf("%s=%q,series=\"%d\"", Label, t.Name, i)
			fmt.Fprintf(&page, "%sduration_seconds_bucket{%s,le=\"1\"} %d\n", prefix, labels, scrape)
			fmt.Fprintf(&page, "%sduration_seconds_bucket{%s,le=\"+Inf\"} %d\n", prefix, labels, scrape)
			fmt.Fprintf(&page, "%sduration_seconds_sum{%s} %d\n", prefix, labels, scrape)
			fmt.Fprintf(&page, "%sduration_seconds_count{%s} %d\n", prefix, labels, scrape)
		}
	}
	return page.Bytes()
}

// Point names a series of a target.
type Point struct{ Target, Metric, Series string }

// Series of one prefix.
func Series(name, prefix string) []Point {
	var series []Point
	for _, family := range Families {
		for i := range seriesPerFamily {
			series = append(series, Point{name, prefix + family, strconv.Itoa(i)})
		}
	}
	return series
}
