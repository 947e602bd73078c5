// Package rules connects through the rules of injected agents, as Istio writes them into a real kernel.
package rules

import (
	"fmt"
	"strings"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/istio"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/kernel"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/lab"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/redirect"
)

func TestMain(m *testing.M) { redirect.Main(m) }

// TestEveryConnectionGoesWhereTheAnnotationsSay dials every flow of every agent as the collector's user.
func TestEveryConnectionGoesWhereTheAnnotationsSay(t *testing.T) {
	for _, program := range redirect.Programs {
		t.Run(program.Name, func(t *testing.T) {
			for _, agent := range golden.InjectedAgents(t) {
				t.Run(agent.Golden, func(t *testing.T) { dialEverything(t, program, agent) })
			}
		})
	}
}

func dialEverything(t *testing.T, program redirect.Program, agent golden.Agent) {
	rules, err := capture.Parse(agent.Template.Annotations)
	if err != nil {
		t.Fatal(err)
	}
	flows, err := flowsOf(agent)
	if err != nil {
		t.Fatal(err)
	}
	ranges, err := rangeFlows(rules, agent)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := kernel.Load(t, program, agent, agentIP, agentIP6)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(flows, ranges...) {
		want := kernel.Predict(rules, loaded.Pod, f)
		t.Run(fmt.Sprintf("%s is %s", f.Name, want), func(t *testing.T) {
			if got, err := loaded.Verdict(f); err != nil || got != want {
				t.Errorf("%s: got %q (%v), want %q", f.To, got, err, want)
			}
		})
	}
}

// TestRulesComeInTheOrderThatMakesScrapesDirect reads what istio-iptables hands to iptables-restore.
func TestRulesComeInTheOrderThatMakesScrapesDirect(t *testing.T) {
	for _, agent := range golden.InjectedAgents(t) {
		t.Run(agent.Golden, func(t *testing.T) {
			rules, err := capture.Parse(agent.Template.Annotations)
			if err != nil {
				t.Fatal(err)
			}
			revision := agent.Template.Labels["istio.io/rev"]
			pod, _, err := istio.New(t, istio.Options{Revision: revision}).Inject(agent.Pod())
			if err != nil {
				t.Fatal(err)
			}
			namespace := lab.NewNetwork(t).AddPod(t, agentIP)
			text, err := redirect.Programs[0].DryRun(t, namespace, pod)
			if err != nil {
				t.Fatal(err)
			}
			last := 0
			for _, prefix := range rules.ExcludeRanges {
				if prefix.Addr().Is4() {
					last = max(last, indexOnce(t, text, fmt.Sprintf("-A ISTIO_OUTPUT -d %s -j RETURN\n", prefix)))
				}
			}
			for _, port := range rules.IncludePorts {
				if at := indexOnce(t, text, fmt.Sprintf("-A ISTIO_OUTPUT -p tcp --dport %d -j ISTIO_REDIRECT\n", port)); at < last {
					t.Errorf("port %d is redirected before all ranges are excluded:\n%s", port, text)
				}
			}
		})
	}
}

func indexOnce(t *testing.T, text, line string) int {
	t.Helper()
	if count := strings.Count(text, line); count != 1 {
		t.Errorf("%d times, expected once: %s", count, line)
	}
	return strings.Index(text, line)
}
