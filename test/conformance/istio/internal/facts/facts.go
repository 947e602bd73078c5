// Package facts is what the scenarios tell about their clusters, which no manifest shows.
package facts

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"testing"

	"sigs.k8s.io/yaml"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/pilot"
)

// Facts has the form of a cluster file.
type Facts struct {
	PodCIDRs     []netip.Prefix `json:"podCidrs"`
	NodeCIDRs    []netip.Prefix `json:"nodeCidrs"`
	ServiceCIDRs []netip.Prefix `json:"serviceCidrs"`
	APIServer    APIServer      `json:"apiServer"`
	Mesh         Mesh           `json:"mesh"`
	Services     []Service      `json:"services"`
}

// APIServer is where Kubernetes answers.
type APIServer struct {
	ServiceIPs []netip.Addr `json:"serviceIps"`
}

// Mesh is what its owner decided.
type Mesh struct {
	Mode           string            `json:"mode"`
	MTLS           string            `json:"mtls"`
	NamespaceModes map[string]string `json:"namespaceMtls"`
	PortModes      []pilot.PortMode  `json:"portMtls"`
	Policy         string            `json:"outboundTrafficPolicy"`
}

// Service is somebody else's.
type Service struct {
	Name      string            `json:"name"`
	Namespace string            `json:"namespace"`
	Ports     []ServicePort     `json:"ports"`
	PodLabels map[string]string `json:"podLabels"`
	Mesh      string            `json:"mesh"`
}

// ServicePort is declared by its name.
type ServicePort struct {
	Name string `json:"name"`
	Port uint16 `json:"port"`
}

// Of returns the facts of a scenario's cluster: from the cluster file that an example reads, or as declared in code.
func Of(t testing.TB, plan string) Facts {
	t.Helper()
	facts, found := declared[plan]
	if found {
		return facts
	}
	path, err := golden.ClusterFile(plan)
	if err != nil {
		t.Fatalf("%s: the scenario's facts are neither declared here nor in a cluster file: %v", plan, err)
	}
	content, err := os.ReadFile(path)
	if err == nil {
		err = yaml.Unmarshal(content, &facts)
	}
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// Pilot is the control plane of the mesh.
func (f Facts) Pilot() pilot.Config {
	return pilot.Config{
		Mode:           cmp.Or(f.Mesh.MTLS, "PERMISSIVE"),
		NamespaceModes: maps.Clone(f.Mesh.NamespaceModes),
		PortModes:      f.Mesh.PortModes,
		Policy:         cmp.Or(f.Mesh.Policy, "ALLOW_ANY"),
	}
}

// The plan of addresses of a cluster that declares none. The lab's node belongs to it.
var defaults = struct{ pods, nodes, services []netip.Prefix }{
	[]netip.Prefix{netip.MustParsePrefix("10.244.0.0/16")},
	[]netip.Prefix{netip.MustParsePrefix("10.10.0.0/16")},
	[]netip.Prefix{netip.MustParsePrefix("10.96.0.0/16")},
}

// Pods are the ranges that pods have addresses of.
func (f Facts) Pods() []netip.Prefix { return orDefault(f.PodCIDRs, defaults.pods) }

// Nodes are those of nodes.
func (f Facts) Nodes() []netip.Prefix { return orDefault(f.NodeCIDRs, defaults.nodes) }

// ServiceRanges are those of cluster IPs.
func (f Facts) ServiceRanges() []netip.Prefix { return orDefault(f.ServiceCIDRs, defaults.services) }

// APIServerIPs are the addresses of the Service of the API server: where nobody says, the first one of its range.
func (f Facts) APIServerIPs() []netip.Addr {
	if len(f.APIServer.ServiceIPs) > 0 {
		return f.APIServer.ServiceIPs
	}
	return []netip.Addr{f.ServiceRanges()[0].Addr().Next()}
}

// Service finds one by name.
func (f Facts) Service(namespace, name string) (Service, bool) {
	i := slices.IndexFunc(f.Services, func(s Service) bool { return s.Namespace == namespace && s.Name == name })
	if i < 0 {
		return Service{}, false
	}
	return f.Services[i], true
}

func orDefault(ranges, otherwise []netip.Prefix) []netip.Prefix {
	if len(ranges) == 0 {
		return otherwise
	}
	return ranges
}

// Nth is an address somewhere in the last 16 bits of a range.
func Nth(prefix netip.Prefix, high, low byte) netip.Addr {
	bytes := prefix.Masked().Addr().AsSlice()
	bytes[len(bytes)-2], bytes[len(bytes)-1] = high, low
	address, _ := netip.AddrFromSlice(bytes)
	if !prefix.Contains(address) {
		panic(fmt.Sprintf("%s is too small a range", prefix))
	}
	return address
}
