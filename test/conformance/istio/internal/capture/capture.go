// Package capture predicts what a sidecar's rules do with a connection: the decision procedure in the order in which
// istio-iptables writes its rules, for the annotations that this library can render.
package capture

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Verdict is who gets a connection.
type Verdict string

const (
	// Direct is the address that was dialled.
	Direct Verdict = "direct"
	// EnvoyOut is the sidecar's outbound listener.
	EnvoyOut Verdict = "envoy-out"
	// EnvoyIn is the sidecar's inbound listener.
	EnvoyIn Verdict = "envoy-in"
)

// Ports of the sidecar itself that are never captured inbound.
var neverInbound = []uint16{15008, 15020, 15021, 15090}

// Annotations that decide about capture.
const (
	IncludeOutboundPorts    = "traffic.sidecar.istio.io/includeOutboundPorts"
	ExcludeOutboundPorts    = "traffic.sidecar.istio.io/excludeOutboundPorts"
	IncludeOutboundIPRanges = "traffic.sidecar.istio.io/includeOutboundIPRanges"
	ExcludeOutboundIPRanges = "traffic.sidecar.istio.io/excludeOutboundIPRanges"
	IncludeInboundPorts     = "traffic.sidecar.istio.io/includeInboundPorts"
	ExcludeInboundPorts     = "traffic.sidecar.istio.io/excludeInboundPorts"
	interceptionMode        = "sidecar.istio.io/interceptionMode"
)

// Rules are the parsed annotations of one pod.
type Rules struct {
	IncludePorts, ExcludePorts     []uint16
	IncludeRanges, ExcludeRanges   []netip.Prefix
	IncludeInbound, ExcludeInbound []uint16
	// everything stands for the wildcard, which is also Istio's default where an annotation is missing.
	everythingOut, everythingIn bool
}

// Parse reads the annotations of a pod template.
func Parse(annotations map[string]string) (Rules, error) {
	var rules Rules
	var errs []error
	ports := func(name string) []uint16 {
		list, err := parsePorts(annotations[name])
		errs = append(errs, err)
		return list
	}
	ranges := func(name string) []netip.Prefix {
		list, err := parseRanges(annotations[name])
		errs = append(errs, err)
		return list
	}
	wildcard := func(name string) bool {
		value, found := annotations[name]
		return !found || value == "*"
	}
	if mode, found := annotations[interceptionMode]; found && mode != "REDIRECT" {
		errs = append(errs, fmt.Errorf("%s %s is not modelled", interceptionMode, mode))
	}
	rules.IncludePorts, rules.ExcludePorts = ports(IncludeOutboundPorts), ports(ExcludeOutboundPorts)
	rules.ExcludeRanges, rules.ExcludeInbound = ranges(ExcludeOutboundIPRanges), ports(ExcludeInboundPorts)
	if rules.everythingOut = wildcard(IncludeOutboundIPRanges); !rules.everythingOut {
		rules.IncludeRanges = ranges(IncludeOutboundIPRanges)
	}
	if rules.everythingIn = wildcard(IncludeInboundPorts); !rules.everythingIn {
		rules.IncludeInbound = ports(IncludeInboundPorts)
	}
	for _, err := range errs {
		if err != nil {
			return rules, err
		}
	}
	return rules, nil
}

// Connection is an outbound connection of an application container.
type Connection struct {
	Protocol string
	To       netip.AddrPort
}

// Outbound decides about a connection of the pod with these addresses. Istio writes rules for one address family: that
// of the pod's first address (istio-iptables, getLocalIP).
func (r Rules) Outbound(pod []netip.Addr, connection Connection) Verdict {
	address, port := connection.To.Addr(), connection.To.Port()
	switch {
	case address.Is4() != pod[0].Is4():
		return Direct
	case slices.Contains(r.ExcludePorts, port):
		return Direct
	case address.IsLoopback() || slices.Contains(pod, address):
		return Direct
	case contains(r.ExcludeRanges, address):
		return Direct
	case connection.Protocol != "tcp":
		return Direct
	case slices.Contains(r.IncludePorts, port), r.everythingOut, contains(r.IncludeRanges, address):
		return EnvoyOut
	}
	return Direct
}

// Inbound decides about a connection to a port of the pod.
func (r Rules) Inbound(port uint16) Verdict {
	captured := slices.Contains(r.IncludeInbound, port)
	if r.everythingIn {
		captured = !slices.Contains(r.ExcludeInbound, port)
	}
	if captured && !slices.Contains(neverInbound, port) {
		return EnvoyIn
	}
	return Direct
}

func contains(ranges []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(ranges, func(prefix netip.Prefix) bool { return prefix.Contains(address) })
}

func parsePorts(value string) ([]uint16, error) {
	var ports []uint16
	for item := range items(value) {
		port, err := strconv.ParseUint(item, 10, 16)
		if err != nil || port == 0 || strconv.FormatUint(port, 10) != item {
			return nil, fmt.Errorf("%q is not a canonical port", item)
		}
		ports = append(ports, uint16(port))
	}
	return ports, nil
}

func parseRanges(value string) ([]netip.Prefix, error) {
	var ranges []netip.Prefix
	for item := range items(value) {
		prefix, err := netip.ParsePrefix(item)
		if err != nil {
			return nil, err
		}
		ranges = append(ranges, prefix)
	}
	return ranges, nil
}

// items splits as strictly as Istio's strictest reader: no blanks, no empty items.
func items(value string) func(func(string) bool) {
	if value == "" {
		return func(func(string) bool) {}
	}
	return strings.SplitSeq(value, ",")
}
