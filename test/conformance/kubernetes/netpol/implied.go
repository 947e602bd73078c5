package netpol

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// addImplied puts a pod where an egress rule selects nobody of the cast, so that every rule has a row in the table: a
// scenario may name backends and scrape targets of its own.
func (w *world) addImplied() {
	for _, policy := range w.policies {
		for _, rule := range policy.Spec.Egress {
			for _, peer := range rule.To {
				if peer.IPBlock != nil || w.selectsSomebody(policy, peer) {
					continue
				}
				labels := map[string]string{}
				if peer.PodSelector != nil {
					labels = satisfying(peer.PodSelector)
				}
				values := slices.Sorted(maps.Values(labels))
				w.add(&endpoint{
					Name:      strings.Join(append([]string{"implied"}, values...), "-"),
					Namespace: impliedNamespace(policy, peer.NamespaceSelector),
					Labels:    labels,
					Ports:     numbered(rule.Ports),
				})
			}
		}
	}
}

func (w *world) selectsSomebody(policy *networkingv1.NetworkPolicy, peer networkingv1.NetworkPolicyPeer) bool {
	return slices.ContainsFunc(w.endpoints, func(e *endpoint) bool {
		sameNamespace := peer.NamespaceSelector == nil && e.Namespace == policy.Namespace
		namespace := sameNamespace || peer.NamespaceSelector != nil && selects(peer.NamespaceSelector, w.namespaces[e.Namespace])
		return namespace && (peer.PodSelector == nil || selects(peer.PodSelector, e.Labels))
	})
}

// impliedNamespace is the one that the selector names, or the tenant's: where a rule is that open, a tenant profits.
func impliedNamespace(policy *networkingv1.NetworkPolicy, selector *metav1.LabelSelector) string {
	if selector == nil {
		return policy.Namespace
	}
	if name := satisfying(selector)[corev1.LabelMetadataName]; name != "" {
		return name
	}
	return tenant
}
