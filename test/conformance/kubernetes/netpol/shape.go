package netpol

import (
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// shape checks the policies as text: faults that an evaluator reads as a wish.
func (w *world) shape() []string {
	var failures []string
	for _, policy := range w.policies {
		fail := func(format string, arguments ...any) {
			failures = append(failures, fmt.Sprintf("NetworkPolicy %s/%s: ", policy.Namespace, policy.Name)+fmt.Sprintf(format, arguments...))
		}
		for i, rule := range policy.Spec.Ingress {
			checkRule(fmt.Sprintf("ingress[%d]", i), "from", rule.From, rule.Ports, fail)
		}
		for i, rule := range policy.Spec.Egress {
			checkRule(fmt.Sprintf("egress[%d]", i), "to", rule.To, rule.Ports, fail)
		}
	}
	for _, e := range w.endpoints {
		if e.Part == nil {
			continue
		}
		for _, direction := range []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress} {
			if !w.isolated(e, direction) {
				failures = append(failures, fmt.Sprintf("%s: no policy denies %s by default", e.Part, direction))
			}
		}
	}
	return failures
}

func checkRule(
	where, direction string,
	peers []networkingv1.NetworkPolicyPeer,
	ports []networkingv1.NetworkPolicyPort,
	fail func(format string, arguments ...any),
) {
	if len(peers) == 0 && len(ports) == 0 {
		fail("%s is empty: it allows everything", where)
		return
	}
	if len(peers) == 0 {
		fail("%s.%s is missing or empty: it means everybody", where, direction)
	}
	if len(ports) == 0 {
		fail("%s.ports is missing or empty: it means every port", where)
	}
	for i, peer := range peers {
		if peer.IPBlock == nil && peer.PodSelector == nil && peer.NamespaceSelector == nil {
			fail("%s.%s[%d] is an empty peer", where, direction, i)
		}
	}
	for i, p := range ports {
		if p.Port != nil && p.Port.Type == intstr.String {
			fail("%s.ports[%d] is a name: the questions of this suite are about numbers", where, i)
		}
	}
}

func (w *world) isolated(e *endpoint, direction networkingv1.PolicyType) bool {
	return slices.ContainsFunc(w.policies, func(policy *networkingv1.NetworkPolicy) bool {
		return policy.Namespace == e.Namespace && selects(&policy.Spec.PodSelector, e.Labels) &&
			slices.Contains(policy.Spec.PolicyTypes, direction)
	})
}
