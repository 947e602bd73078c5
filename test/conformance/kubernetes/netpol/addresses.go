package netpol

import (
	"cmp"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// The address plan of the clusters in test/scenarios.ts: nodes 10.10.0.0/16, pods 10.244.0.0/16, Services 10.96.0.0/16.
const (
	internet      = "internet"
	metadata      = "cloud-metadata"
	apiServer     = "api-server"
	node          = "node"
	anyPod        = "any-pod-by-address"
	nodeLocalDNS  = "node-local-dns"
	ambientProbes = "ambient-probes"
	linkLocal     = "link-local"
)

var addresses = []*endpoint{
	{Name: internet, Address: "203.0.113.9"},
	{Name: internet, Address: "198.51.100.7"},
	{Name: internet, Address: "2001:db8::7"},
	{Name: metadata, Address: "169.254.169.254"},
	{Name: metadata, Address: "fd00:ec2::254"},   // AWS, IPv6
	{Name: metadata, Address: "100.100.100.200"}, // Alibaba Cloud
	{Name: nodeLocalDNS, Address: "169.254.20.10"},
	{Name: ambientProbes, Address: "169.254.7.127"}, // Istio's source of kubelet probes to ambient pods
	{Name: ambientProbes, Address: "fd16:9254:7127:1337:ffff:ffff:ffff:ffff"},
	{Name: apiServer, Address: "10.10.0.4"},
	{Name: "api-server-service", Address: "10.96.0.1"}, // as a policy engine sees it that runs before the translation
	{Name: "some-service", Address: "10.96.7.7"},
	{Name: node, Address: "10.10.0.9"},
	{Name: node, Address: "fd00:10:10::9"},
	{Name: linkLocal, Address: "fe80::1"},
	// Whether an ipBlock matches pods is left to the network plugin (Calico: yes, Cilium: no). The rows between pods are
	// the reading of "no"; these two rows show what "yes" adds.
	{Name: anyPod, Address: "10.244.9.9"},
	{Name: anyPod, Address: "fd00:10:244::9"},
}

func (w *world) addAddresses() {
	for _, address := range addresses {
		clone := *address
		w.endpoints = append(w.endpoints, &clone)
	}
}

func (e *endpoint) isIPv6() bool {
	return e.isAddress() && netip.MustParseAddr(e.Address).Is6()
}

// undeclared stands for every port that nobody declares or names: a row with it means "all ports".
var undeclared = []port{{31337, corev1.ProtocolTCP}, {31337, corev1.ProtocolUDP}}

// sidecarPorts are open in pods of the mesh without being declared.
var sidecarPorts = []port{
	{15008, corev1.ProtocolTCP}, {15020, corev1.ProtocolTCP}, {15021, corev1.ProtocolTCP}, {15090, corev1.ProtocolTCP},
}

var addressPorts = []port{
	{22, corev1.ProtocolTCP}, {53, corev1.ProtocolTCP}, {53, corev1.ProtocolUDP}, {80, corev1.ProtocolTCP},
	{443, corev1.ProtocolTCP}, {6443, corev1.ProtocolTCP}, {10250, corev1.ProtocolTCP},
}

// portsAt are the ports asked about at an endpoint.
func (w *world) portsAt(e *endpoint) []port {
	usual := sidecarPorts
	if e.isAddress() {
		usual = addressPorts
	}
	return uniqueSorted(slices.Concat(e.Ports, undeclared, usual, w.portsNamed()))
}

// portsNamed are the ports that some policy opens: none of them may be missing in the questions.
func (w *world) portsNamed() []port {
	var named []port
	for _, policy := range w.policies {
		for _, rule := range policy.Spec.Ingress {
			named = append(named, numbered(rule.Ports)...)
		}
		for _, rule := range policy.Spec.Egress {
			named = append(named, numbered(rule.Ports)...)
		}
	}
	return named
}

func numbered(policyPorts []networkingv1.NetworkPolicyPort) []port {
	var all []port
	for _, p := range policyPorts {
		if p.Port == nil || p.Port.IntVal == 0 {
			continue
		}
		protocol := corev1.ProtocolTCP
		if p.Protocol != nil {
			protocol = *p.Protocol
		}
		all = append(all, port{p.Port.IntVal, protocol})
	}
	return all
}

func uniqueSorted(all []port) []port {
	slices.SortFunc(all, func(a, b port) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Protocol, b.Protocol))
	})
	return slices.Compact(all)
}
