package netpol

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// policyOf changes the first policy of a part that the change accepts.
func policyOf(part goldens.Role, change func(spec *networkingv1.NetworkPolicySpec) bool) goldens.Breakage {
	return goldens.Edit(func(policy *networkingv1.NetworkPolicy) bool {
		return policy.Spec.PodSelector.MatchLabels[goldens.RoleLabel] == string(part) && change(&policy.Spec)
	})
}

type rule func(networkingv1.NetworkPolicyEgressRule) bool

func dials(number int32) rule {
	return func(r networkingv1.NetworkPolicyEgressRule) bool {
		return slices.ContainsFunc(r.Ports, func(p networkingv1.NetworkPolicyPort) bool { return p.Port != nil && p.Port.IntVal == number })
	}
}

func inNamespace(name string) rule {
	return func(r networkingv1.NetworkPolicyEgressRule) bool {
		return slices.ContainsFunc(r.To, func(peer networkingv1.NetworkPolicyPeer) bool {
			return peer.NamespaceSelector != nil && selects(peer.NamespaceSelector, map[string]string{corev1.LabelMetadataName: name})
		})
	}
}

// reachesEverybody is what unlimited scraping needs; it hides the loss of a narrower rule.
func reachesEverybody(spec *networkingv1.NetworkPolicySpec) bool {
	return slices.ContainsFunc(spec.Egress, func(r networkingv1.NetworkPolicyEgressRule) bool {
		return slices.ContainsFunc(r.To, func(peer networkingv1.NetworkPolicyPeer) bool {
			return peer.NamespaceSelector != nil && selects(peer.NamespaceSelector, nil)
		})
	})
}

// drop removes all egress rules of a kind.
func drop(part goldens.Role, matches rule) goldens.Breakage {
	return policyOf(part, func(spec *networkingv1.NetworkPolicySpec) bool {
		before := len(spec.Egress)
		if reachesEverybody(spec) {
			return false
		}
		spec.Egress = slices.DeleteFunc(spec.Egress, matches)
		return len(spec.Egress) < before
	})
}

func noTCP(part goldens.Role, matches rule) goldens.Breakage {
	return policyOf(part, func(spec *networkingv1.NetworkPolicySpec) bool {
		if reachesEverybody(spec) {
			return false
		}
		changed := false
		for i := range spec.Egress {
			if matches(spec.Egress[i]) {
				spec.Egress[i].Ports = slices.DeleteFunc(spec.Egress[i].Ports, func(p networkingv1.NetworkPolicyPort) bool {
					return *p.Protocol == corev1.ProtocolTCP
				})
				changed = true
			}
		}
		return changed
	})
}

func addEgress(part goldens.Role, added networkingv1.NetworkPolicyEgressRule) goldens.Breakage {
	return policyOf(part, func(spec *networkingv1.NetworkPolicySpec) bool {
		spec.Egress = append(spec.Egress, added)
		return true
	})
}

// admits changes whom the first ingress rule admits.
func admits(part goldens.Role, change func(peer *networkingv1.NetworkPolicyPeer)) goldens.Breakage {
	return policyOf(part, func(spec *networkingv1.NetworkPolicySpec) bool {
		if len(spec.Ingress) == 0 {
			return false
		}
		change(&spec.Ingress[0].From[0])
		return true
	})
}

// shut drops the ingress rules that admit pods with this name label.
func shut(part, name goldens.Role) goldens.Breakage {
	return policyOf(part, func(spec *networkingv1.NetworkPolicySpec) bool {
		before := len(spec.Ingress)
		spec.Ingress = slices.DeleteFunc(spec.Ingress, func(r networkingv1.NetworkPolicyIngressRule) bool {
			return slices.ContainsFunc(r.From, isNamed(name))
		})
		return len(spec.Ingress) < before
	})
}

func isNamed(name goldens.Role) func(networkingv1.NetworkPolicyPeer) bool {
	return func(peer networkingv1.NetworkPolicyPeer) bool {
		return peer.PodSelector != nil && peer.PodSelector.MatchLabels[goldens.RoleLabel] == string(name)
	}
}

func toPart(name goldens.Role) rule {
	return func(r networkingv1.NetworkPolicyEgressRule) bool { return slices.ContainsFunc(r.To, isNamed(name)) }
}

func everyPortIn(spec *networkingv1.NetworkPolicySpec) bool {
	for i := range spec.Ingress {
		spec.Ingress[i].Ports = nil
	}
	return len(spec.Ingress) > 0
}

func ingressOnly(spec *networkingv1.NetworkPolicySpec) bool {
	spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
	return true
}

func selectNobody(spec *networkingv1.NetworkPolicySpec) bool {
	spec.PodSelector.MatchLabels["version"] = "1"
	return true
}

func block(cidr string) func(peer *networkingv1.NetworkPolicyPeer) {
	return func(peer *networkingv1.NetworkPolicyPeer) {
		*peer = networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: cidr}}
	}
}

func forgetExceptions(spec *networkingv1.NetworkPolicySpec) bool {
	forgotten := false
	for _, r := range spec.Egress {
		for _, peer := range r.To {
			if peer.IPBlock != nil && len(peer.IPBlock.Except) > 0 {
				peer.IPBlock.Except = nil
				forgotten = true
			}
		}
	}
	return forgotten
}

func everyPortAtAddresses(spec *networkingv1.NetworkPolicySpec) bool {
	for i, r := range spec.Egress {
		if dials(6443)(r) {
			spec.Egress[i].Ports = []networkingv1.NetworkPolicyPort{{Protocol: r.Ports[0].Protocol}}
			return true
		}
	}
	return false
}

// widenBackend makes the rule of a backend in the cluster select other namespaces.
func widenBackend(namespaces *metav1.LabelSelector) goldens.Breakage {
	return policyOf(goldens.Agent, func(spec *networkingv1.NetworkPolicySpec) bool {
		if reachesEverybody(spec) {
			return false
		}
		i := slices.IndexFunc(spec.Egress, inNamespace("observability"))
		if i < 0 {
			return false
		}
		spec.Egress[i].To = []networkingv1.NetworkPolicyPeer{{NamespaceSelector: namespaces}}
		spec.Egress[i].Ports = tcpPorts(4317, 8080, 15014)
		return true
	})
}

// toEveryPod is an egress rule; without ports it is about all of them.
func toEveryPod(numbers ...int32) networkingv1.NetworkPolicyEgressRule {
	everyNamespace := networkingv1.NetworkPolicyPeer{NamespaceSelector: &metav1.LabelSelector{}}
	return networkingv1.NetworkPolicyEgressRule{To: []networkingv1.NetworkPolicyPeer{everyNamespace}, Ports: tcpPorts(numbers...)}
}

func tcpPorts(numbers ...int32) []networkingv1.NetworkPolicyPort {
	tcp := corev1.ProtocolTCP
	var all []networkingv1.NetworkPolicyPort
	for _, number := range numbers {
		p := intstr.FromInt32(number)
		all = append(all, networkingv1.NetworkPolicyPort{Protocol: &tcp, Port: &p})
	}
	return all
}
