// Package validate proves that the collector takes every rendered config, and that the names in it lead somewhere.
package validate

import (
	"strings"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/container"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/otelcollector"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/pki"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/reference"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sandbox"
)

func TestMain(m *testing.M) {
	sandbox.Main(m, nil)
}

func TestTheCollectorTakesTheConfigOf(t *testing.T) {
	forEachAgent(t, func(t *testing.T, agent *golden.Workload) {
		if err := otelcollector.Validate(t.Context(), runnable(t, agent, config(t, agent))); err != nil {
			t.Error(err)
		}
	})
}

func TestNoDeprecatedNameIsIn(t *testing.T) {
	forEachAgent(t, func(t *testing.T, agent *golden.Workload) {
		names, err := otelcollector.DeprecatedNames(t.Context(), runnable(t, agent, config(t, agent)))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			t.Error(name)
		}
	})
}

func TestEveryReferenceLeadsSomewhereIn(t *testing.T) {
	forEachAgent(t, func(t *testing.T, agent *golden.Workload) {
		findings, err := reference.Findings(agent, config(t, agent))
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range findings {
			t.Error(finding)
		}
	})
}

func forEachAgent(t *testing.T, test func(*testing.T, *golden.Workload)) {
	goldens, err := golden.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, golden := range goldens {
		for _, cluster := range golden.Clusters {
			agents, err := cluster.Agents()
			if err != nil {
				t.Fatal(err)
			}
			for _, agent := range agents {
				t.Run(cluster.Name+"/"+agent.Name, func(t *testing.T) { test(t, agent) })
			}
		}
	}
}

func config(t *testing.T, agent *golden.Workload) string {
	t.Helper()
	text, err := agent.Config()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// runnable provides the pod's files and environment, and points the config at the files.
func runnable(t *testing.T, agent *golden.Workload, text string) string {
	t.Helper()
	authority, err := pki.New()
	if err != nil {
		t.Fatal(err)
	}
	pod := container.Pod{Name: "agent-a", IP: "127.0.0.1", Node: "node-a", NodeIP: "127.0.0.1"}
	built, err := container.Build(agent, t.TempDir(), pod, authority)
	if err != nil {
		t.Fatal(err)
	}
	if err := sandbox.ServiceAccount("", "token", agent.Namespace, authority.PEM); err != nil {
		t.Fatal(err)
	}
	for _, variable := range built.Env {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	for _, mount := range agent.Container.VolumeMounts {
		for _, end := range []string{"/", "\n"} {
			text = strings.ReplaceAll(text, " "+mount.MountPath+end, " "+built.Root+mount.MountPath+end)
		}
	}
	return text
}
