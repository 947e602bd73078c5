// Package netpol asks two independent NetworkPolicy evaluators who reaches our parts and whom they reach.
package netpol

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

//go:embed testdata/neighbours.yaml
var neighboursYAML []byte

const (
	tenant = "tenant"
	// bystander is a pod without labels next to our parts.
	bystander = "bystander"
)

// port is one port of an endpoint.
type port struct {
	Number   int32
	Protocol corev1.Protocol
}

func (p port) String() string { return fmt.Sprintf("%d/%s", p.Number, p.Protocol) }

// endpoint is one end of a connection: pods of one workload, or an address.
type endpoint struct {
	Name      string
	Namespace string // empty: an address
	Labels    map[string]string
	Ports     []port
	Address   string
	Part      *goldens.Part // set for our own parts
	TwinOf    *goldens.Part // set for another pod of the same part
}

func (e *endpoint) isAddress() bool { return e.Namespace == "" }
func (e *endpoint) isTenant() bool  { return e.Namespace == tenant }

func (e *endpoint) String() string {
	if e.isAddress() {
		return e.Name + " " + e.Address
	}
	return e.Namespace + "/" + e.Name
}

// world is a golden among its neighbours.
type world struct {
	golden     goldens.Golden
	endpoints  []*endpoint
	namespaces map[string]map[string]string
	policies   []*networkingv1.NetworkPolicy
	intents    map[*goldens.Part]intent
}

var cast = sync.OnceValues(func() (goldens.Golden, error) {
	objects, err := goldens.Parse(neighboursYAML)
	return goldens.Golden{Objects: objects}, err
})

func newWorld(golden goldens.Golden) (*world, error) {
	w := &world{golden: golden, namespaces: map[string]map[string]string{}, intents: map[*goldens.Part]intent{}}
	neighbours, err := cast()
	if err != nil {
		return nil, err
	}
	for _, source := range []goldens.Golden{neighbours, golden} {
		namespaces, err := goldens.Of[corev1.Namespace](source)
		if err != nil {
			return nil, err
		}
		for _, namespace := range namespaces {
			w.addNamespace(namespace.Name, namespace.Labels)
		}
	}
	deployments, err := goldens.Of[appsv1.Deployment](neighbours)
	if err != nil {
		return nil, err
	}
	for _, d := range deployments {
		w.add(&endpoint{Name: d.Name, Namespace: d.Namespace, Labels: d.Spec.Template.Labels, Ports: ports(d.Spec.Template)})
	}
	if err := w.addParts(); err != nil {
		return nil, err
	}
	if w.policies, err = goldens.Of[networkingv1.NetworkPolicy](golden); err != nil {
		return nil, err
	}
	w.addImplied()
	w.addTenants()
	w.addAddresses()
	return w, w.readIntents()
}

func (w *world) addParts() error {
	parts, err := w.golden.Parts()
	if err != nil {
		return err
	}
	for _, part := range parts {
		labels, open := part.Template.Labels, ports(part.Template)
		w.add(&endpoint{Name: part.Name, Namespace: part.Namespace, Labels: labels, Ports: open, Part: &part})
		// What pods of one part may do to each other: agents on two nodes are not one pod.
		w.add(&endpoint{Name: part.Name + "-twin", Namespace: part.Namespace, Labels: labels, Ports: open, TwinOf: &part})
		if !slices.ContainsFunc(w.endpoints, func(e *endpoint) bool { return e.Namespace == part.Namespace && e.Name == bystander }) {
			w.add(&endpoint{Name: bystander, Namespace: part.Namespace, Ports: []port{tcp(8080)}})
		}
	}
	return nil
}

func (w *world) add(e *endpoint) {
	w.endpoints = append(w.endpoints, e)
	w.addNamespace(e.Namespace, nil)
}

// addNamespace also sets the label that the API server sets.
func (w *world) addNamespace(name string, labels map[string]string) {
	if w.namespaces[name] == nil {
		w.namespaces[name] = map[string]string{corev1.LabelMetadataName: name}
	}
	maps.Copy(w.namespaces[name], labels)
}

func ports(template corev1.PodTemplateSpec) []port {
	var open []port
	for _, container := range slices.Concat(template.Spec.InitContainers, template.Spec.Containers) {
		for _, p := range container.Ports {
			open = append(open, port{p.ContainerPort, protocolOr(p.Protocol)})
		}
	}
	return open
}

func protocolOr(protocol corev1.Protocol) corev1.Protocol {
	if protocol == "" {
		return corev1.ProtocolTCP
	}
	return protocol
}
