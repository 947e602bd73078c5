package live

import (
	"fmt"
	"sync"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/alert"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/world"
)

// evidence that what the rules name exists in a real scrape. Some metrics exist only after a failure, so it is gathered
// over all scenarios.
type evidence struct {
	mu sync.Mutex
	// found are the labels of the series that a selector has found, with the empty name for the series itself.
	found map[string]map[string]bool
	// wanted are the labels that a rule needs of at least one of its selectors.
	wanted map[string]alert.Rule
	// shown tells of each query of the dashboard whether it has found something.
	shown     map[string]bool
	scenarios int
}

func newEvidence() *evidence {
	return &evidence{found: map[string]map[string]bool{}, wanted: map[string]alert.Rule{}, shown: map[string]bool{}}
}

// collect asks a Prometheus for every selector of its rules and of the dashboard.
func (e *evidence) collect(t *testing.T, prometheus *world.Prometheus) {
	t.Helper()
	e.mu.Lock()
	e.scenarios++
	e.mu.Unlock()
	if prometheus == nil {
		return
	}
	queries := dashboardQueries(t)
	for _, rule := range append(renderedRules(t, prometheus), queries...) {
		for _, selector := range rule.Selectors() {
			e.add(rule, selector, prometheus.Series(t, selector))
		}
	}
	for _, query := range queries {
		expr, _ := trouble(query)
		e.show(query.Alert, len(prometheus.Query(t, expr)) > 0)
	}
}

// show that a query of the dashboard has found something, or nothing, in one scenario.
func (e *evidence) show(query string, found bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.shown[query] = e.shown[query] || found
}

func (e *evidence) add(rule alert.Rule, selector string, series []map[string]string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wanted[rule.Alert+rule.Expr] = rule
	if e.found[selector] == nil {
		e.found[selector] = map[string]bool{}
	}
	for _, labels := range series {
		e.found[selector][""] = true
		for name := range labels {
			e.found[selector][name] = true
		}
	}
}

// missing is what no scenario has shown.
func (e *evidence) missing() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var missing []string
	for _, query := range tree.Keys(e.shown) {
		if !e.shown[query] {
			missing = append(missing, fmt.Sprintf("dashboard: %s has shown nothing in any scenario", query))
		}
	}
	for _, key := range tree.Keys(e.wanted) {
		rule := e.wanted[key]
		somewhere := map[string]bool{}
		for _, selector := range rule.Selectors() {
			if !e.found[selector][""] {
				missing = append(missing, fmt.Sprintf("%s: nothing is called %s", rule.Alert, selector))
			}
			for name := range e.found[selector] {
				somewhere[name] = true
			}
		}
		for _, name := range rule.Labels() {
			if !somewhere[name] {
				missing = append(missing, fmt.Sprintf("%s: no series has the label %s", rule.Alert, name))
			}
		}
	}
	return missing
}

func renderedRules(t *testing.T, prometheus *world.Prometheus) []alert.Rule {
	t.Helper()
	text, err := prometheus.Workload.Config()
	if err != nil {
		t.Fatal(err)
	}
	config, err := tree.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var rules []alert.Rule
	for _, file := range tree.Strings(config, "rule_files") {
		text, err := prometheus.Workload.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := alert.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, parsed...)
	}
	return rules
}
