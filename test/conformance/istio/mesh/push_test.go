// Package mesh wants certain outcomes of an agent's pushes and scrapes from Istio's own simulation.
package mesh

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/outcome"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/pilot"
)

var (
	agentIP  = netip.MustParseAddr("10.244.1.10")
	external = netip.MustParseAddr("203.0.113.9")
)

// push is a backend, and the connection that the agent makes to it.
type push struct {
	golden.Backend
	dial      outcome.Dial
	inCluster bool
}

// scene is an agent with its backends, each served by an injected pod.
type scene struct {
	agent    golden.Agent
	rules    capture.Rules
	pushes   []push
	services []pilot.Service
	istio    string
}

// newScene declares the ports of all Services with one protocol, or with the one that fits the exporter.
func newScene(t *testing.T, agent golden.Agent, declared string) scene {
	t.Helper()
	rules, err := capture.Parse(agent.Template.Annotations)
	if err != nil {
		t.Fatal(err)
	}
	backends, err := agent.Config.Backends()
	if err != nil {
		t.Fatal(err)
	}
	s := scene{agent: agent, rules: rules, istio: golden.Named(t, agent.Golden).YAMLOf("networking.istio.io", "security.istio.io")}
	clusterIP, podIP := netip.MustParseAddr("10.96.128.1"), netip.MustParseAddr("10.244.2.20")
	for _, backend := range backends {
		p := push{Backend: backend}
		p.dial.TLS, p.dial.Protocol = outcome.Sends(backend)
		p.dial.Host = fmt.Sprintf("%s:%d", backend.Host, backend.Port)
		name, namespace, found := strings.Cut(strings.TrimSuffix(strings.TrimSuffix(backend.Host, ".cluster.local"), ".svc"), ".")
		address, err := netip.ParseAddr(backend.Host)
		switch p.inCluster = found && err != nil && !strings.Contains(namespace, "."); {
		case p.inCluster:
			address = clusterIP
			s.services = append(s.services, pilot.Service{
				Namespace: namespace, Name: name, ClusterIP: clusterIP,
				Ports: []pilot.Port{{Name: portName(declared, backend), Port: backend.Port}},
				Pod: pilot.Pod{
					Namespace: namespace, Name: name + "-0", ServiceAccount: name, IP: podIP, Labels: pilot.InjectedLabels(name),
				},
			})
			clusterIP, podIP = clusterIP.Next(), podIP.Next()
		case err != nil:
			address = external
		}
		p.dial.To = netip.AddrPortFrom(address, backend.Port)
		p.dial.Verdict = rules.Outbound(capture.Pod{Addresses: []netip.Addr{agentIP}}, capture.Connection{Protocol: "tcp", To: p.dial.To})
		s.pushes = append(s.pushes, p)
	}
	return s
}

func portName(declared string, backend golden.Backend) string {
	switch {
	case declared != "":
		return declared
	case backend.GRPC:
		return "grpc-otlp"
	}
	return "http-metrics"
}

// play starts the mesh.
func (s scene) play(t *testing.T, config pilot.Config) *outcome.World {
	t.Helper()
	pod := pilot.Pod{
		Namespace: s.agent.Namespace, Name: "agent-0", ServiceAccount: s.agent.Template.Spec.ServiceAccountName,
		IP: agentIP, Labels: pilot.InjectedLabels("agent"),
	}
	for name, value := range s.agent.Template.Labels {
		pod.Labels[name] = value
	}
	config.Objects = append([]runtime.Object{pod.Object()}, config.Objects...)
	for _, service := range s.services {
		config.Objects = append(config.Objects, service.Objects()...)
	}
	w := outcome.New(t, pilot.New(t, config), pod)
	w.Servers[pod.IP] = outcome.Server{Pod: pod, Rules: s.rules}
	for _, service := range s.services {
		w.Serve(service)
	}
	return w
}

// inMesh is what a captured push in plaintext becomes.
var inMesh = map[string]outcome.Outcome{"STRICT": outcome.MutualTLS, "PERMISSIVE": outcome.MutualTLS, "DISABLE": outcome.Plaintext}

// withoutSidecar is what a push in plaintext becomes that nobody captures.
var withoutSidecar = map[string]outcome.Outcome{"STRICT": outcome.RefusedByServer, "PERMISSIVE": outcome.Plaintext, "DISABLE": outcome.Plaintext}

// TestEveryPushArrivesAsItsPlacementPromises runs the mesh that a golden is rendered for: with ServiceEntries it is one
// that refuses unknown hosts.
func TestEveryPushArrivesAsItsPlacementPromises(t *testing.T) {
	for _, agent := range golden.InjectedAgents(t) {
		s := newScene(t, agent, "")
		policy := "ALLOW_ANY"
		if strings.Contains(s.istio, "kind: ServiceEntry") {
			policy = "REGISTRY_ONLY"
		}
		for _, mode := range pilot.Modes {
			t.Run(fmt.Sprintf("%s with %s and %s", agent.Golden, mode, policy), func(t *testing.T) {
				w := s.play(t, pilot.Config{Mode: mode, Policy: policy, YAML: s.istio})
				for _, p := range s.pushes {
					want := outcome.OwnTLS
					switch {
					case !p.TLS && p.dial.Verdict == capture.EnvoyOut:
						want = inMesh[mode]
					case !p.TLS && p.inCluster:
						want = withoutSidecar[mode]
					}
					if got := w.Outcome(p.dial); got != want {
						t.Errorf("%s (%s): %s, expected %s", p.Component, p.dial.Verdict, got, want)
					}
				}
			})
		}
	}
}

const platform = "example-platform"

// TestNoDeclaredProtocolBreaksAPush: the backend's owner names the ports of the Service.
func TestNoDeclaredProtocolBreaksAPush(t *testing.T) {
	for _, declared := range []string{"http-backend", "http2-backend", "grpc-backend", "tcp-backend", "undeclared"} {
		s := newScene(t, golden.OnlyAgent(t, platform), declared)
		for _, mode := range pilot.Modes {
			for _, policy := range pilot.Policies {
				t.Run(fmt.Sprintf("a port named %s with %s and %s", declared, mode, policy), func(t *testing.T) {
					w := s.play(t, pilot.Config{Mode: mode, Policy: policy, YAML: s.istio})
					for _, p := range s.pushes {
						if !p.inCluster {
							continue
						}
						if got := w.Outcome(p.dial); got != inMesh[mode] {
							t.Errorf("%s: %s, expected %s", p.Component, got, inMesh[mode])
						}
						p.dial.Verdict = capture.Direct
						if got := w.Outcome(p.dial); got != withoutSidecar[mode] {
							t.Errorf("%s, not captured: %s, expected %s", p.Component, got, withoutSidecar[mode])
						}
					}
				})
			}
		}
	}
}
