package rules

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/kernel"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/lab"
)

// Addresses of a cluster such as the platform example declares.
var (
	agentIP      = netip.MustParseAddr("10.244.1.10")
	agentIP6     = netip.MustParseAddr("fd00:10:244::10")
	otherPod     = netip.MustParseAddr("10.244.7.7")
	apiServer    = netip.MustParseAddrPort("10.96.0.1:443")
	apiEndpoint  = netip.MustParseAddrPort("10.10.0.4:6443")
	kubelet      = netip.AddrPortFrom(lab.NodeIP, 10250)
	dns          = netip.MustParseAddrPort("10.96.0.10:53")
	istiod       = netip.MustParseAddrPort("10.96.0.15:15012")
	firstService = netip.MustParseAddr("10.96.128.1")
	external     = netip.MustParseAddr("203.0.113.9")
)

const healthPort = 13133

// metricsRead is the beginning of a flow's name.
const metricsRead = "Prometheus outside the mesh reads the agent's port"

// flowsOf returns every connection that the agent's config makes, and what it makes as a pod of the cluster. The name of
// a flow does not depend on annotations.
func flowsOf(agent golden.Agent) ([]kernel.Flow, error) {
	backends, err := agent.Config.Backends()
	if err != nil {
		return nil, err
	}
	metrics, err := agent.Config.MetricsPorts()
	if err != nil {
		return nil, err
	}
	inbound := func(name string, port uint16) kernel.Flow {
		return kernel.TCP(name, netip.AddrPortFrom(agentIP, port)).From(kernel.ByOthers)
	}
	flows := []kernel.Flow{
		kernel.TCP("the API server by its Service", apiServer),
		kernel.TCP("the API server by its endpoint", apiEndpoint),
		kernel.TCP("the kubelet", kubelet),
		kernel.TCP("DNS over TCP", dns),
		{Name: "DNS over UDP", Protocol: "udp", To: dns},
		kernel.TCP("istiod", istiod),
		kernel.TCP("istiod by the proxy", istiod).From(kernel.ByProxy),
		kernel.TCP("a scrape of the merged metrics of another pod", netip.AddrPortFrom(otherPod, 15020)),
		kernel.TCP("a scrape of the Envoy metrics of another pod", netip.AddrPortFrom(otherPod, 15090)),
		inbound("a stranger reads the agent's health", healthPort),
		inbound("the kubelet probes pilot-agent", 15020),
		inbound("the kubelet probes Envoy", 15021),
		inbound("a scrape of the agent's Envoy", 15090),
	}
	for _, port := range metrics {
		flows = append(flows,
			inbound(fmt.Sprintf("%s %d", metricsRead, port), port),
			kernel.TCP(fmt.Sprintf("a read of its own port %d", port), netip.AddrPortFrom(agentIP, port)),
		)
	}
	service := firstService
	for _, backend := range backends {
		address := external
		switch parsed, err := netip.ParseAddr(backend.Host); {
		case err == nil:
			address = parsed
		case inCluster(backend.Host):
			address, service = service, service.Next()
		}
		flows = append(flows, kernel.TCP("a push to "+backend.Component, netip.AddrPortFrom(address, backend.Port)))
	}
	for _, port := range ports(backends) {
		flows = append(flows,
			kernel.TCP(fmt.Sprintf("a scrape of another pod on port %d", port), netip.AddrPortFrom(otherPod, port)),
			kernel.TCP(fmt.Sprintf("another Service on port %d", port), netip.AddrPortFrom(firstService.Prev(), port)),
			kernel.TCP(fmt.Sprintf("the own pod on port %d", port), netip.AddrPortFrom(agentIP, port)),
			kernel.TCP(fmt.Sprintf("the proxy sending on to port %d", port), netip.AddrPortFrom(firstService, port)).From(kernel.ByProxy),
		)
	}
	return flows, nil
}

// rangeFlows dial into every range that the annotations name, on every port of a backend.
func rangeFlows(rules capture.Rules, agent golden.Agent) ([]kernel.Flow, error) {
	backends, err := agent.Config.Backends()
	if err != nil {
		return nil, err
	}
	var flows []kernel.Flow
	for _, prefix := range slices.Concat(rules.IncludeRanges, rules.ExcludeRanges) {
		for _, port := range ports(backends) {
			to := netip.AddrPortFrom(prefix.Masked().Addr(), port)
			flows = append(flows, kernel.TCP(fmt.Sprintf("%s of the range %s", to, prefix), to))
		}
	}
	return flows, nil
}

// inCluster recognizes the short and the full names of Services.
func inCluster(host string) bool {
	return strings.Count(host, ".") <= 1 || strings.HasSuffix(host, ".svc") || strings.Contains(host, ".svc.")
}

func ports(backends []golden.Backend) []uint16 {
	var ports []uint16
	for _, backend := range backends {
		ports = append(ports, backend.Port)
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}
