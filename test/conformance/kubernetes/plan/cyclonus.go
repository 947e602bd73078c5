package plan

import (
	"fmt"
	"slices"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// cyclonus judges one world. It holds that NotIn needs the label, which Kubernetes does not; so the label selectors are
// left to the code that the API server uses, and cyclonus is told their answers: see answered.
type cyclonus struct {
	world     *world
	selectors []labels.Selector
	// Between pods only selectors count; left alone, cyclonus would match a pod's address against ranges.
	pods, addresses *matcher.Policy
}

func newCyclonus(w *world) (*cyclonus, error) {
	c := &cyclonus{world: w}
	var policies []*networkingv1.NetworkPolicy
	for _, policy := range w.policies {
		clone := policy.DeepCopy()
		setDefaultTypes(clone)
		if err := c.answerAll(clone); err != nil {
			return nil, err
		}
		policies = append(policies, clone)
	}
	c.addresses = matcher.BuildNetworkPolicies(false, policies)
	c.pods = matcher.BuildNetworkPolicies(false, withoutRanges(policies))
	return c, nil
}

// setDefaultTypes does what the API server does.
func setDefaultTypes(policy *networkingv1.NetworkPolicy) {
	spec := &policy.Spec
	if len(spec.PolicyTypes) > 0 {
		return
	}
	spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
	if len(spec.Egress) > 0 {
		spec.PolicyTypes = append(spec.PolicyTypes, networkingv1.PolicyTypeEgress)
	}
}

func (c *cyclonus) answerAll(policy *networkingv1.NetworkPolicy) error {
	for _, selector := range selectorsOf(policy) {
		parsed, err := metav1.LabelSelectorAsSelector(selector)
		if err != nil {
			return err
		}
		*selector = metav1.LabelSelector{MatchLabels: map[string]string{answerKey(len(c.selectors)): "yes"}}
		c.selectors = append(c.selectors, parsed)
	}
	return nil
}

func selectorsOf(policy *networkingv1.NetworkPolicy) []*metav1.LabelSelector {
	selectors := []*metav1.LabelSelector{&policy.Spec.PodSelector}
	for _, peer := range peersOf(policy) {
		selectors = append(selectors, peer.PodSelector, peer.NamespaceSelector)
	}
	return slices.DeleteFunc(selectors, func(selector *metav1.LabelSelector) bool { return selector == nil })
}

func peersOf(policy *networkingv1.NetworkPolicy) []*networkingv1.NetworkPolicyPeer {
	var peers []*networkingv1.NetworkPolicyPeer
	for i := range policy.Spec.Ingress {
		for j := range policy.Spec.Ingress[i].From {
			peers = append(peers, &policy.Spec.Ingress[i].From[j])
		}
	}
	for i := range policy.Spec.Egress {
		for j := range policy.Spec.Egress[i].To {
			peers = append(peers, &policy.Spec.Egress[i].To[j])
		}
	}
	return peers
}

func answerKey(selector int) string { return fmt.Sprintf("selector-%d", selector) }

// answered are labels that tell which selectors match.
func (c *cyclonus) answered(set map[string]string) map[string]string {
	answers := map[string]string{}
	for i, selector := range c.selectors {
		if selector.Matches(labels.Set(set)) {
			answers[answerKey(i)] = "yes"
		}
	}
	return answers
}

// withoutRanges drops a rule that loses all its peers: an empty list would admit everybody.
func withoutRanges(policies []*networkingv1.NetworkPolicy) []*networkingv1.NetworkPolicy {
	isRange := func(peer networkingv1.NetworkPolicyPeer) bool { return peer.IPBlock != nil }
	var kept []*networkingv1.NetworkPolicy
	for _, policy := range policies {
		clone := policy.DeepCopy()
		clone.Spec.Ingress = slices.DeleteFunc(clone.Spec.Ingress, func(rule networkingv1.NetworkPolicyIngressRule) bool {
			return len(rule.From) > 0 && !slices.ContainsFunc(rule.From, func(peer networkingv1.NetworkPolicyPeer) bool { return !isRange(peer) })
		})
		for i := range clone.Spec.Ingress {
			clone.Spec.Ingress[i].From = slices.DeleteFunc(clone.Spec.Ingress[i].From, isRange)
		}
		clone.Spec.Egress = slices.DeleteFunc(clone.Spec.Egress, func(rule networkingv1.NetworkPolicyEgressRule) bool {
			return len(rule.To) > 0 && !slices.ContainsFunc(rule.To, func(peer networkingv1.NetworkPolicyPeer) bool { return !isRange(peer) })
		})
		for i := range clone.Spec.Egress {
			clone.Spec.Egress[i].To = slices.DeleteFunc(clone.Spec.Egress[i].To, isRange)
		}
		kept = append(kept, clone)
	}
	return kept
}

func (c *cyclonus) verdict(q question) string {
	policy := c.pods
	if q.from.pod == nil || q.to.pod == nil {
		policy = c.addresses
	}
	traffic := &matcher.Traffic{
		Source:           c.peer(q.from),
		Destination:      c.peer(q.to),
		ResolvedPort:     int(q.port),
		ResolvedPortName: q.portName(),
		Protocol:         q.protocol,
	}
	if policy.IsTrafficAllowed(traffic).IsAllowed() {
		return "allowed"
	}
	return "denied"
}

func (c *cyclonus) peer(e end) *matcher.TrafficPeer {
	if e.pod == nil {
		return &matcher.TrafficPeer{IP: e.address}
	}
	return &matcher.TrafficPeer{IP: "10.244.0.1", Internal: c.internal(e.pod)}
}

func (c *cyclonus) internal(pod *corev1.Pod) *matcher.InternalPeer {
	return &matcher.InternalPeer{
		PodLabels:       c.answered(pod.Labels),
		NamespaceLabels: c.answered(c.world.labelsOf(pod.Namespace)),
		Namespace:       pod.Namespace,
	}
}
