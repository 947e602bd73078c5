package dataplane

import (
	"fmt"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/pilot"
)

// platform renders ADR 26's example.
const platform = "example-platform"

// row is a request and what becomes of it in the three modes of mutual TLS.
type row struct {
	name    string
	request request
	way     way
	want    map[string]outcome
}

func always(o outcome) map[string]outcome {
	return map[string]outcome{"STRICT": o, "PERMISSIVE": o, "DISABLE": o}
}

func modes(strict, permissive, disable outcome) map[string]outcome {
	return map[string]outcome{"STRICT": strict, "PERMISSIVE": permissive, "DISABLE": disable}
}

var (
	pushToPrometheus = request{url: "http://prometheus.monitoring:9090/api/v1/write"}
	pushToHeadless   = request{url: "http://headless.monitoring:9090/api/v1/write"}
	pushToGateway    = request{url: "http://gateway.observability:4317/", http2: true}
	pushToVendor     = request{url: "https://otlp.vendor.example/v1/metrics"}
	scrape           = request{url: fmt.Sprintf("http://%s:9090/metrics", appIP)}
	secureScrape     = request{url: fmt.Sprintf("https://%s:9090/metrics", appIP), withCerts: true}
	otherScrape      = request{url: fmt.Sprintf("https://%s:8080/metrics", appIP), withCerts: true}
	apiRequest       = request{url: fmt.Sprintf("https://%s/api", apiServer)}
	readMetrics      = request{url: fmt.Sprintf("http://%s:8888/metrics", agentIP), outside: true}
	readHealth       = request{url: fmt.Sprintf("http://%s:13133/", agentIP), outside: true}
	foreignPush      = request{url: "http://prometheus.monitoring:9090/api/v1/write", outside: true}
)

var rows = []row{
	{"a push to the Prometheus in the mesh on 9090", pushToPrometheus, captured, modes(asAgent, asAgent, anonymous)},
	{"a push to the gateway in the mesh by gRPC", pushToGateway, captured, modes(asAgent, asAgent, anonymous)},
	{"a push to a vendor outside", pushToVendor, captured, always(anonymous)},
	{"a scrape of another pod on 9090 in plaintext", scrape, direct, modes(refused, anonymous, anonymous)},
	{"a scrape of another pod on 9090 with Istio certificates", secureScrape, direct, modes(asAgent, refused, refused)},
	{"a scrape of another pod on 8080 with Istio certificates", otherScrape, direct, modes(asAgent, refused, refused)},
	{"a request to the API server", apiRequest, direct, always(anonymous)},
	{"Prometheus outside the mesh reading the agent's metrics", readMetrics, direct, always(anonymous)},
	{"a stranger reading the agent's health", readHealth, captured, modes(refused, anonymous, anonymous)},
	{"a push that no sidecar carries", foreignPush, direct, modes(refused, anonymous, anonymous)},
}

func TestThePlatformInARealDataPlane(t *testing.T) {
	for _, mode := range pilot.Modes {
		t.Run("with "+mode, func(t *testing.T) {
			stage := play(t, golden.OnlyAgent(t, platform), mode, "ALLOW_ANY")
			for _, row := range rows {
				stage.expect(t, row.name, row.request, row.way, row.want[mode])
			}
		})
	}
}

// TestTheMeshRefusesUnknownHosts: scrapes do not notice, for they pass the sidecar by.
func TestTheMeshRefusesUnknownHosts(t *testing.T) {
	stage := play(t, golden.OnlyAgent(t, platform), "STRICT", "REGISTRY_ONLY")
	stage.expect(t, "a push to the Prometheus in the mesh on 9090", pushToPrometheus, captured, asAgent)
	stage.expect(t, "a scrape of another pod on 9090 with Istio certificates", secureScrape, direct, asAgent)
	stage.expect(t, "a push to a vendor without a ServiceEntry", pushToVendor, captured, refused)
}

// TestAHeadlessBackendAndExcludedPodsDoNotGoTogether is why this library refuses the combination.
func TestAHeadlessBackendAndExcludedPodsDoNotGoTogether(t *testing.T) {
	agent := golden.OnlyAgent(t, platform)
	excluded := play(t, agent, "STRICT", "ALLOW_ANY")
	excluded.expect(t, "a push to a headless Service while pods are excluded", pushToHeadless, direct, refused)
	included := play(t, agent.WithoutAnnotation(capture.ExcludeOutboundIPRanges), "STRICT", "ALLOW_ANY")
	included.expect(t, "a push to a headless Service while pods are not excluded", pushToHeadless, captured, asAgent)
}

// TestEveryAnnotationCarriesItsConnection drops one and sees the connection break.
func TestEveryAnnotationCarriesItsConnection(t *testing.T) {
	agent := golden.OnlyAgent(t, platform)
	t.Run("without includeOutboundPorts", func(t *testing.T) {
		stage := play(t, agent.WithoutAnnotation(capture.IncludeOutboundPorts), "STRICT", "ALLOW_ANY")
		stage.expect(t, "a push to the Prometheus in the mesh on 9090", pushToPrometheus, direct, refused)
	})
	t.Run("without the port 9090", func(t *testing.T) {
		stage := play(t, agent.WithAnnotation(capture.IncludeOutboundPorts, "443,4317"), "STRICT", "ALLOW_ANY")
		stage.expect(t, "a push to the Prometheus in the mesh on 9090", pushToPrometheus, direct, refused)
		stage.expect(t, "a push to the gateway in the mesh by gRPC", pushToGateway, captured, asAgent)
	})
	t.Run("without excludeOutboundIPRanges", func(t *testing.T) {
		stage := play(t, agent.WithoutAnnotation(capture.ExcludeOutboundIPRanges), "STRICT", "REGISTRY_ONLY")
		stage.expect(t, "a scrape of another pod on 9090 with Istio certificates", secureScrape, captured, refused)
		stage.expect(t, "a scrape of another pod on 8080 with Istio certificates", otherScrape, direct, asAgent)
	})
	t.Run("without excludeInboundPorts", func(t *testing.T) {
		stage := play(t, agent.WithoutAnnotation(capture.ExcludeInboundPorts), "STRICT", "ALLOW_ANY")
		stage.expect(t, "Prometheus outside the mesh reading the agent's metrics", readMetrics, captured, refused)
	})
}

func (s *stage) expect(t *testing.T, name string, r request, way way, want outcome) {
	t.Helper()
	t.Run(fmt.Sprintf("%s goes %s and is %s", name, way, want), func(t *testing.T) {
		if taken, got, err := s.make(t, r); taken != way || got != want {
			t.Errorf("%s, %s (%v)", taken, got, err)
		}
	})
}
