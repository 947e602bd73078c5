package netpol

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// admissions names everybody whom the ingress rules admit without a reason, whatever its own policy says.
func (t *table) admissions() []string {
	return t.complaints(func(q question) string {
		if q.to.part() == nil {
			return ""
		}
		return t.checkIngress(q)
	})
}

// excursions names everything that the egress rules open without a reason, whatever the other end's policy says.
func (t *table) excursions() []string {
	return t.complaints(func(q question) string {
		switch {
		case q.from.Part == nil:
			return ""
		case q.to.isAddress():
			return t.checkAddress(q)
		}
		return t.checkPods(q)
	})
}

func (t *table) complaints(check func(q question) string) []string {
	var failures []string
	for _, q := range t.allowed {
		if complaint := check(q); complaint != "" {
			failures = append(failures, complaint+": "+q.String())
		}
	}
	return failures
}

func (t *table) checkIngress(q question) string {
	switch {
	case q.from.isTenant():
		return "a tenant reaches us by labels it gave itself"
	case q.from.Name == internet:
		return "the internet reaches us"
	case q.from.Name == anyPod:
		return "every pod reaches us where the network plugin matches pods by ipBlock"
	case !t.mayEnter(q):
		return fmt.Sprintf("somebody undeclared reaches %s", role(q.to))
	}
	return ""
}

// mayEnter is the whole list of who connects to our parts (ADR 4).
func (t *table) mayEnter(q question) bool {
	switch role(q.to) {
	case goldens.Agent:
		reader := q.isFrom(goldens.Prometheus) || t.isReader(q)
		// A reader inside the ambient mesh arrives by HBONE, whatever port it asks for.
		hbone := q.port == tcp(15008) && q.to.isAmbient()
		metrics := reader && (hbone || slices.Contains(t.world.intents[q.to.part()].metrics, q.port))
		probes := q.port == tcp(agentHealth) && q.from.Name == ambientProbes && q.to.isAmbient()
		return metrics || probes
	case goldens.Prometheus:
		return q.port == tcp(prometheusHTTP) && (q.isFrom(goldens.Manager) || t.isReader(q))
	case goldens.Manager:
		if q.isFrom(goldens.Prometheus) {
			return q.port == portNamed(q.to, webhookName)
		}
		return q.from.Name == apiServer && q.port == portNamed(q.to, admissionName)
	}
	return false
}

// isFrom tells whether the connection comes from a part of the same stack.
func (q question) isFrom(role goldens.Role) bool {
	from, to := q.from.Part, q.to.Part
	return from != nil && to != nil && from.Role == role && from.Instance == to.Instance
}

func (t *table) isReader(q question) bool {
	return slices.ContainsFunc(declaredReaders[t.world.golden.Name], func(r reader) bool {
		return r.of == role(q.to) && r.namespace == q.from.Namespace && r.pods == q.from.Name
	})
}

func (t *table) checkPods(q question) string {
	wants := t.world.intents[q.from.Part]
	istiod := wants.istiod && q.to.Name == "istiod" && q.port == tcp(15012)
	switch {
	case wants.everywhere || q.isDNS() || istiod || slices.Contains(wants.namespaces(), q.to.Namespace):
		return ""
	case q.to.Part != nil && slices.Contains(t.peersOf(q.from), q):
		return ""
	case q.to.isTenant():
		return "a part reaches a tenant that no input names"
	}
	return "a part reaches pods that neither an input nor a backend names"
}

func (t *table) checkAddress(q question) string {
	isLinkLocalDNS := q.port.Number == 53 && t.world.namesForEgress(q.to.Address+"/32")
	switch {
	case isLinkLocalDNS: // Node-local DNS; and Cloud DNS of GKE, which shares the metadata server's address.
		return ""
	case q.to.Name == metadata && (q.to.Address == "169.254.169.254" || q.port == tcp(80)):
		return "the cloud metadata service is reachable"
	case q.to.Name == linkLocal:
		return "a link-local address is reachable"
	case !slices.Contains(t.world.intents[q.from.Part].addressPorts(), q.port):
		return "an address is reachable on a port that the part has no use for"
	}
	return ""
}

// namesForEgress tells whether a rule is about exactly this range.
func (w *world) namesForEgress(cidr string) bool {
	for _, policy := range w.policies {
		for _, rule := range policy.Spec.Egress {
			for _, peer := range rule.To {
				if peer.IPBlock != nil && peer.IPBlock.CIDR == cidr {
					return true
				}
			}
		}
	}
	return false
}

// part is nil for everybody else.
func (e *endpoint) part() *goldens.Part { return cmp.Or(e.Part, e.TwinOf) }

func role(e *endpoint) goldens.Role {
	if part := e.part(); part != nil {
		return part.Role
	}
	return ""
}

func tcp(number int32) port { return port{number, corev1.ProtocolTCP} }

// portNamed is a port of a part, for the manager the one on which it takes alerts or admission requests.
func portNamed(e *endpoint, name string) port {
	if e.Part == nil {
		return port{}
	}
	for _, container := range e.Part.Template.Spec.Containers {
		for _, p := range container.Ports {
			if p.Name == name {
				return tcp(p.ContainerPort)
			}
		}
	}
	return port{}
}

func (e *endpoint) isAmbient() bool { return e.Labels["istio.io/dataplane-mode"] == "ambient" }
