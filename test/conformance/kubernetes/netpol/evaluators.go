package netpol

import (
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// question is one possible connection.
type question struct {
	from, to *endpoint
	port     port
}

func (q question) String() string { return fmt.Sprintf("%s -> %s %s", q.from, q.to, q.port) }

// evaluator answers questions about one world.
type evaluator interface {
	name() string
	// canExpress is false for questions the evaluator would answer wrongly.
	canExpress(q question) bool
	allows(q question) (bool, error)
}

// withPeers returns copies of the policies with only those peers that are kept. A rule that loses all its peers is
// dropped: an empty list would admit everybody.
func withPeers(policies []*networkingv1.NetworkPolicy, keep func(networkingv1.NetworkPolicyPeer) bool) []*networkingv1.NetworkPolicy {
	var kept []*networkingv1.NetworkPolicy
	for _, policy := range policies {
		clone := policy.DeepCopy()
		clone.Spec.Ingress, clone.Spec.Egress = nil, nil
		for _, rule := range policy.Spec.Ingress {
			peers := filter(rule.From, keep)
			if len(peers) > 0 || len(rule.From) == 0 {
				clone.Spec.Ingress = append(clone.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: peers, Ports: rule.Ports})
			}
		}
		for _, rule := range policy.Spec.Egress {
			peers := filter(rule.To, keep)
			if len(peers) > 0 || len(rule.To) == 0 {
				clone.Spec.Egress = append(clone.Spec.Egress, networkingv1.NetworkPolicyEgressRule{To: peers, Ports: rule.Ports})
			}
		}
		kept = append(kept, clone)
	}
	return kept
}

// facing returns the same world with one direction of all policies, so that the other end's policy hides nothing.
func (w *world) facing(direction networkingv1.PolicyType) *world {
	half := *w
	half.policies = nil
	for _, policy := range w.policies {
		if !slices.Contains(policy.Spec.PolicyTypes, direction) {
			continue
		}
		clone := policy.DeepCopy()
		clone.Spec.PolicyTypes = []networkingv1.PolicyType{direction}
		if direction == networkingv1.PolicyTypeIngress {
			clone.Spec.Egress = nil
		} else {
			clone.Spec.Ingress = nil
		}
		half.policies = append(half.policies, clone)
	}
	return &half
}

func filter[T any](all []T, keep func(T) bool) []T {
	var kept []T
	for _, item := range all {
		if keep(item) {
			kept = append(kept, item)
		}
	}
	return kept
}

func selects(selector *metav1.LabelSelector, set map[string]string) bool {
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && parsed.Matches(labels.Set(set))
}
