package plan

import (
	"net/netip"
	"slices"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/facts"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/kernel"
)

// dials are connections that a row means, as a pod with certain addresses makes them.
func (s *scenario) dials(row golden.Flow, rules capture.Rules, own []netip.Addr) []kernel.Flow {
	protocol := map[string]string{"TCP": "tcp", "UDP": "udp"}[row.Protocol]
	party := kernel.ByCollector
	if row.To.Kind == "istiod" {
		party = kernel.ByProxy
	}
	var flows []kernel.Flow
	for _, address := range s.addresses(row, own) {
		if !reaches(own, address) {
			continue
		}
		for _, port := range s.ports(row, rules) {
			flows = append(flows, kernel.Flow{By: party, Protocol: protocol, To: netip.AddrPortFrom(address, port)})
		}
	}
	return flows
}

// addresses are some of those that the row's destination can have.
func (s *scenario) addresses(row golden.Flow, own []netip.Addr) []netip.Addr {
	switch row.To.Kind {
	case "service":
		return some(s.facts.ServiceRanges())
	case "pods":
		return some(s.facts.Pods())
	case "workload":
		if target, found := s.target(row); found && target.ID() == row.From {
			return append(some(s.facts.Pods()), own...) // Another of its pods, or itself.
		}
		return some(s.facts.Pods())
	case "kubelet":
		return some(s.facts.Nodes())
	case "kubernetes-api":
		return s.facts.APIServerIPs()
	case "istiod":
		return each(s.facts.ServiceRanges(), 0, 15)
	case "dns":
		return s.dns()
	case "external":
		return outside(row.To.Name)
	}
	return nil
}

// dns is where Kubernetes' own DNS usually is.
func (s *scenario) dns() []netip.Addr { return each(s.facts.ServiceRanges(), 0, 10) }

// outside is an address itself, or some that a name can stand for.
func outside(host string) []netip.Addr {
	if literal, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{literal}
	}
	var all []netip.Addr
	for _, text := range []string{"203.0.113.9", "198.51.100.77", "2001:db8:7::9", "2001:db8:99::9"} {
		all = append(all, netip.MustParseAddr(text))
	}
	return all
}

func some(ranges []netip.Prefix) []netip.Addr {
	return append(each(ranges, 7, 7), each(ranges, 200, 200)...)
}

func each(ranges []netip.Prefix, high, low byte) []netip.Addr {
	var all []netip.Addr
	for _, prefix := range ranges {
		all = append(all, facts.Nth(prefix, high, low))
	}
	return all
}

// ports are the row's port, or for any port those that something treats apart and two that nothing does.
func (s *scenario) ports(row golden.Flow, rules capture.Rules) []uint16 {
	if row.Port != nil {
		return []uint16{*row.Port}
	}
	ports := append([]uint16{8080, 9102}, rules.IncludePorts...)
	for _, exception := range s.facts.Mesh.PortModes {
		ports = append(ports, exception.Port)
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}
