package facts

import (
	"net/netip"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/pilot"
)

// declared repeats what test/scenarios.ts and the examples without a cluster file say in code.
var declared = map[string]Facts{
	"example-gitops.prod-eu": {
		PodCIDRs:  ranges("10.1.0.0/16"),
		APIServer: APIServer{ServiceIPs: addresses("10.96.0.1")},
		Mesh:      Mesh{Mode: "sidecar", MTLS: "STRICT"},
	},
	"example-registry-only": {
		PodCIDRs: ranges("10.244.0.0/16"), NodeCIDRs: ranges("10.10.0.0/16"), ServiceCIDRs: ranges("10.96.0.0/16"),
		APIServer: APIServer{ServiceIPs: addresses("10.96.0.1")},
		Mesh:      Mesh{Mode: "sidecar", MTLS: "STRICT", Policy: "REGISTRY_ONLY"},
	},
	"explicit-jobs":              {Mesh: Mesh{Mode: "sidecar", MTLS: "STRICT"}},
	"interception-mesh-backends": {Mesh: Mesh{Mode: "sidecar"}},
	"interception-service-cidrs": {
		ServiceCIDRs: ranges("10.96.0.0/16"),
		APIServer:    APIServer{ServiceIPs: addresses("10.96.0.1")},
		Mesh:         Mesh{Mode: "sidecar"},
	},
	"mesh-port-modes": {
		PodCIDRs: ranges("10.244.0.0/16"),
		Mesh: Mesh{
			Mode: "sidecar", NamespaceModes: map[string]string{"bank": "STRICT"},
			PortModes: []pilot.PortMode{
				{Namespace: "bank", PodLabels: map[string]string{"app": "ledger"}, Port: 9102, Mode: "PERMISSIVE"},
				{Namespace: "shop", PodLabels: map[string]string{"app.kubernetes.io/name": "shop.v2"}, Port: 9102, Mode: "STRICT"},
			},
		},
	},
	"native-sidecar-registry-only": {Mesh: Mesh{
		Mode: "sidecar", MTLS: "STRICT", NamespaceModes: map[string]string{"legacy": "PERMISSIVE"}, Policy: "REGISTRY_ONLY",
	}},
	"sidecar-not-needed": {Mesh: Mesh{Mode: "sidecar"}},
	"ambient":            {Mesh: Mesh{Mode: "ambient"}},
	"example-ambient":    {Mesh: Mesh{Mode: "ambient"}},

	"agent-alone":                     withoutMesh,
	"backend-credentials":             withoutMesh,
	"backend-processing":              withoutMesh,
	"dual-stack-unknown-addresses":    withoutMesh,
	"example-extend":                  withoutMesh,
	"example-gitops.prod-us":          withoutMesh,
	"example-minimal":                 withoutMesh,
	"example-no-mesh":                 withoutMesh,
	"example-plus-interop":            withoutMesh,
	"manager-with-rights":             withoutMesh,
	"prometheus-dashboard":            withoutMesh,
	"prometheus-persistent":           withoutMesh,
	"prometheus-tls-cert-manager":     withoutMesh,
	"prometheus-tls-secrets":          withoutMesh,
	"two-stacks-two-clusters.prod-eu": withoutMesh,
	"two-stacks-two-clusters.prod-us": withoutMesh,
}

// withoutMesh leaves out the addresses: nothing on the way looks at them.
var withoutMesh = Facts{Mesh: Mesh{Mode: "none"}}

func ranges(texts ...string) []netip.Prefix { return parsed(netip.MustParsePrefix, texts) }

func addresses(texts ...string) []netip.Addr { return parsed(netip.MustParseAddr, texts) }

func parsed[T any](parse func(string) T, texts []string) []T {
	var all []T
	for _, text := range texts {
		all = append(all, parse(text))
	}
	return all
}
