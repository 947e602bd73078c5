package plan

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// ignored are parts of manifests that the plan would get wrong if it did not read them.
var ignored = map[string]func(w *world){
	"exceptions of ranges": eachPeer(func(peer *networkingv1.NetworkPolicyPeer) {
		if peer.IPBlock != nil {
			peer.IPBlock.Except = nil
		}
	}),
	"namespace beside pod": eachPeer(func(peer *networkingv1.NetworkPolicyPeer) {
		if peer.PodSelector != nil {
			peer.NamespaceSelector = nil
		}
	}),
	"pod beside namespace": eachPeer(func(peer *networkingv1.NetworkPolicyPeer) {
		if peer.NamespaceSelector != nil {
			peer.PodSelector = nil
		}
	}),
	"NotIn":               eachRequirement(metav1.LabelSelectorOpNotIn, metav1.LabelSelectorOpIn),
	"Exists":              eachRequirement(metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist),
	"protocols":           eachPort(func(port *networkingv1.NetworkPolicyPort) { port.Protocol = nil }),
	"ends of port ranges": eachPort(func(port *networkingv1.NetworkPolicyPort) { port.EndPort = nil }),
	"names of ports": eachPort(func(port *networkingv1.NetworkPolicyPort) {
		if port.Port != nil && port.Port.Type == intstr.String {
			port.Port.StrVal = "unread"
		}
	}),
	"whom a policy selects": eachPolicy(func(spec *networkingv1.NetworkPolicySpec) {
		spec.PodSelector = metav1.LabelSelector{}
	}),
	"policy types": eachPolicy(func(spec *networkingv1.NetworkPolicySpec) {
		spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}
	}),
	"ports of containers": func(w *world) {
		for _, pod := range w.pods {
			pod.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 80}}
		}
	},
	"labels of namespaces": func(w *world) {
		for _, namespace := range w.namespaces {
			namespace.Labels = nil
		}
	},
}

// What a mutation of one world changes must show in one of so many.
const mutatedWorlds = 12

func TestEveryPartOfAPolicyDecidesSomeVerdict(t *testing.T) {
	var names []string
	var mutants []*world
	for name, ignore := range ignored {
		names = append(names, name)
		for _, mutant := range randomWorlds(mutatedWorlds) {
			ignore(mutant)
			mutants = append(mutants, mutant)
		}
	}
	verdicts, err := planned(mutants)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			count := 0
			for j, w := range randomWorlds(mutatedWorlds) {
				found, err := disagreements(w, verdicts[i*mutatedWorlds+j])
				if err != nil {
					t.Fatal(err)
				}
				count += len(found)
			}
			t.Logf("%d disagreements", count)
			if count == 0 {
				t.Error("the plan may ignore it and still agree with cyclonus")
			}
		})
	}
}

func eachPolicy(change func(spec *networkingv1.NetworkPolicySpec)) func(w *world) {
	return func(w *world) {
		for _, policy := range w.policies {
			change(&policy.Spec)
		}
	}
}

func eachPeer(change func(peer *networkingv1.NetworkPolicyPeer)) func(w *world) {
	return func(w *world) {
		for _, policy := range w.policies {
			for _, peer := range peersOf(policy) {
				change(peer)
			}
		}
	}
}

func eachPort(change func(port *networkingv1.NetworkPolicyPort)) func(w *world) {
	return eachPolicy(func(spec *networkingv1.NetworkPolicySpec) {
		for _, rule := range spec.Ingress {
			for i := range rule.Ports {
				change(&rule.Ports[i])
			}
		}
		for _, rule := range spec.Egress {
			for i := range rule.Ports {
				change(&rule.Ports[i])
			}
		}
	})
}

func eachRequirement(read, taken metav1.LabelSelectorOperator) func(w *world) {
	return func(w *world) {
		for _, policy := range w.policies {
			for _, selector := range selectorsOf(policy) {
				for i := range selector.MatchExpressions {
					requirement := &selector.MatchExpressions[i]
					if requirement.Operator != read {
						continue
					}
					requirement.Operator = taken
				}
			}
		}
	}
}
