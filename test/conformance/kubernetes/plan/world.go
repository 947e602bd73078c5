// Package plan compares the traffic plan's verdicts on NetworkPolicies with those of cyclonus, in random worlds.
package plan

import (
	"fmt"
	"maps"
	"math/rand/v2"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// world is a cluster so small that random policies meet random pods.
type world struct {
	namespaces []*corev1.Namespace
	pods       []*corev1.Pod
	policies   []*networkingv1.NetworkPolicy
}

// dice throws the same numbers for the same seed.
type dice struct{ *rand.Rand }

func (d dice) oneIn(n int) bool { return d.IntN(n) == 0 }

func pick[T any](d dice, items ...T) T { return items[d.IntN(len(items))] }

// several makes one to n things.
func several[T any](d dice, n int, make func() T) []T {
	var all []T
	for range 1 + d.IntN(n) {
		all = append(all, make())
	}
	return all
}

// upTo makes none to n things.
func upTo[T any](d dice, n int, make func() T) []T {
	if d.oneIn(n + 1) {
		return nil
	}
	return several(d, n, make)
}

func newWorld(seed uint64) *world {
	d := dice{rand.New(rand.NewPCG(seed, seed))}
	w := &world{}
	for _, name := range []string{"a", "b", "c"} {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: d.labels()}}
		namespace.APIVersion, namespace.Kind = "v1", "Namespace"
		w.namespaces = append(w.namespaces, namespace)
		for i := range 2 {
			w.pods = append(w.pods, d.pod(name, fmt.Sprintf("pod-%d", i)))
		}
	}
	for i := range 5 + d.IntN(5) {
		w.policies = append(w.policies, d.policy(fmt.Sprintf("policy-%d", i)))
	}
	return w
}

func (d dice) labels() map[string]string {
	labels := map[string]string{}
	for _, key := range []string{"app", "tier"} {
		if !d.oneIn(3) {
			labels[key] = pick(d, "x", "y")
		}
	}
	return labels
}

func (d dice) pod(namespace, name string) *corev1.Pod {
	container := corev1.Container{Name: "main", Image: "registry.example/main:1"}
	for _, open := range []corev1.ContainerPort{
		{Name: "web", ContainerPort: 80},
		{Name: "web", ContainerPort: 81, Protocol: corev1.ProtocolUDP},
		{Name: "admin", ContainerPort: 82},
	} {
		if !d.oneIn(3) {
			container.Ports = append(container.Ports, open)
		}
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: d.labels()},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{container}},
	}
	pod.APIVersion, pod.Kind = "v1", "Pod"
	return pod
}

func (d dice) policy(name string) *networkingv1.NetworkPolicy {
	policy := &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Namespace: pick(d, "a", "b", "c"), Name: name},
		Spec:       networkingv1.NetworkPolicySpec{PodSelector: d.selector()},
	}
	policy.APIVersion, policy.Kind = "networking.k8s.io/v1", "NetworkPolicy"
	spec := &policy.Spec
	spec.PolicyTypes = pick(d,
		[]networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
		[]networkingv1.PolicyType{networkingv1.PolicyTypeEgress},
		[]networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
		nil) // Kubernetes then derives them.
	for range d.IntN(4) {
		spec.Ingress = append(spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: upTo(d, 3, d.peer), Ports: upTo(d, 3, d.port)})
	}
	for range d.IntN(4) {
		spec.Egress = append(spec.Egress, networkingv1.NetworkPolicyEgressRule{To: upTo(d, 3, d.peer), Ports: upTo(d, 3, d.port)})
	}
	return policy
}

func (d dice) selector() metav1.LabelSelector {
	selector := metav1.LabelSelector{}
	if d.oneIn(2) {
		selector.MatchLabels = map[string]string{pick(d, "app", "tier"): pick(d, "x", "y")}
	}
	if d.oneIn(3) {
		selector.MatchExpressions = several(d, 2, d.requirement)
	}
	return selector
}

func (d dice) requirement() metav1.LabelSelectorRequirement {
	requirement := metav1.LabelSelectorRequirement{Key: pick(d, "app", "tier", "zone")}
	requirement.Operator = pick(d, metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn,
		metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist)
	if requirement.Operator == metav1.LabelSelectorOpIn || requirement.Operator == metav1.LabelSelectorOpNotIn {
		requirement.Values = several(d, 2, func() string { return pick(d, "x", "y") })
	}
	return requirement
}

func (d dice) namespaceSelector() *metav1.LabelSelector {
	selector := d.selector()
	if d.oneIn(2) {
		selector = metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: pick(d, "a", "b", "c")}}
	}
	return &selector
}

func (d dice) peer() networkingv1.NetworkPolicyPeer {
	pods := d.selector()
	return pick(d,
		networkingv1.NetworkPolicyPeer{PodSelector: &pods},
		networkingv1.NetworkPolicyPeer{NamespaceSelector: d.namespaceSelector()},
		networkingv1.NetworkPolicyPeer{NamespaceSelector: d.namespaceSelector(), PodSelector: &pods},
		networkingv1.NetworkPolicyPeer{IPBlock: d.ipBlock()})
}

func (d dice) ipBlock() *networkingv1.IPBlock {
	block := pick(d,
		networkingv1.IPBlock{CIDR: "0.0.0.0/0", Except: []string{"203.0.113.128/25", "10.10.0.0/24"}},
		networkingv1.IPBlock{CIDR: "203.0.113.0/24", Except: []string{"203.0.113.7/32"}},
		networkingv1.IPBlock{CIDR: "203.0.113.192/26"},
		networkingv1.IPBlock{CIDR: "10.10.0.0/16"},
		networkingv1.IPBlock{CIDR: "::/0", Except: []string{"2001:db8:1::/48"}},
		networkingv1.IPBlock{CIDR: "2001:db8::/32"})
	return &block
}

func (d dice) port() networkingv1.NetworkPolicyPort {
	port := networkingv1.NetworkPolicyPort{}
	protocol := pick(d, corev1.ProtocolTCP, corev1.ProtocolUDP)
	if !d.oneIn(3) { // else Kubernetes takes TCP
		port.Protocol = &protocol
	}
	switch d.IntN(4) {
	case 0:
		port.Port = &intstr.IntOrString{Type: intstr.String, StrVal: pick(d, "web", "admin", "nobody")}
	case 1:
		first := pick[int32](d, 79, 80, 81)
		last := first + d.Int32N(3)
		port.Port, port.EndPort = &intstr.IntOrString{IntVal: first}, &last
	case 2:
		port.Port = &intstr.IntOrString{IntVal: pick[int32](d, 80, 81, 82)}
	}
	return port
}

// labelsOf includes the label that the API server sets.
func (w *world) labelsOf(namespace string) map[string]string {
	labels := map[string]string{corev1.LabelMetadataName: namespace}
	for _, candidate := range w.namespaces {
		if candidate.Name == namespace {
			maps.Copy(labels, candidate.Labels)
		}
	}
	return labels
}
