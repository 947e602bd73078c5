// Package selfmonitor proves that Prometheus takes every rendered config and its rules, and that the alerts fire when they
// must and are silent when they must.
package selfmonitor

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/config"
	_ "github.com/prometheus/prometheus/discovery/kubernetes" // The only discovery that a rendered config uses.

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/alert"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/container"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/pki"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/program"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sandbox"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

const patience = time.Minute

func TestMain(m *testing.M) {
	sandbox.Main(m, program.Build("promtool"))
}

func TestPrometheusLoadsTheConfigOf(t *testing.T) {
	forEachPrometheus(t, func(t *testing.T, prometheus *golden.Workload) {
		if _, err := config.Load(text(t, prometheus), slog.New(slog.DiscardHandler)); err != nil {
			t.Error(err)
		}
	})
}

func TestPromtoolAcceptsConfigAndRulesOf(t *testing.T) {
	forEachPrometheus(t, func(t *testing.T, prometheus *golden.Workload) {
		promtool(t, build(t, prometheus), "check", "config", "--lint=all", "--lint-fatal", prometheus.ConfigPath)
		for _, arg := range prometheus.Container.Args {
			if file, ok := strings.CutPrefix(arg, "--web.config.file="); ok {
				promtool(t, build(t, prometheus), "check", "web-config", file)
			}
		}
	})
}

func TestEveryAlertTellsWhatToDoIn(t *testing.T) {
	runbooks := runbooks(t)
	forEachPrometheus(t, func(t *testing.T, prometheus *golden.Workload) {
		for _, rule := range rules(t, prometheus) {
			for _, finding := range rule.Findings(runbooks) {
				t.Error(finding)
			}
		}
	})
}

func forEachPrometheus(t *testing.T, test func(*testing.T, *golden.Workload)) {
	t.Helper()
	goldens, err := golden.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, golden := range goldens {
		for _, cluster := range golden.Clusters {
			prometheuses, err := cluster.Prometheuses()
			if err != nil {
				t.Fatal(err)
			}
			for _, prometheus := range prometheuses {
				t.Run(cluster.Name+"/"+prometheus.Name, func(t *testing.T) { test(t, prometheus) })
			}
		}
	}
}

func text(t *testing.T, prometheus *golden.Workload) string {
	t.Helper()
	text, err := prometheus.Config()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// rules of all files that the config names, each of which has to lie where the container finds it.
func rules(t *testing.T, prometheus *golden.Workload) []alert.Rule {
	t.Helper()
	config, err := tree.Parse(text(t, prometheus))
	if err != nil {
		t.Fatal(err)
	}
	var rules []alert.Rule
	for _, file := range tree.Strings(config, "rule_files") {
		text, err := prometheus.ReadFile(file)
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

func build(t *testing.T, workload *golden.Workload) *container.Container {
	t.Helper()
	authority, err := pki.New()
	if err != nil {
		t.Fatal(err)
	}
	built, err := container.Build(workload, t.TempDir(), container.Pod{Name: "prometheus-0"}, authority)
	if err != nil {
		t.Fatal(err)
	}
	if err := sandbox.ServiceAccount(built.Root, "token", workload.Namespace, authority.PEM); err != nil {
		t.Fatal(err)
	}
	return built
}

// promtool looks at the files of the container, at the paths of the container.
func promtool(t *testing.T, container *container.Container, args ...string) {
	t.Helper()
	process := container.Start(t, program.Path("promtool"), args)
	if err := process.Wait(patience); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, strings.Join(process.Log(), "\n"))
	}
}
