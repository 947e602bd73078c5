// Package pilot is Istio's control plane, in the process of the test, for the objects of the test.
package pilot

import (
	"fmt"
	"net"
	"net/netip"
	"testing"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config/mesh"
	"k8s.io/apimachinery/pkg/runtime"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/quiet"
)

// Modes of a PeerAuthentication.
var Modes = []string{"STRICT", "PERMISSIVE", "DISABLE"}

// Policies of a mesh for hosts that it does not know.
var Policies = []string{"ALLOW_ANY", "REGISTRY_ONLY"}

// Config is what the mesh's owner decides.
type Config struct {
	// Mode of mutual TLS, for the whole mesh.
	Mode string
	// NamespaceModes are exceptions.
	NamespaceModes map[string]string
	// PortModes are exceptions of single ports.
	PortModes []PortMode
	// Policy is the outbound traffic policy.
	Policy string
	// YAML holds further Istio resources.
	YAML    string
	Objects []runtime.Object
	// Listener serves xDS to real proxies; without it nobody can connect.
	Listener func() (net.Listener, error)
}

// Plane is a running control plane.
type Plane struct{ *xds.FakeDiscoveryServer }

// New starts a control plane that ends with the test.
func New(t *testing.T, config Config) Plane {
	t.Helper()
	quiet.Istio()
	m := mesh.DefaultMeshConfig()
	m.OutboundTrafficPolicy.Mode = meshconfig.MeshConfig_OutboundTrafficPolicy_Mode(
		meshconfig.MeshConfig_OutboundTrafficPolicy_Mode_value[config.Policy])
	m.DefaultProviders = &meshconfig.MeshConfig_DefaultProviders{} // Telemetry needs filters of Istio's own Envoy.
	resources := peerAuthentication("istio-system", config.Mode)
	for namespace, mode := range config.NamespaceModes {
		resources += peerAuthentication(namespace, mode)
	}
	for n, exception := range config.PortModes {
		resources += exception.peerAuthentication(n)
	}
	return Plane{xds.NewFakeDiscoveryServer(t, xds.FakeOptions{
		KubernetesObjects: config.Objects,
		ConfigString:      resources + config.YAML,
		MeshConfig:        m,
		ListenerBuilder:   config.Listener,
	})}
}

func peerAuthentication(namespace, mode string) string {
	return fmt.Sprintf(`---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: %s}
spec: {mtls: {mode: %s}}
`, namespace, mode)
}

// IstioVersion is what proxies claim to be.
const IstioVersion = "1.31.0"

// Proxy is the sidecar of a pod.
func (p Plane) Proxy(pod Pod) *model.Proxy {
	return p.SetupProxy(&model.Proxy{
		ID:              pod.Name + "." + pod.Namespace,
		ConfigNamespace: pod.Namespace,
		IPAddresses:     []string{pod.IP.String()},
		Labels:          pod.Labels,
		Metadata:        &model.NodeMetadata{Namespace: pod.Namespace, Labels: pod.Labels, IstioVersion: IstioVersion},
	})
}

// Endpoint is where an outbound cluster leads, and whether auto-mTLS decided for mutual TLS. A cluster that Envoy resolves
// by itself has none.
func (p Plane) Endpoint(proxy *model.Proxy, cluster string) (address netip.AddrPort, mutualTLS, found bool) {
	for _, assignment := range p.Endpoints(proxy) {
		if assignment.ClusterName != cluster {
			continue
		}
		for _, locality := range assignment.Endpoints {
			for _, endpoint := range locality.LbEndpoints {
				match := endpoint.GetMetadata().GetFilterMetadata()["envoy.transport_socket_match"]
				socket := endpoint.GetEndpoint().GetAddress().GetSocketAddress()
				ip, err := netip.ParseAddr(socket.GetAddress())
				if err != nil {
					return address, false, false
				}
				mutualTLS = match.GetFields()["tlsMode"].GetStringValue() == "istio"
				return netip.AddrPortFrom(ip, uint16(socket.GetPortValue())), mutualTLS, true
			}
		}
	}
	return address, false, false
}
