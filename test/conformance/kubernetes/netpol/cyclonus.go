package netpol

import (
	"fmt"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	networkingv1 "k8s.io/api/networking/v1"
)

// cyclonus is the matcher that the conformance suite of the same name compares network plugins with.
type cyclonus struct {
	world *world
	// Between pods only selectors count, see anyPod; left alone, cyclonus would match a pod's address against ipBlocks.
	pods      *matcher.Policy
	addresses *matcher.Policy
}

func newCyclonus(w *world) (evaluator *cyclonus, err error) {
	defer func() { // It panics on policies that no API server would accept.
		if reason := recover(); reason != nil {
			err = fmt.Errorf("cyclonus: %v", reason)
		}
	}()
	selectors := withPeers(w.policies, func(peer networkingv1.NetworkPolicyPeer) bool { return peer.IPBlock == nil })
	return &cyclonus{
		world:     w,
		pods:      matcher.BuildNetworkPolicies(false, selectors),
		addresses: matcher.BuildNetworkPolicies(false, w.policies),
	}, nil
}

func (c *cyclonus) name() string { return "cyclonus" }

func (c *cyclonus) canExpress(question) bool { return true }

func (c *cyclonus) allows(q question) (allowed bool, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("cyclonus: %v", reason)
		}
	}()
	policy := c.pods
	if q.from.isAddress() || q.to.isAddress() {
		policy = c.addresses
	}
	return policy.IsTrafficAllowed(&matcher.Traffic{
		Source:       c.peer(q.from),
		Destination:  c.peer(q.to),
		ResolvedPort: int(q.port.Number),
		Protocol:     q.port.Protocol,
	}).IsAllowed(), nil
}

func (c *cyclonus) peer(e *endpoint) *matcher.TrafficPeer {
	if e.isAddress() {
		return &matcher.TrafficPeer{IP: e.Address}
	}
	return &matcher.TrafficPeer{
		IP: "10.244.0.1",
		Internal: &matcher.InternalPeer{
			PodLabels:       e.Labels,
			NamespaceLabels: c.world.namespaces[e.Namespace],
			Namespace:       e.Namespace,
		},
	}
}
