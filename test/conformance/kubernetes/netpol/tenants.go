package netpol

import (
	"fmt"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// addTenants puts pods into the tenant's namespace that carry the labels of each of our parts, rendered or not, and of
// everybody whom a policy admits.
func (w *world) addTenants() {
	labelsOf := map[string]map[string]string{}
	for _, e := range w.endpoints {
		if e.Part == nil {
			continue
		}
		for _, role := range goldens.Roles {
			name := fmt.Sprintf("like-%s-%s", e.Part.Instance, role)
			if labelsOf[name] == nil || e.Part.Role == role {
				labels := maps.Clone(e.Labels)
				labels[goldens.RoleLabel] = string(role)
				labelsOf[name] = labels
			}
		}
	}
	for _, policy := range w.policies {
		for _, rule := range policy.Spec.Ingress {
			for _, peer := range rule.From {
				if peer.PodSelector == nil || selectsAny(peer.PodSelector, slices.Collect(maps.Values(labelsOf))) {
					continue
				}
				labelsOf[fmt.Sprintf("like-reader-%d", len(labelsOf))] = satisfying(peer.PodSelector)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(labelsOf)) {
		w.add(&endpoint{Name: name, Namespace: tenant, Labels: labelsOf[name], Ports: []port{tcp(8080)}})
	}
}

// satisfying returns labels that a tenant would choose to match the selector.
func satisfying(selector *metav1.LabelSelector) map[string]string {
	labels := maps.Clone(selector.MatchLabels)
	if labels == nil {
		labels = map[string]string{}
	}
	for _, requirement := range selector.MatchExpressions {
		switch requirement.Operator {
		case metav1.LabelSelectorOpIn:
			labels[requirement.Key] = requirement.Values[0]
		case metav1.LabelSelectorOpExists:
			labels[requirement.Key] = ""
		}
	}
	return labels
}

func selectsAny(selector *metav1.LabelSelector, labelSets []map[string]string) bool {
	return slices.ContainsFunc(labelSets, func(labels map[string]string) bool { return selects(selector, labels) })
}
