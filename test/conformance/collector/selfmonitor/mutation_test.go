package selfmonitor

import (
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/config"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/alert"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

func TestPrometheusRefusesAnUnknownKey(t *testing.T) {
	broken := strings.Replace(text(t, platform(t)), "scrape_configs:", "scrape_confgs:", 1)
	if _, err := config.Load(broken, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a misspelt key went unnoticed")
	}
}

var (
	silentFailed = regexp.MustCompile(`alertname: (\w+), time: [^\n]*\n\s+exp:\[\]`)
	firingFailed = regexp.MustCompile(`alertname: (\w+), time: [^\n]*\n\s+exp:\[\n`)
	condition    = regexp.MustCompile(`(?s) (unless|and) .*`)
)

// Every rule is broken, and for each of them a unit test has to say so.
func TestTheUnitTestsNoticeThatEveryRule(t *testing.T) {
	for _, broken := range []struct {
		name   string
		change func(expr string) string
		failed *regexp.Regexp
	}{
		{"never fires", func(string) string { return "vector(0) > 1" }, firingFailed},
		{"always fires", func(string) string { return "vector(1)" }, silentFailed},
		{"has lost its condition", func(expr string) string { return condition.ReplaceAllString(expr, "") }, silentFailed},
	} {
		t.Run(broken.name, func(t *testing.T) {
			t.Parallel()
			text, changed := changed(t, broken.change)
			noticed := failures(t, text, broken.failed)
			for _, name := range changed {
				if !slices.Contains(noticed, name) {
					t.Errorf("no unit test noticed that %s %s", name, broken.name)
				}
			}
		})
	}
}

// changed are the rules after a change of their expressions, and the names of those that it changed.
func changed(t *testing.T, change func(expr string) string) (text string, names []string) {
	t.Helper()
	root, err := tree.Parse(shortened(t, platformRules(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range root["groups"].([]any) {
		for _, entry := range group.(tree.Map)["rules"].([]any) {
			rule := entry.(tree.Map)
			before := tree.String(rule, "expr")
			if rule["expr"] = change(before); rule["expr"] != before {
				names = append(names, tree.String(rule, "alert"))
			}
		}
	}
	if text, err = tree.Text(root); err != nil {
		t.Fatal(err)
	}
	return text, names
}

func failures(t *testing.T, rules string, pattern *regexp.Regexp) []string {
	t.Helper()
	var names []string
	for _, file := range unitTests(t) {
		output, err := testRules(t, rules, file)
		if err == nil {
			continue
		}
		for _, match := range pattern.FindAllStringSubmatch(output, -1) {
			names = append(names, match[1])
		}
	}
	return names
}

func TestAnAlertWithoutUnitTestIsFound(t *testing.T) {
	missing := alert.Untested(rules(t, platform(t)), map[string]alert.Cases{"MetricAgentDown": {Firing: 1, Silent: 1}})
	if len(missing) == 0 || slices.ContainsFunc(missing, func(m string) bool { return strings.HasPrefix(m, "MetricAgentDown ") }) {
		t.Errorf("got %q", missing)
	}
}

func TestATextWithALabelThatIsNotThereIsFound(t *testing.T) {
	parsed, err := alert.Parse(`groups: [{name: g, rules: [{alert: A, expr: "sum by (node) (up) == 0", labels: {severity: warning},
		annotations: {summary: "{{ $labels.pod }}", description: d, runbook_url: r}}]}]`)
	if err != nil {
		t.Fatal(err)
	}
	if findings := parsed[0].Findings([]string{"A"}); len(findings) != 1 || !strings.Contains(findings[0], "label pod") {
		t.Errorf("got %q", findings)
	}
}
