package rules

import (
	"net/netip"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/kernel"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/redirect"
)

// TestADualStackPodMustSaySo pins what Istio does with IPv6 in a pod that has IPv4 too. It is not told, it writes rules for
// IPv4 only: with iptables an IPv6 push bypasses the sidecar, with nftables an IPv6 scrape is captured in spite of its
// excluded range.
func TestADualStackPodMustSaySo(t *testing.T) {
	push := kernel.TCP("a push to an IPv6 Service", netip.MustParseAddrPort("[fd00:10:96::5]:9090"))
	scrape := kernel.TCP("a scrape of an IPv6 pod", netip.MustParseAddrPort("[fd00:10:244::7]:9090"))
	agent := golden.OnlyAgent(t, platform).
		WithAnnotation(capture.ExcludeOutboundIPRanges, "10.244.0.0/16,fd00:10:244::/56")
	declared := agent.Mutate(func(template *corev1.PodTemplateSpec) {
		template.Annotations["proxy.istio.io/config"] = "proxyMetadata:\n  ISTIO_DUAL_STACK: \"true\"\n"
	})
	for _, program := range redirect.Programs {
		t.Run(program.Name, func(t *testing.T) {
			undeclared := capture.Direct
			if program.Install.Nftables {
				undeclared = capture.EnvoyOut
			}
			for _, c := range []struct {
				name  string
				agent golden.Agent
				want  map[string]capture.Verdict
			}{
				{"silent", agent, map[string]capture.Verdict{push.Name: undeclared, scrape.Name: undeclared}},
				{"declared", declared, map[string]capture.Verdict{push.Name: capture.EnvoyOut, scrape.Name: capture.Direct}},
			} {
				loaded, err := kernel.Load(t, program, c.agent, agentIP, agentIP6)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range []kernel.Flow{push, scrape} {
					if got, err := loaded.Verdict(f); err != nil || got != c.want[f.Name] {
						t.Errorf("%s, %s: got %q (%v), want %q", c.name, f.Name, got, err, c.want[f.Name])
					}
				}
			}
		})
	}
}
