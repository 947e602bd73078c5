// Package mesh asks Istio's own simulation what becomes of an agent's connections: at the agent's sidecar, and at the
// sidecar of the server.
package mesh

import (
	"net/netip"
	"strings"
	"testing"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	"istio.io/istio/pilot/pkg/simulation"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/pilot"
)

// outcome is what the two ends of a connection get.
type outcome string

const (
	mutualTLS outcome = "mutual TLS"
	plaintext outcome = "plaintext"
	// ownTLS is the client's own TLS, ended by the application that is dialled.
	ownTLS outcome = "its own TLS"
	// strayTLS is TLS with a mesh certificate that no sidecar ends: the application gets it instead of plaintext.
	strayTLS         outcome = "TLS that nobody expects"
	refusedBySidecar outcome = "refused by the own sidecar"
	refusedByServer  outcome = "refused by the server's sidecar"
)

// dial is one connection.
type dial struct {
	to       netip.AddrPort
	host     string // as the client names the server
	protocol simulation.Protocol
	tls      simulation.TLSMode
	verdict  capture.Verdict
}

// world is a mesh with an agent and servers.
type world struct {
	t     *testing.T
	plane pilot.Plane
	agent pilot.Pod
	// servers by address. Everybody else is outside the cluster and serves whatever is asked for.
	servers map[netip.Addr]pilot.Pod
	// services are the addresses that kube-proxy translates.
	services map[netip.Addr]netip.Addr
}

// outcome follows a connection from the agent to its end.
func (w world) outcome(d dial) outcome {
	w.t.Helper()
	received := d
	if d.verdict == capture.EnvoyOut {
		var sent bool
		if received, sent = w.throughSidecar(d); !sent {
			return refusedBySidecar
		}
	}
	if pod, found := w.services[received.to.Addr()]; found {
		received.to = netip.AddrPortFrom(pod, received.to.Port())
	}
	server, inCluster := w.servers[received.to.Addr()]
	if inCluster && server.Injected() {
		ownCertificate := d.tls == simulation.MTLS
		ordinary, _ := capture.Parse(nil)
		return w.throughServer(server, ordinary, received, ownCertificate)
	}
	if inCluster && received.tls == simulation.MTLS {
		return strayTLS
	}
	return unterminated(received.tls)
}

// throughSidecar returns the connection as the agent's sidecar sends it on.
func (w world) throughSidecar(d dial) (dial, bool) {
	w.t.Helper()
	proxy := w.plane.Proxy(w.agent)
	name, _, _ := strings.Cut(d.host, ":")
	result := simulation.NewSimulation(w.t, w.plane.FakeDiscoveryServer, proxy).Run(simulation.Call{
		Address: d.to.Addr().String(), Port: int(d.to.Port()), HostHeader: d.host, Sni: name,
		Protocol: d.protocol, TLS: d.tls, CallMode: simulation.CallModeOutbound,
	})
	if result.Error != nil || result.ClusterMatched == "" || result.ClusterMatched == "BlackHoleCluster" {
		return d, false
	}
	if endpoint, mutual, found := w.plane.Endpoint(proxy, result.ClusterMatched); found {
		d.to = endpoint
		if mutual {
			d.tls = simulation.MTLS
		}
	}
	return d, true
}

// throughServer returns what the server's sidecar makes of a connection. A client with a certificate of its own does not
// offer the protocol names by which sidecars know each other.
func (w world) throughServer(server pilot.Pod, rules capture.Rules, d dial, ownCertificate bool) outcome {
	w.t.Helper()
	if rules.Inbound(d.to.Port()) == capture.Direct {
		return unterminated(d.tls)
	}
	terminated := false
	call := simulation.Call{
		Address: server.IP.String(), Port: int(d.to.Port()), Protocol: d.protocol, TLS: d.tls,
		CallMode: simulation.CallModeInbound,
		CustomListenerValidations: []simulation.CustomFilterChainValidation{func(chain *listener.FilterChain) error {
			terminated = chain.GetTransportSocket() != nil
			return nil
		}},
	}
	if ownCertificate {
		call.Alpn = "http/1.1"
	}
	result := simulation.NewSimulation(w.t, w.plane.FakeDiscoveryServer, w.plane.Proxy(server)).Run(call)
	switch {
	case result.Error != nil:
		return refusedByServer
	case terminated:
		return mutualTLS
	}
	return unterminated(d.tls)
}

// unterminated is what an application gets from which no sidecar takes anything.
func unterminated(tls simulation.TLSMode) outcome {
	return map[simulation.TLSMode]outcome{
		simulation.Plaintext: plaintext, simulation.TLS: ownTLS, simulation.MTLS: strayTLS,
	}[tls]
}
