package rules

import (
	"slices"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/kernel"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/redirect"
)

// platform renders ADR 26's example: a Prometheus in the mesh on 9090, and applications that are scraped on 9090.
const platform = "example-platform"

// Flows of the platform, by the names that flowsOf gives them.
const (
	pushToPrometheus = "a push to prometheus_remote_write/local"
	pushToGateway    = "a push to otlp_grpc/gateway"
	pushToVendor     = "a push to otlp_http/vendor"
	scrapeOn9090     = "a scrape of another pod on port 9090"
	scrapeOn4317     = "a scrape of another pod on port 4317"
	scrapeOn443      = "a scrape of another pod on port 443"
	apiByService     = "the API server by its Service"
	apiByEndpoint    = "the API server by its endpoint"
	kubeletFlow      = "the kubelet"
	dnsOverTCP       = "DNS over TCP"
	dnsOverUDP       = "DNS over UDP"
	istiodFlow       = "istiod"
	istiodByProxy    = "istiod by the proxy"
	metricsRead8888  = metricsRead + " 8888"
	healthRead       = "a stranger reads the agent's health"
)

// promises are what ADR 26, and ADR 4 for the agent's own metrics, promise for the platform, whatever its annotations say.
var promises = map[string]capture.Verdict{
	pushToPrometheus: capture.EnvoyOut,
	pushToGateway:    capture.EnvoyOut,
	pushToVendor:     capture.EnvoyOut,
	scrapeOn9090:     capture.Direct,
	scrapeOn4317:     capture.Direct,
	scrapeOn443:      capture.Direct,
	apiByService:     capture.Direct,
	apiByEndpoint:    capture.Direct,
	kubeletFlow:      capture.Direct,
	dnsOverTCP:       capture.Direct,
	dnsOverUDP:       capture.Direct,
	istiodFlow:       capture.Direct,
	istiodByProxy:    capture.Direct,
	metricsRead8888:  capture.Direct,
	healthRead:       capture.EnvoyIn,
}

func TestThePlatformKeepsThePromisesOfTheDecisions(t *testing.T) {
	for _, program := range redirect.Programs {
		t.Run(program.Name, func(t *testing.T) {
			if broken := brokenPromises(t, program, golden.OnlyAgent(t, platform)); len(broken) > 0 {
				t.Errorf("broken: %q", broken)
			}
		})
	}
}

// brokenPromises loads the agent's rules and names the flows that do not go where they should.
func brokenPromises(t *testing.T, program redirect.Program, agent golden.Agent) []string {
	t.Helper()
	flows, err := flowsOf(agent)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := kernel.Load(t, program, agent, agentIP)
	if err != nil {
		t.Fatal(err)
	}
	var broken []string
	dialled := 0
	for _, f := range flows {
		want, promised := promises[f.Name]
		if !promised {
			continue
		}
		dialled++
		if got, err := loaded.Verdict(f); err != nil || got != want {
			broken = append(broken, f.Name)
		}
	}
	if dialled != len(promises) {
		t.Fatalf("the config of %s makes only %d of the %d promised connections", agent, dialled, len(promises))
	}
	slices.Sort(broken)
	return broken
}

func TestEveryAnnotationOfThePlatformIsNeeded(t *testing.T) {
	agent := golden.OnlyAgent(t, platform)
	for _, mutation := range []struct {
		name   string
		mutant golden.Agent
		broken []string
	}{
		{
			"without includeOutboundPorts nothing is pushed through the sidecar",
			agent.WithoutAnnotation(capture.IncludeOutboundPorts),
			[]string{pushToPrometheus, pushToGateway, pushToVendor},
		},
		{
			"without one port its backend is not reached through the sidecar",
			agent.WithAnnotation(capture.IncludeOutboundPorts, "443,4317"),
			[]string{pushToPrometheus},
		},
		{
			"without includeOutboundIPRanges Istio captures every other Service",
			agent.WithoutAnnotation(capture.IncludeOutboundIPRanges),
			[]string{dnsOverTCP, istiodFlow},
		},
		{
			"without excludeOutboundIPRanges scrapes and the API server are captured on backend ports",
			agent.WithoutAnnotation(capture.ExcludeOutboundIPRanges),
			[]string{scrapeOn9090, scrapeOn4317, scrapeOn443, apiByService},
		},
		{
			"without the range of the pods scrapes are captured on backend ports",
			agent.WithAnnotation(capture.ExcludeOutboundIPRanges, "10.10.0.0/16,10.96.0.1/32"),
			[]string{scrapeOn9090, scrapeOn4317, scrapeOn443},
		},
		{
			"without the address of the API server a backend on 443 captures it",
			agent.WithAnnotation(capture.ExcludeOutboundIPRanges, "10.244.0.0/16,10.10.0.0/16"),
			[]string{apiByService},
		},
		{
			"without excludeInboundPorts Prometheus reads the agent's metrics through Envoy",
			agent.WithoutAnnotation(capture.ExcludeInboundPorts),
			[]string{metricsRead8888},
		},
		{
			"with an empty includeInboundPorts nothing is captured, and the exclusion is inert",
			agent.WithAnnotation(capture.IncludeInboundPorts, ""),
			[]string{healthRead},
		},
	} {
		slices.Sort(mutation.broken)
		for _, program := range redirect.Programs {
			t.Run(mutation.name+", "+program.Name, func(t *testing.T) {
				if broken := brokenPromises(t, program, mutation.mutant); !slices.Equal(broken, mutation.broken) {
					t.Errorf("broken: %q, expected %q", broken, mutation.broken)
				}
			})
		}
	}
}
