// Package capture predicts what a sidecar's rules do with a connection: the decision procedure in the order in which
// istio-iptables writes its rules, for the annotations that this library can render.
package capture

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
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
	proxyConfig             = "proxy.istio.io/config"
)

// Rules are the parsed annotations of one pod.
type Rules struct {
	IncludePorts, ExcludePorts     []uint16
	IncludeRanges, ExcludeRanges   []netip.Prefix
	IncludeInbound, ExcludeInbound []uint16
	// everything stands for the wildcard, which is also Istio's default where an annotation is missing.
	everythingOut, everythingIn bool
	// dualStack is what proxyMetadata tells istio-iptables.
	dualStack bool
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
	var config struct {
		ProxyMetadata map[string]string `json:"proxyMetadata"`
	}
	errs = append(errs, yaml.Unmarshal([]byte(annotations[proxyConfig]), &config))
	if _, found := config.ProxyMetadata["ISTIO_META_DNS_CAPTURE"]; found {
		errs = append(errs, errors.New("DNS capture is not modelled"))
	}
	rules.dualStack = config.ProxyMetadata["ISTIO_DUAL_STACK"] == "true"
	return rules, errors.Join(errs...)
}

// Connection is an outbound connection of an application container.
type Connection struct {
	Protocol string
	To       netip.AddrPort
}

// Pod is what the rules depend on besides annotations.
type Pod struct {
	// Addresses in the order in which Linux lists them: IPv4 first.
	Addresses []netip.Addr
	// Nftables writes one table for both address families, iptables one for each.
	Nftables bool
}

// ruledIPv6 tells whether Istio writes IPv6 rules: it looks at the pod's first address only, unless it is told that the
// pod is dual-stack (tools/common/config, getLocalIP).
func (r Rules) ruledIPv6(pod Pod) bool {
	return pod.Addresses[0].Is6() || (r.dualStack && slices.ContainsFunc(pod.Addresses, netip.Addr.Is6))
}

// Outbound decides about a connection of the pod.
func (r Rules) Outbound(pod Pod, connection Connection) Verdict {
	address, port := connection.To.Addr(), connection.To.Port()
	includeRanges, excludeRanges := r.IncludeRanges, r.ExcludeRanges
	if address.Is6() && !r.ruledIPv6(pod) {
		if !pod.Nftables {
			return Direct
		}
		// Rules for ports and for everything apply all the same, only those with IPv6 addresses are left out.
		includeRanges, excludeRanges = nil, nil
	}
	switch {
	case slices.Contains(r.ExcludePorts, port):
		return Direct
	case address.IsLoopback() || slices.Contains(pod.Addresses, address):
		return Direct
	case contains(excludeRanges, address):
		return Direct
	case connection.Protocol != "tcp":
		return Direct
	case slices.Contains(r.IncludePorts, port), r.everythingOut, contains(includeRanges, address):
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
