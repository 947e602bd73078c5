package netpol

import (
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var hbone = tcp(15008)

// instances are all connections that a row can mean, behind the addresses of Services.
func (p *planned) instances(f *flow) []question {
	var all []question
	from := p.clients[f.From]
	for _, to := range p.world.endpoints {
		if from == nil || !p.serves(f, to) {
			continue
		}
		for _, seen := range p.portsSeen(f, from, to) {
			all = append(all, question{from, to, seen})
		}
	}
	return all
}

// covers tells whether a row can mean this connection.
func (p *planned) covers(f *flow, q question) bool {
	return p.clients[f.From] == q.from && p.serves(f, q.to) && slices.Contains(p.portsSeen(f, q.from, q.to), q.port)
}

// serves tells whether an endpoint can be the other end of a row.
func (p *planned) serves(f *flow, e *endpoint) bool {
	isForeignPod := e.part() == nil && !e.isAddress()
	switch f.To.Kind {
	case "service":
		if service := p.services[f.To.Namespace+"/"+f.To.Name]; service != nil {
			return e.part() != nil && e.Namespace == service.Namespace && hasLabels(e, service.Spec.Selector)
		}
		foreign, _ := p.facts.service(f.To.Namespace, f.To.Name)
		return isForeignPod && e.Namespace == f.To.Namespace && hasLabels(e, foreign.podLabels)
	case "pods":
		inNamespace := f.To.Namespace == "" && !slices.Contains(f.To.Except, e.Namespace) || e.Namespace == f.To.Namespace
		return isForeignPod && inNamespace && hasLabels(e, f.podLabels)
	case "workload":
		part := e.part()
		return part != nil && part.Namespace == f.To.Namespace && part.Name == f.To.Name && (e.Part != nil || p.hasSiblings(part))
	case "istiod":
		return e.Namespace == f.To.Namespace && hasLabels(e, map[string]string{"app": "istiod"})
	case "dns":
		return e.Namespace == "kube-system" && e.Name == "kube-dns" || slices.Contains(p.facts.dns, e.Address)
	case "kubernetes-api":
		return p.facts.mayBeAPIServer(e)
	case "kubelet":
		return p.facts.mayBeNode(e)
	case "external":
		if _, err := netip.ParseAddr(f.To.Name); err == nil {
			return e.Address == f.To.Name
		}
		return p.facts.mayBeOutside(e)
	}
	return false
}

func hasLabels(e *endpoint, labels map[string]string) bool {
	return selects(&metav1.LabelSelector{MatchLabels: labels}, e.Labels)
}

// portsSeen are those on which policies see the connection: between ambient pods that of HBONE alone (Istio, "Ambient and
// Kubernetes NetworkPolicy").
func (p *planned) portsSeen(f *flow, from, to *endpoint) []port {
	if from.isAmbient() && f.Protocol == corev1.ProtocolTCP && p.isAmbient(f, to) {
		return []port{hbone}
	}
	var seen []port
	switch {
	case f.TargetPort != nil:
		seen = []port{{*f.TargetPort, f.Protocol}}
	case f.To.Kind == "kubernetes-api":
		for _, number := range p.facts.apiPorts() {
			seen = append(seen, port{number, f.Protocol})
		}
	default:
		seen = filter(p.world.portsAt(to), func(asked port) bool { return asked.Protocol == f.Protocol })
	}
	return seen
}

func (p *planned) isAmbient(f *flow, to *endpoint) bool {
	foreign, _ := p.facts.service(f.To.Namespace, f.To.Name)
	return to.part() != nil && to.isAmbient() ||
		f.To.Kind == "pods" && f.To.DataPlane == "ambient" ||
		f.To.Kind == "service" && foreign.ambient
}

// listensOn is the port behind the address that a row is about, or zero where nobody tells it.
func (p *planned) listensOn(f *flow, to *endpoint) int32 {
	switch {
	case f.To.Kind == "kubernetes-api":
		return p.facts.apiPort
	case f.Port == nil || f.To.Kind == "dns":
		return 0
	case f.To.Kind != "service": // Dialled without a Service in between, or one that does not translate: istiod's.
		return *f.Port
	}
	service := p.services[f.To.Namespace+"/"+f.To.Name]
	if service == nil {
		foreign, _ := p.facts.service(f.To.Namespace, f.To.Name)
		return foreign.targetPort
	}
	for _, declared := range service.Spec.Ports {
		switch {
		case declared.Port != *f.Port || protocolOr(declared.Protocol) != f.Protocol:
		case service.Spec.ClusterIP == corev1.ClusterIPNone:
			return declared.Port
		case declared.TargetPort.Type == intstr.String:
			return portNamed(to, declared.TargetPort.StrVal).Number
		default:
			return declared.TargetPort.IntVal
		}
	}
	return 0
}
