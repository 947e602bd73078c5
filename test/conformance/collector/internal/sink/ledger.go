// Package sink is the other end of an exporter: small servers for OTLP over gRPC, OTLP over HTTP and Prometheus remote
// write that write down every point they take.
package sink

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/target"
)

// Point is a number that arrived. Names are spelled as Prometheus does, whatever the protocol, so that sinks compare.
type Point struct {
	Metric string
	// Labels are the attributes of the resource and of the point.
	Labels map[string]string
	Value  float64
	Time   int64 // milliseconds
	Delta  bool
}

// Series is the identity of the point within its sink.
func (p Point) Series() string {
	var series strings.Builder
	series.WriteString(p.Metric)
	for _, name := range slices.Sorted(maps.Keys(p.Labels)) {
		series.WriteString("," + name + "=" + p.Labels[name])
	}
	return series.String()
}

// Receipt is one point of a target: which series, and of which scrape.
type Receipt struct {
	Target, Metric, Series string
	Scrape                 int
}

// Ledger is what one backend has taken.
type Ledger struct {
	mu       sync.Mutex
	receipts map[Receipt]int
	deltas   map[Receipt]float64
	points   []Point
}

func newLedger() *Ledger {
	return &Ledger{receipts: map[Receipt]int{}, deltas: map[Receipt]float64{}}
}

func (l *Ledger) add(points []Point) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.points = append(l.points, points...)
	for _, point := range points {
		name, known := point.Labels[target.Label]
		if !known || strings.HasSuffix(point.Metric, "_bucket") || strings.HasSuffix(point.Metric, "_sum") {
			continue
		}
		receipt := Receipt{Target: name, Metric: point.Metric, Series: point.Labels["series"]}
		if point.Delta {
			l.deltas[receipt] += point.Value
		} else {
			receipt.Scrape = int(point.Value)
			l.receipts[receipt]++
		}
	}
}

// DeltaSums are what the differences of a series add up to; the scrape number of the receipt is 0.
func (l *Ledger) DeltaSums() map[Receipt]float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.deltas)
}

// Receipts of points from targets, and how often each arrived.
func (l *Ledger) Receipts() map[Receipt]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.receipts)
}

// Points are all that arrived.
func (l *Ledger) Points() []Point {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.points)
}

func prometheusName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
}
