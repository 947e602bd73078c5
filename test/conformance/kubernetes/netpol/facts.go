package netpol

import (
	"cmp"
	"net/netip"
	"slices"
)

// facts are what the author of a scenario tells about the cluster and no manifest does.
type facts struct {
	pods, nodes, services []string // ranges; none: unknown
	apiServer             []string // where connections to it end; none: unknown
	apiPort               int32    // 0: unknown
	dns                   []string // addresses of servers that are no pods
	foreign               []foreignService
}

// foreignService is a Service that other people manage.
type foreignService struct {
	namespace, name string
	podLabels       map[string]string
	targetPort      int32
	ambient         bool
}

var (
	prometheusInMesh = foreignService{"monitoring", "prometheus", map[string]string{"app.kubernetes.io/name": "prometheus"}, 9090, false}
	gatewayInMesh    = foreignService{"observability", "gateway", map[string]string{"app": "otlp-gateway"}, 4317, false}
	gatewayInAmbient = foreignService{"observability", "gateway", map[string]string{"app": "otlp-gateway"}, 4317, true}
)

// everyAddress is what example clusters say that tell everything; dual stack adds its own.
func everyAddress(foreign ...foreignService) facts {
	return facts{
		pods: []string{"10.244.0.0/16"}, nodes: []string{"10.10.0.0/16"}, services: []string{"10.96.0.0/16"},
		apiServer: []string{"10.10.0.4/32"}, apiPort: 6443, foreign: foreign,
	}
}

// declaredFacts repeats test/scenarios.ts and examples/*, so that the plan cannot prove itself. Whoever gives a scenario
// other facts changes them here, too; scenarios without facts are missing.
var declaredFacts = map[string]facts{
	"dual-stack-unknown-addresses": {
		pods:     []string{"fd00:10:244::/56", "10.244.0.0/16"},
		services: []string{"fd00:10:96::/112", "10.96.0.0/16"},
		dns:      []string{"169.254.20.10", "10.96.0.10"},
	},
	"example-adr-26-local-prometheus": everyAddress(prometheusInMesh),
	"example-ambient":                 {foreign: []foreignService{gatewayInAmbient}},
	"example-gitops":                  {pods: []string{"10.1.0.0/16"}},
	"example-gitops.2":                {pods: []string{"10.2.0.0/16"}},
	"example-hardened": {
		pods:      []string{"10.244.0.0/16", "fd00:10:244::/56"},
		nodes:     []string{"10.10.0.0/16", "fd00:10:10::/64"},
		services:  []string{"10.96.0.0/16", "fd00:10:96::/112"},
		apiServer: []string{"10.10.0.4/32"}, apiPort: 6443,
		foreign: []foreignService{gatewayInMesh},
	},
	"example-no-mesh":            everyAddress(),
	"example-platform":           everyAddress(prometheusInMesh, gatewayInMesh),
	"example-registry-only":      everyAddress(),
	"interception-service-cidrs": {services: []string{"10.96.0.0/16"}},
	"manager-with-rights":        {apiServer: []string{"10.10.0.4/32"}, apiPort: 6443},
	"mesh-port-modes":            {pods: []string{"10.244.0.0/16"}},
}

// What nobody declares can be anywhere but in the ranges of something else.

func (f facts) mayBeNode(e *endpoint) bool { return f.mayLieIn(f.nodes, e, f.pods, f.services) }

func (f facts) mayBeAPIServer(e *endpoint) bool {
	return f.mayLieIn(f.apiServer, e, f.pods, f.services)
}

func (f facts) mayBeOutside(e *endpoint) bool { return f.mayLieIn(nil, e, f.pods, f.nodes, f.services) }

func (f facts) mayLieIn(declared []string, e *endpoint, others ...[]string) bool {
	reserved := []string{metadata, nodeLocalDNS, ambientProbes, linkLocal}
	switch {
	case !e.isAddress() || slices.Contains(reserved, e.Name):
		return false
	case len(declared) > 0:
		return contains(declared, e)
	}
	return f.hasFamily(e) && !contains(slices.Concat(others...), e)
}

func contains(ranges []string, e *endpoint) bool {
	return slices.ContainsFunc(ranges, func(cidr string) bool {
		return netip.MustParsePrefix(cidr).Contains(netip.MustParseAddr(e.Address))
	})
}

// hasFamily tells whether the cluster may have addresses like this one.
func (f facts) hasFamily(e *endpoint) bool {
	known := slices.Concat(f.pods, f.services)
	return len(known) == 0 || slices.ContainsFunc(known, func(cidr string) bool {
		return netip.MustParsePrefix(cidr).Addr().Is6() == e.isIPv6()
	})
}

// apiPorts are the usual ones where none is declared.
func (f facts) apiPorts() []int32 {
	return slices.Compact([]int32{cmp.Or(f.apiPort, 443), cmp.Or(f.apiPort, 6443)})
}

func (f facts) service(namespace, name string) (foreignService, bool) {
	i := slices.IndexFunc(f.foreign, func(s foreignService) bool { return s.namespace == namespace && s.name == name })
	if i < 0 {
		return foreignService{}, false
	}
	return f.foreign[i], true
}
