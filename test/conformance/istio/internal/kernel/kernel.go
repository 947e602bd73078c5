// Package kernel lets Istio write the rules of an injected agent into a real kernel and connects through them.
package kernel

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/istio"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/lab"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/redirect"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/require"
)

// Flow is one connection.
type Flow struct {
	Name     string
	By       Party
	Protocol string
	To       netip.AddrPort
}

// TCP is a connection of the collector.
func TCP(name string, to netip.AddrPort) Flow { return Flow{Name: name, Protocol: "tcp", To: to} }

// From is the same connection made by somebody else.
func (f Flow) From(party Party) Flow {
	f.By = party
	return f
}

// Party is who connects.
type Party int

const (
	ByCollector Party = iota
	// ByProxy is the sidecar, whom the rules let pass.
	ByProxy
	// ByOthers connect to the agent's pod.
	ByOthers
)

var proxyUser = lab.User{UID: 1337, GID: 1337}

// Ports of the two listeners that redirection leads to.
const (
	outboundPort = 15001
	inboundPort  = 15006
)

// Kernel is an agent's pod with its rules loaded, next to a node that answers for everybody else.
type Kernel struct {
	// Pod is what the rules depend on besides annotations.
	Pod       capture.Pod
	t         *testing.T
	node, pod *lab.Namespace
	user      lab.User
	listening map[string]bool
}

// Load injects the agent, writes its rules and gives its ports somebody who answers.
func Load(t *testing.T, program redirect.Program, agent golden.Agent, addresses ...netip.Addr) (*Kernel, error) {
	t.Helper()
	require.Root(t)
	require.Command(t, program.Tools...)
	options := program.Install
	options.Revision = agent.Template.Labels["istio.io/rev"]
	pod, _, err := istio.New(t, options).Inject(agent.Pod())
	if err != nil {
		return nil, err
	}
	uid, gid, err := agent.User()
	if err != nil {
		return nil, err
	}
	network := lab.NewNetwork(t)
	k := &Kernel{
		Pod: capture.Pod{Addresses: addresses, Nftables: program.Install.Nftables},
		t:   t, node: network.Node, pod: network.AddPod(t, addresses...), user: lab.User{UID: uid, GID: gid},
		listening: map[string]bool{},
	}
	if err := program.Apply(k.pod, pod); err != nil {
		return nil, err
	}
	k.pod.Listen(t, string(capture.EnvoyOut), outboundPort)
	k.pod.Listen(t, string(capture.EnvoyIn), inboundPort)
	return k, nil
}

// Verdict makes the connection and returns who got it.
func (k *Kernel) Verdict(f Flow) (capture.Verdict, error) {
	from, user := k.pod, k.user
	switch f.By {
	case ByProxy:
		user = proxyUser
	case ByOthers:
		from, user = k.node, lab.Root
	}
	k.listen(f)
	answer, err := from.Dial(user, f.Protocol, f.To)
	if err != nil {
		return "", err
	}
	if f.Protocol == "tcp" && answer.Destination != f.To {
		return "", fmt.Errorf("%s got a connection to %s instead of %s", answer.Listener, answer.Destination, f.To)
	}
	return capture.Verdict(answer.Listener), nil
}

// listen makes sure that a connection finds somebody when it is not redirected.
func (k *Kernel) listen(f Flow) {
	server := k.node
	if slices.Contains(k.Pod.Addresses, f.To.Addr()) {
		server = k.pod
	}
	key := fmt.Sprintf("%p %s %d", server, f.Protocol, f.To.Port())
	if f.Protocol == "udp" {
		key += f.To.String()
	}
	if k.listening[key] {
		return
	}
	k.listening[key] = true
	if f.Protocol == "udp" {
		server.ListenUDP(k.t, string(capture.Direct), f.To)
	} else {
		server.Listen(k.t, string(capture.Direct), f.To.Port())
	}
}

// Predict is the decision procedure's answer.
func Predict(rules capture.Rules, pod capture.Pod, f Flow) capture.Verdict {
	switch f.By {
	case ByProxy:
		return capture.Direct
	case ByOthers:
		return rules.Inbound(f.To.Port())
	}
	return rules.Outbound(pod, capture.Connection{Protocol: f.Protocol, To: f.To})
}
