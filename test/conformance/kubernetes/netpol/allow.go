package netpol

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// requirements holds for every golden: each flow that a part's own configuration asks for is allowed.
func (t *table) requirements() []string {
	var failures []string
	require := func(allowed bool, format string, arguments ...any) {
		if !allowed {
			failures = append(failures, fmt.Sprintf(format, arguments...))
		}
	}
	for _, e := range t.world.endpoints {
		if e.Part == nil {
			continue
		}
		role, wants := e.Part.Role, t.world.intents[e.Part]
		for _, protocol := range []corev1.Protocol{corev1.ProtocolUDP, corev1.ProtocolTCP} {
			require(t.resolves(e, protocol), "%s cannot resolve names over %s", role, protocol)
		}
		require(!wants.api || t.reaches(e, apiServer, tcp(6443)), "%s cannot reach the API server", role)
		require(!wants.kubelet || t.reaches(e, node, tcp(10250)), "%s cannot reach the kubelet", role)
		require(!wants.istiod || t.reaches(e, "istiod", tcp(15012)), "%s cannot reach istiod", role)
		for _, namespace := range wants.scraped {
			require(t.reachesNamespace(e, namespace), "%s cannot reach the scraped namespace %s", role, namespace)
		}
		for _, b := range wants.backends {
			require(t.reachesBackend(e, b), "%s cannot reach %s", role, b.name)
		}
		for _, peer := range t.peersOf(e) {
			require(t.index[peer], "%s cannot reach %s", role, peer.to.Part.Role)
		}
	}
	for _, r := range declaredReaders[t.world.golden.Name] {
		require(t.any(func(q question) bool { return t.isReader(q) && role(q.to) == r.of }), "no declared reader reaches %s", r.of)
	}
	return failures
}

// peersOf are the connections to the other parts of the same stack.
func (t *table) peersOf(from *endpoint) []question {
	var expected []question
	for _, to := range t.world.endpoints {
		if to.Part == nil || to.Part.Instance != from.Part.Instance {
			continue
		}
		switch {
		case from.Part.Role == goldens.Prometheus && to.Part.Role == goldens.Agent:
			for _, metrics := range t.world.intents[to.Part].metrics {
				expected = append(expected, question{from, to, metrics})
			}
		case from.Part.Role == goldens.Prometheus && to.Part.Role == goldens.Manager:
			expected = append(expected, question{from, to, portNamed(to, webhookName)})
		case from.Part.Role == goldens.Manager && to.Part.Role == goldens.Prometheus:
			expected = append(expected, question{from, to, tcp(prometheusHTTP)})
		}
	}
	return expected
}

func (t *table) any(matches func(q question) bool) bool {
	return slices.ContainsFunc(t.allowed, matches)
}

func (t *table) resolves(from *endpoint, protocol corev1.Protocol) bool {
	return t.any(func(q question) bool { return q.from == from && q.port.Protocol == protocol && q.isDNS() })
}

// isDNS knows the DNS pods of all presets: which one a cluster has, its author says.
func (q question) isDNS() bool {
	return q.to.Name == "kube-dns" && (q.port.Number == 53 || q.port.Number == 8053) ||
		q.to.Name == "dns-default" && q.port.Number == 5353
}

func (t *table) reaches(from *endpoint, name string, p port) bool {
	return t.any(func(q question) bool { return q.from == from && q.to.Name == name && !q.to.isIPv6() && q.port == p })
}

func (t *table) reachesNamespace(from *endpoint, namespace string) bool {
	return t.any(func(q question) bool {
		return q.from == from && q.to.Namespace == namespace && slices.Contains(q.to.Ports, q.port)
	})
}

func (t *table) reachesBackend(from *endpoint, b backend) bool {
	if b.namespace != "" {
		return t.reachesNamespace(from, b.namespace)
	}
	return t.any(func(q question) bool {
		sameAddress := b.address == "" || b.address == q.to.Address
		return q.from == from && q.to.Name == internet && q.port == b.port && sameAddress
	})
}
