package mesh

import (
	"fmt"
	"net/netip"
	"testing"

	"istio.io/istio/pilot/pkg/simulation"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/outcome"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/pilot"
)

const registryOnly = "native-sidecar-registry-only"

// TestAServiceEntryOpensTheMesh: without it the agent's own sidecar refuses every captured push out of the cluster.
func TestAServiceEntryOpensTheMesh(t *testing.T) {
	s := newScene(t, golden.OnlyAgent(t, registryOnly), "")
	for _, c := range []struct {
		name, istio string
		want        outcome.Outcome
	}{
		{"with the rendered ServiceEntries", s.istio, outcome.OwnTLS},
		{"without them", "", outcome.RefusedBySidecar},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := s.play(t, pilot.Config{Mode: "STRICT", Policy: "REGISTRY_ONLY", YAML: c.istio})
			captured := 0
			for _, p := range s.pushes {
				if p.inCluster {
					if got := w.Outcome(p.dial); got != outcome.MutualTLS {
						t.Errorf("%s: %s, expected %s", p.Component, got, outcome.MutualTLS)
					}
					continue
				}
				// Captured or not depends on the pod's address families; the ServiceEntry has to serve all.
				p.dial.Verdict = capture.EnvoyOut
				captured++
				if got := w.Outcome(p.dial); got != c.want {
					t.Errorf("%s: %s, expected %s", p.Component, got, c.want)
				}
			}
			if captured == 0 {
				t.Error("no backend outside the cluster")
			}
		})
	}
}

// TestTheAPIServerAnswersEverywhere: with a backend on 443 and an unknown address the sidecar captures it, and passes it
// on because Kubernetes has a Service for it.
func TestTheAPIServerAnswersEverywhere(t *testing.T) {
	api := pilot.Service{
		Namespace: "default", Name: "kubernetes", ClusterIP: netip.MustParseAddr("10.96.0.1"),
		Ports: []pilot.Port{{Name: "https", Port: 443, TargetPort: 6443}},
		Pod:   pilot.Pod{Namespace: "default", Name: "kube-apiserver", IP: netip.MustParseAddr("10.10.0.4")},
	}
	for _, agent := range golden.InjectedAgents(t) {
		for _, policy := range pilot.Policies {
			s := newScene(t, agent, "")
			s.services = append(s.services, api)
			d := s.dial(netip.AddrPortFrom(api.ClusterIP, 443), simulation.TLS)
			t.Run(fmt.Sprintf("%s with %s, %s", agent.Golden, policy, d.Verdict), func(t *testing.T) {
				w := s.play(t, pilot.Config{Mode: "STRICT", Policy: policy, YAML: s.istio})
				if got := w.Outcome(d); got != outcome.OwnTLS {
					t.Errorf("%s, expected %s", got, outcome.OwnTLS)
				}
			})
		}
	}
}

// TestPrometheusOutsideTheMeshReadsTheAgent in plaintext, whatever mode the mesh has (ADR 4).
func TestPrometheusOutsideTheMeshReadsTheAgent(t *testing.T) {
	for _, agent := range golden.InjectedAgents(t) {
		for _, mode := range pilot.Modes {
			for _, c := range []struct {
				name  string
				agent golden.Agent
				want  outcome.Outcome
			}{
				{"as rendered", agent, outcome.Plaintext},
				{"without excludeInboundPorts", agent.WithoutAnnotation(capture.ExcludeInboundPorts), withoutSidecar[mode]},
			} {
				t.Run(fmt.Sprintf("%s %s with %s", agent.Golden, c.name, mode), func(t *testing.T) {
					s := newScene(t, c.agent, "")
					ports, err := agent.Config.MetricsPorts()
					if err != nil {
						t.Fatal(err)
					}
					w := s.play(t, pilot.Config{Mode: mode, Policy: "ALLOW_ANY", YAML: s.istio})
					for _, port := range ports {
						read := outcome.Dial{
							To: netip.AddrPortFrom(agentIP, port), Protocol: simulation.HTTP, TLS: simulation.Plaintext, Verdict: capture.Direct,
						}
						if got := w.Outcome(read); got != c.want {
							t.Errorf("port %d: %s, expected %s", port, got, c.want)
						}
					}
				})
			}
		}
	}
}

// dial is a connection by address, with the verdict of the agent's rules.
func (s scene) dial(to netip.AddrPort, tls simulation.TLSMode) outcome.Dial {
	verdict := s.rules.Outbound(capture.Pod{Addresses: []netip.Addr{agentIP}}, capture.Connection{Protocol: "tcp", To: to})
	return outcome.Dial{To: to, Host: to.String(), Protocol: simulation.HTTP, TLS: tls, Verdict: verdict}
}
