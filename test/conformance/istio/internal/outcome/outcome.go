// Package outcome asks Istio's own simulation what becomes of a connection: at the client's sidecar, and at the sidecar of
// the server.
package outcome

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/simulation"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/pilot"
)

// Outcome is what the two ends of a connection get.
type Outcome string

const (
	MutualTLS Outcome = "mutual TLS"
	Plaintext Outcome = "plaintext"
	// OwnTLS is the client's own TLS, ended by the application that is dialled.
	OwnTLS Outcome = "its own TLS"
	// StrayTLS is TLS with a mesh certificate that no sidecar ends: the application gets it instead of plaintext.
	StrayTLS         Outcome = "TLS that nobody expects"
	RefusedBySidecar Outcome = "refused by the own sidecar"
	RefusedByServer  Outcome = "refused by the server's sidecar"
)

// Dial is one connection.
type Dial struct {
	To       netip.AddrPort
	Host     string // as the client names the server
	Protocol simulation.Protocol
	TLS      simulation.TLSMode
	Verdict  capture.Verdict
}

// Sends is what a collector sends to a backend.
func Sends(backend golden.Backend) (simulation.TLSMode, simulation.Protocol) {
	tls, protocol := simulation.Plaintext, simulation.HTTP
	if backend.TLS {
		tls = simulation.TLS
	}
	if backend.GRPC {
		protocol = simulation.HTTP2
	}
	return tls, protocol
}

// Server is a pod that answers, and what its sidecar, if it has one, captures.
type Server struct {
	pilot.Pod
	Rules capture.Rules
}

// World is a mesh with a client and servers.
type World struct {
	// Client is the pod that dials through its sidecar.
	Client pilot.Pod
	// Servers by address. Everybody else is outside the cluster and serves whatever is asked for.
	Servers map[netip.Addr]Server
	// Services are what kube-proxy translates.
	Services map[netip.AddrPort]netip.AddrPort

	t           *testing.T
	plane       pilot.Plane
	simulations map[netip.Addr]*simulated
}

// simulated is the sidecar of one pod.
type simulated struct {
	*simulation.Simulation
	proxy *model.Proxy
}

// New is a world of which the caller fills in who is there.
func New(t *testing.T, plane pilot.Plane, client pilot.Pod) *World {
	return &World{
		Client: client, Servers: map[netip.Addr]Server{}, Services: map[netip.AddrPort]netip.AddrPort{},
		t: t, plane: plane, simulations: map[netip.Addr]*simulated{},
	}
}

// Serve adds a pod that captures what Istio captures by default, and the Service before it.
func (w *World) Serve(service pilot.Service) {
	ordinary, _ := capture.Parse(nil)
	w.Servers[service.Pod.IP] = Server{service.Pod, ordinary}
	for _, port := range service.Ports {
		w.Services[netip.AddrPortFrom(service.ClusterIP, port.Port)] = netip.AddrPortFrom(service.Pod.IP, port.Target())
	}
}

// Outcome follows a connection to its end.
func (w *World) Outcome(d Dial) Outcome {
	w.t.Helper()
	outcome, _ := w.Follow(d)
	return outcome
}

// Follow tells also whether the client's sidecar wrapped the connection in mutual TLS.
func (w *World) Follow(d Dial) (outcome Outcome, wrapped bool) {
	w.t.Helper()
	if d.Verdict == capture.EnvoyOut {
		var sent bool
		if d, wrapped, sent = w.throughSidecar(d); !sent {
			return RefusedBySidecar, false
		}
	}
	if pod, found := w.Services[d.To]; found {
		d.To = pod
	}
	server, inCluster := w.Servers[d.To.Addr()]
	if !inCluster || !server.Injected() || server.Rules.Inbound(d.To.Port()) == capture.Direct {
		return unterminated(d.TLS, wrapped), wrapped
	}
	return w.throughServer(server, d, wrapped), wrapped
}

// throughSidecar returns the connection as the client's sidecar sends it on.
func (w *World) throughSidecar(d Dial) (onward Dial, wrapped, sent bool) {
	w.t.Helper()
	sidecar := w.sidecar(w.Client)
	name, _, _ := strings.Cut(d.Host, ":")
	result := sidecar.Run(simulation.Call{
		Address: d.To.Addr().String(), Port: int(d.To.Port()), HostHeader: d.Host, Sni: name,
		Protocol: d.Protocol, TLS: d.TLS, CallMode: simulation.CallModeOutbound,
	})
	if result.Error != nil || result.ClusterMatched == "" || result.ClusterMatched == "BlackHoleCluster" {
		return d, false, false
	}
	if endpoint, mutual, found := w.plane.Endpoint(sidecar.proxy, result.ClusterMatched); found {
		d.To = endpoint
		return d, mutual, true
	}
	// Envoy goes on to the original destination, to a headless Service's pods as one for all.
	matched := slices.IndexFunc(sidecar.Clusters, func(c *cluster.Cluster) bool { return c.GetName() == result.ClusterMatched })
	return d, matched >= 0 && sidecar.Clusters[matched].GetTransportSocket() != nil, true
}

// throughServer returns what the server's sidecar makes of a connection. A client with a certificate of its own does not
// offer the protocol names by which sidecars know each other.
func (w *World) throughServer(server Server, d Dial, wrapped bool) Outcome {
	w.t.Helper()
	terminated := false
	call := simulation.Call{
		Address: server.IP.String(), Port: int(d.To.Port()), Protocol: d.Protocol, TLS: d.TLS,
		CallMode: simulation.CallModeInbound,
		CustomListenerValidations: []simulation.CustomFilterChainValidation{func(chain *listener.FilterChain) error {
			terminated = chain.GetTransportSocket() != nil
			return nil
		}},
	}
	switch {
	case wrapped:
		call.TLS = simulation.MTLS
	case d.TLS == simulation.MTLS:
		call.Alpn = "http/1.1"
	}
	result := w.sidecar(server.Pod).Run(call)
	switch {
	case result.Error != nil:
		return RefusedByServer
	case terminated && wrapped && d.TLS != simulation.Plaintext:
		return unterminated(d.TLS, false) // The mesh took its TLS off; what was inside reaches the application.
	case terminated:
		return MutualTLS
	}
	return unterminated(d.TLS, wrapped)
}

// unterminated is what an application gets from which no sidecar takes anything.
func unterminated(tls simulation.TLSMode, wrapped bool) Outcome {
	if wrapped {
		return StrayTLS
	}
	return map[simulation.TLSMode]Outcome{
		simulation.Plaintext: Plaintext, simulation.TLS: OwnTLS, simulation.MTLS: StrayTLS,
	}[tls]
}

// sidecar computes the configuration of a pod's sidecar once.
func (w *World) sidecar(pod pilot.Pod) *simulated {
	w.t.Helper()
	found, ok := w.simulations[pod.IP]
	if !ok {
		proxy := w.plane.Proxy(pod)
		found = &simulated{simulation.NewSimulation(w.t, w.plane.FakeDiscoveryServer, proxy), proxy}
		w.simulations[pod.IP] = found
	}
	return found
}
