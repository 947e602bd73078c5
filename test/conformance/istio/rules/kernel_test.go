// Package rules lets Istio write the rules of injected agents into a real kernel and connects through them.
package rules

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

func TestMain(m *testing.M) { redirect.Main(m) }

// flow is one connection.
type flow struct {
	name     string
	by       party
	protocol string
	to       netip.AddrPort
}

// party is who connects.
type party int

const (
	byCollector party = iota
	// byProxy is the sidecar, whom the rules let pass.
	byProxy
	// byOthers connect to the agent's pod.
	byOthers
)

var proxyUser = lab.User{UID: 1337, GID: 1337}

// Ports of the two listeners that redirection leads to.
const (
	outboundPort = 15001
	inboundPort  = 15006
)

// kernel is an agent's pod with its rules loaded, next to a node that answers for everybody else.
type kernel struct {
	t         *testing.T
	node, pod *lab.Namespace
	user      lab.User
	facts     capture.Pod
	listening map[string]bool
}

// load injects the agent, writes its rules and gives its ports somebody who answers.
func load(t *testing.T, program redirect.Program, agent golden.Agent, addresses ...netip.Addr) (*kernel, error) {
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
	k := &kernel{
		t: t, node: network.Node, pod: network.AddPod(t, addresses...), user: lab.User{UID: uid, GID: gid},
		facts: capture.Pod{Addresses: addresses, Nftables: program.Install.Nftables}, listening: map[string]bool{},
	}
	if err := program.Apply(k.pod, pod); err != nil {
		return nil, err
	}
	k.pod.Listen(t, string(capture.EnvoyOut), outboundPort)
	k.pod.Listen(t, string(capture.EnvoyIn), inboundPort)
	return k, nil
}

// verdict makes the connection and returns who got it.
func (k *kernel) verdict(f flow) (capture.Verdict, error) {
	from, user := k.pod, k.user
	switch f.by {
	case byProxy:
		user = proxyUser
	case byOthers:
		from, user = k.node, lab.Root
	}
	k.listen(f)
	answer, err := from.Dial(user, f.protocol, f.to)
	if err != nil {
		return "", err
	}
	if f.protocol == "tcp" && answer.Destination != f.to {
		return "", fmt.Errorf("%s got a connection to %s instead of %s", answer.Listener, answer.Destination, f.to)
	}
	return capture.Verdict(answer.Listener), nil
}

// listen makes sure that a connection finds somebody when it is not redirected.
func (k *kernel) listen(f flow) {
	server := k.node
	if slices.Contains(k.facts.Addresses, f.to.Addr()) {
		server = k.pod
	}
	key := fmt.Sprintf("%p %s %d", server, f.protocol, f.to.Port())
	if f.protocol == "udp" {
		key += f.to.String()
	}
	if k.listening[key] {
		return
	}
	k.listening[key] = true
	if f.protocol == "udp" {
		server.ListenUDP(k.t, string(capture.Direct), f.to)
	} else {
		server.Listen(k.t, string(capture.Direct), f.to.Port())
	}
}

// predict is the decision procedure's answer.
func predict(rules capture.Rules, pod capture.Pod, f flow) capture.Verdict {
	switch f.by {
	case byProxy:
		return capture.Direct
	case byOthers:
		return rules.Inbound(f.to.Port())
	}
	return rules.Outbound(pod, capture.Connection{Protocol: f.protocol, To: f.to})
}
