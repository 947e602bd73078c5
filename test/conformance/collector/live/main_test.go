// Package live starts every rendered agent, and the Prometheus that watches it, among fakes of everything they talk to, and
// counts what arrives.
package live

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/otelcollector"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/program"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sandbox"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/world"
)

// atOnce is how many worlds run at a time: they mostly wait.
const atOnce = "8"

func TestMain(m *testing.M) {
	if os.Getenv(world.CollectorVariable) != "" {
		if err := otelcollector.Main(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	if err := flag.Set("test.parallel", atOnce); err != nil {
		panic(err)
	}
	sandbox.Main(m, program.Build("prometheus", "promtool"))
}

func forEachAgent(t *testing.T, test func(*testing.T, int, *golden.Workload)) {
	t.Helper()
	for index, agent := range agents(t) {
		t.Run(agent.Cluster.Name+"/"+agent.Name, func(t *testing.T) { test(t, index, agent) })
	}
}

func agents(t *testing.T) []*golden.Workload {
	t.Helper()
	goldens, err := golden.All()
	if err != nil {
		t.Fatal(err)
	}
	var all []*golden.Workload
	for _, golden := range goldens {
		for _, cluster := range golden.Clusters {
			agents, err := cluster.Agents()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, agents...)
		}
	}
	return all
}

// platform is the agent of the example with every protocol and every input.
func platform(t *testing.T) *golden.Workload {
	t.Helper()
	return scenario(t, "example-platform")
}

func scenario(t *testing.T, name string) *golden.Workload {
	t.Helper()
	cluster, err := golden.Scenario(name)
	if err != nil {
		t.Fatal(err)
	}
	agents, err := cluster.Agents()
	if err != nil || len(agents) != 1 {
		t.Fatalf("want one agent, got %d: %v", len(agents), err)
	}
	return agents[0]
}
