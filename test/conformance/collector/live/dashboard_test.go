package live

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/alert"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/dashboard"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/world"
)

// withDashboard is the scenario whose dashboard has every panel.
const withDashboard = "prometheus-dashboard"

// onlyInFailures are the queries that find nothing as long as all is well.
var onlyInFailures = []string{
	"Alerts A",
	"Collected by node B",
	"Lost by backend B",
	"Rejected by backend and error A",
}

// zeroWhenHealthy are the queries that find zero as long as all is well.
var zeroWhenHealthy = []string{
	"Alerts firing A",
	"Lost A",
	"Lost by backend A",
	"Targets by node B",
	"Targets down A",
	"Targets down by job A",
}

// trouble is what a query finds only when something is wrong; the whole expression for those that are always of interest.
// Evidence over all scenarios has to show that each of them finds something.
func trouble(query alert.Rule) (expr string, quiet bool) {
	if slices.Contains(onlyInFailures, query.Alert) || slices.Contains(zeroWhenHealthy, query.Alert) {
		return "(" + query.Expr + ") > 0", true
	}
	return query.Expr, false
}

// failureMetrics leave no panel empty that is not empty anyway while all is well.
var failureMetrics = []string{
	"otelcol_exporter_enqueue_failed_metric_points_total",
	"otelcol_exporter_send_failed_metric_points_total",
	"otelcol_receiver_refused_metric_points_total",
}

func hasDashboard(t *testing.T, w *world.World) bool {
	t.Helper()
	dashboards, err := w.Workload.Cluster.Dashboards()
	if err != nil {
		t.Fatal(err)
	}
	return len(dashboards) > 0
}

func dashboardText(t *testing.T) string {
	t.Helper()
	dashboards, err := scenario(t, withDashboard).Cluster.Dashboards()
	if err != nil || len(dashboards) != 1 {
		t.Fatalf("want one dashboard, got %d: %v", len(dashboards), err)
	}
	return dashboards[0]
}

func parseDashboard(t *testing.T, text string) []alert.Rule {
	t.Helper()
	queries, err := dashboard.Queries(text)
	if err != nil {
		t.Fatal(err)
	}
	return queries
}

func dashboardQueries(t *testing.T) []alert.Rule {
	t.Helper()
	return parseDashboard(t, dashboardText(t))
}

// shownWhenHealthy: a dashboard that is opened while all is well shows something in every panel, and nothing wrong.
func shownWhenHealthy(t *testing.T, prometheus *world.Prometheus) []string {
	t.Helper()
	queries := dashboardQueries(t)
	look := func() []string {
		return append(emptyPanels(t, prometheus, queries), alarmingPanels(t, prometheus, queries)...)
	}
	findings := look()
	for deadline := time.Now().Add(patience); len(findings) > 0 && time.Now().Before(deadline); findings = look() {
		time.Sleep(100 * time.Millisecond)
	}
	t.Logf("%d queries of the dashboard, %d of them empty and %d of them zero when all is well",
		len(queries), len(onlyInFailures), len(zeroWhenHealthy))
	return findings
}

// alarmingPanels show trouble although there is none.
func alarmingPanels(t *testing.T, prometheus *world.Prometheus, queries []alert.Rule) []string {
	t.Helper()
	var findings []string
	for _, query := range queries {
		if expr, quiet := trouble(query); quiet && len(prometheus.Query(t, expr)) > 0 {
			findings = append(findings, fmt.Sprintf("%s shows something although all is well: %s", query.Alert, query.Expr))
		}
	}
	return findings
}

// emptyPanels are the queries that find nothing although they should.
func emptyPanels(t *testing.T, prometheus *world.Prometheus, queries []alert.Rule) []string {
	t.Helper()
	var findings []string
	for _, query := range queries {
		if !slices.Contains(onlyInFailures, query.Alert) && len(prometheus.Query(t, query.Expr)) == 0 {
			findings = append(findings, fmt.Sprintf("%s shows nothing: %s", query.Alert, query.Expr))
		}
	}
	return findings
}

var metricName = regexp.MustCompile(`^\w+`)

// Every metric that the dashboard names is renamed in turn, and a panel has to stay empty. Where that shows in a failure
// only, the evidence over all scenarios has to lack it.
func TestARenamedMetricEmptiesItsPanel(t *testing.T) {
	t.Parallel()
	w := world.Start(t, scenario(t, withDashboard), world.Options{})
	prometheus := w.StartPrometheus(t, nil)
	wait(t, w)
	report(t, "before", shownWhenHealthy(t, prometheus))
	text := dashboardText(t)
	for _, metric := range metricNames(parseDashboard(t, text)) {
		renamed := metric + "_renamed"
		mutant := parseDashboard(t, regexp.MustCompile(`\b`+metric+`\b`).ReplaceAllString(text, renamed))
		findings := emptyPanels(t, prometheus, mutant)
		if slices.Contains(failureMetrics, metric) {
			findings = unseen(t, prometheus, mutant)
		}
		if !noticed(findings, renamed) {
			t.Errorf("nobody noticed that %s is called %s: %q", metric, renamed, findings)
		}
	}
}

func metricNames(queries []alert.Rule) []string {
	var names []string
	for _, query := range queries {
		for _, selector := range query.Selectors() {
			names = append(names, metricName.FindString(selector))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// unseen is what the evidence of one scenario lacks.
func unseen(t *testing.T, prometheus *world.Prometheus, queries []alert.Rule) []string {
	t.Helper()
	evidence := newEvidence()
	for _, query := range queries {
		for _, selector := range query.Selectors() {
			evidence.add(query, selector, prometheus.Series(t, selector))
		}
	}
	return evidence.missing()
}

func TestAPanelThatShowsNothingInAnyFailureIsFound(t *testing.T) {
	evidence := newEvidence()
	evidence.show("Alerts A", false)
	if missing := evidence.missing(); !noticed(missing, "Alerts A has shown nothing") {
		t.Errorf("got %q", missing)
	}
	evidence.show("Alerts A", true)
	evidence.show("Alerts A", false)
	if missing := evidence.missing(); len(missing) != 0 {
		t.Errorf("got %q", missing)
	}
}
