package mesh

import (
	"fmt"
	"net/netip"
	"testing"

	"istio.io/istio/pilot/pkg/simulation"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/discovery"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/facts"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/outcome"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/pilot"
)

// TestEveryTargetIsScrapedOnceAndInTheWayItsSidecarAccepts joins Prometheus' relabelling with Istio's simulation.
func TestEveryTargetIsScrapedOnceAndInTheWayItsSidecarAccepts(t *testing.T) {
	for _, declared := range declaredMeshes {
		agent := golden.OnlyAgent(t, declared.golden)
		for _, expected := range declared.targets {
			for _, protocol := range []string{"http", "tcp"} {
				t.Run(fmt.Sprintf("%s scrapes %s with ports for %s", declared.golden, expected.name, protocol), func(t *testing.T) {
					s := newScene(t, agent, "")
					s.services = append(s.services, behind(expected.pod.Target, protocol))
					config := facts.Of(t, declared.golden).Pilot()
					config.YAML += s.istio
					config.Policy = "ALLOW_ANY"
					w := s.play(t, config)
					own, envoy := split(discovery.Scrapes(t, agent, expected.pod.Target, targetIP))
					if len(own) != 1 || len(envoy) > 1 {
						t.Fatalf("scraped %d times: %v, and Envoy %d times: %v", len(own), own, len(envoy), envoy)
					}
					if got := w.Outcome(s.dial(own[0].Address, own[0].TLS)); got != expected.want {
						t.Errorf("%v: %s, expected %s", own, got, expected.want)
					}
					for _, e := range envoy {
						if got := w.Outcome(s.dial(e.Address, e.TLS)); got != outcome.Plaintext {
							t.Errorf("%v: %s, expected %s", e, got, outcome.Plaintext)
						}
					}
				})
			}
		}
		t.Run(declared.golden+" does not scrape a pod that nobody marks", func(t *testing.T) {
			if own, _ := split(discovery.Scrapes(t, agent, in("shop", sidecar).Target, targetIP)); len(own) > 0 {
				t.Errorf("scraped: %v", own)
			}
		})
	}
}

// split keeps the scrapes of Envoy's own port apart, which is an input of its own.
func split(found []discovery.Scrape) (own, envoy []discovery.Scrape) {
	for _, s := range found {
		if s.Address.Port() == 15090 {
			envoy = append(envoy, s)
		} else {
			own = append(own, s)
		}
	}
	return own, envoy
}

// TestTheSchemeOfAScrapeMustFitTheMode says why certificates are used towards STRICT sidecars only.
func TestTheSchemeOfAScrapeMustFitTheMode(t *testing.T) {
	for _, c := range []struct {
		mode, declared string
		http, https    outcome.Outcome
	}{
		{"STRICT", "http", outcome.RefusedByServer, outcome.MutualTLS},
		{"STRICT", "tcp", outcome.RefusedByServer, outcome.MutualTLS},
		{"PERMISSIVE", "http", outcome.Plaintext, outcome.RefusedByServer},
		{"PERMISSIVE", "tcp", outcome.Plaintext, outcome.StrayTLS},
		{"DISABLE", "http", outcome.Plaintext, outcome.RefusedByServer},
		{"DISABLE", "tcp", outcome.Plaintext, outcome.StrayTLS},
	} {
		t.Run(fmt.Sprintf("%s and a port declared as %s", c.mode, c.declared), func(t *testing.T) {
			s := newScene(t, golden.OnlyAgent(t, platform), "")
			s.services = append(s.services, behind(in("shop", sidecar).Target, c.declared))
			w := s.play(t, pilot.Config{Mode: c.mode, Policy: "REGISTRY_ONLY"})
			for tls, want := range map[simulation.TLSMode]outcome.Outcome{simulation.Plaintext: c.http, simulation.MTLS: c.https} {
				if got := w.Outcome(s.dial(netip.AddrPortFrom(targetIP, 9090), tls)); got != want {
					t.Errorf("%s: %s, expected %s", tls, got, want)
				}
			}
		})
	}
}

// TestACapturedScrapeNeedsALenientMesh shows what excludeOutboundIPRanges is for: on a backend's port and without it, a
// mesh that refuses unknown hosts refuses scrapes of pods.
func TestACapturedScrapeNeedsALenientMesh(t *testing.T) {
	rendered := golden.OnlyAgent(t, platform)
	captured := rendered.WithoutAnnotation(capture.ExcludeOutboundIPRanges)
	for _, c := range []struct {
		name   string
		agent  golden.Agent
		policy string
		want   outcome.Outcome
	}{
		{"excluded from capture, ALLOW_ANY", rendered, "ALLOW_ANY", outcome.MutualTLS},
		{"excluded from capture, REGISTRY_ONLY", rendered, "REGISTRY_ONLY", outcome.MutualTLS},
		{"captured, ALLOW_ANY", captured, "ALLOW_ANY", outcome.MutualTLS},
		{"captured, REGISTRY_ONLY", captured, "REGISTRY_ONLY", outcome.RefusedBySidecar},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t, c.agent, "")
			s.services = append(s.services, behind(in("shop", sidecar).Target, "http"))
			w := s.play(t, pilot.Config{Mode: "STRICT", Policy: c.policy})
			if got := w.Outcome(s.dial(netip.AddrPortFrom(targetIP, 9090), simulation.MTLS)); got != c.want {
				t.Errorf("%s, expected %s", got, c.want)
			}
		})
	}
}
