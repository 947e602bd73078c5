package selfmonitor

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/alert"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/program"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// documentation of the alerts, relative to this package.
const documentation = "../../../../docs/alerts.md"

func TestTheRulesFireAndStaySilent(t *testing.T) {
	text := shortened(t, platformRules(t))
	for _, file := range unitTests(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			if output, err := testRules(t, text, file); err != nil {
				t.Errorf("%v\n%s", err, output)
			}
		})
	}
}

func TestEveryAlertHasAUnitTestFiringAndSilent(t *testing.T) {
	cases := map[string]alert.Cases{}
	for _, file := range unitTests(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := alert.Count(text, cases); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("firing and silent cases: %v", cases)
	tested := platformNames(t)
	forEachPrometheus(t, func(t *testing.T, prometheus *golden.Workload) {
		rendered := rules(t, prometheus)
		for _, missing := range alert.Untested(rendered, cases) {
			t.Error(missing)
		}
		for _, rule := range rendered {
			if !slices.Contains(tested, rule.Alert) {
				t.Errorf("%s is not among the rules of example-platform, which the unit tests read", rule.Alert)
			}
		}
	})
}

// testRules runs promtool on a unit test beside the rules.
func testRules(t *testing.T, rules, file string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	test, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"alerts.yml": rules, "test.yaml": string(test)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	output, err := exec.Command(program.Path("promtool"), "test", "rules", filepath.Join(dir, "test.yaml")).CombinedOutput()
	return string(output), err
}

func unitTests(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/rules/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no unit tests", err)
	}
	return files
}

// platform is the Prometheus of the example with everything.
func platform(t *testing.T) *golden.Workload {
	t.Helper()
	cluster, err := golden.Scenario("example-platform")
	if err != nil {
		t.Fatal(err)
	}
	prometheuses, err := cluster.Prometheuses()
	if err != nil || len(prometheuses) != 1 {
		t.Fatalf("want one Prometheus, got %d: %v", len(prometheuses), err)
	}
	return prometheuses[0]
}

func platformRules(t *testing.T) string {
	t.Helper()
	prometheus := platform(t)
	config, err := tree.Parse(text(t, prometheus))
	if err != nil {
		t.Fatal(err)
	}
	files := tree.Strings(config, "rule_files")
	if len(files) != 1 {
		t.Fatalf("want one rule file, got %q", files)
	}
	text, err := prometheus.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func platformNames(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, rule := range rules(t, platform(t)) {
		names = append(names, rule.Alert)
	}
	return names
}

// shortened leaves the summary as the only annotation: unit tests have to repeat every annotation in full.
func shortened(t *testing.T, text string) string {
	t.Helper()
	root, err := tree.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range root["groups"].([]any) {
		for _, rule := range group.(tree.Map)["rules"].([]any) {
			maps.DeleteFunc(tree.At(rule, "annotations"), func(name string, _ any) bool { return name != "summary" })
		}
	}
	short, err := tree.Text(root)
	if err != nil {
		t.Fatal(err)
	}
	return short
}

var heading = regexp.MustCompile(`(?m)^#+ (\S+)$`)

// runbooks are the alerts with a section in the documentation.
func runbooks(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(documentation)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, match := range heading.FindAllStringSubmatch(string(text), -1) {
		names = append(names, match[1])
	}
	return names
}
