package netpol

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// planned is a golden beside its traffic plan.
type planned struct {
	world    *world
	facts    facts
	clients  map[string]*endpoint // by the ids that the plan uses
	services map[string]*corev1.Service
}

func newPlanned(golden goldens.Golden) (*planned, error) {
	w, err := newWorld(golden)
	if err != nil {
		return nil, err
	}
	p := &planned{
		world: w, facts: declaredFacts[golden.Name],
		clients: map[string]*endpoint{}, services: map[string]*corev1.Service{},
	}
	for _, e := range w.endpoints {
		if e.Part != nil {
			p.clients[fmt.Sprintf("%s/%s/%s", e.Part.Kind, e.Part.Namespace, e.Part.Name)] = e
		}
	}
	services, err := goldens.Of[corev1.Service](golden)
	if err != nil {
		return nil, err
	}
	for _, service := range services {
		p.services[service.Namespace+"/"+service.Name] = service
	}
	for _, address := range p.facts.dns {
		if !slices.ContainsFunc(w.endpoints, func(e *endpoint) bool { return e.Address == address }) {
			w.endpoints = append(w.endpoints, &endpoint{Name: "dns-server", Address: address})
		}
	}
	return p, nil
}

// addUndescribed adds pods that a row can mean and the cast has not: with no more labels than the row is sure of, and with
// those of each of our parts in other namespaces. In a part's own namespace a pod with its labels is that part.
func (p *planned) addUndescribed(flows []*flow) {
	for _, f := range flows {
		known, isPods := p.undescribedLabels(f)
		if !isPods {
			continue
		}
		for _, namespace := range p.namespacesOf(f) {
			p.addPod(namespace, known)
			for _, client := range p.clients {
				if client.Namespace == namespace {
					continue
				}
				labels := maps.Clone(client.Labels)
				maps.Copy(labels, known)
				p.addPod(namespace, labels)
			}
		}
	}
}

func (p *planned) undescribedLabels(f *flow) (map[string]string, bool) {
	switch {
	case f.To.Kind == "pods":
		return f.podLabels, true
	case f.To.Kind == "service" && p.services[f.To.Namespace+"/"+f.To.Name] == nil:
		foreign, _ := p.facts.service(f.To.Namespace, f.To.Name)
		return foreign.podLabels, true
	}
	return nil, false
}

// namespacesOf are those of our parts and the tenant's where a row means any.
func (p *planned) namespacesOf(f *flow) []string {
	if f.To.Namespace != "" {
		return []string{f.To.Namespace}
	}
	all := []string{tenant}
	for _, client := range p.clients {
		all = append(all, client.Namespace)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (p *planned) addPod(namespace string, labels map[string]string) {
	isSame := func(e *endpoint) bool {
		return e.part() == nil && e.Namespace == namespace && maps.Equal(e.Labels, labels)
	}
	if !slices.ContainsFunc(p.world.endpoints, isSame) {
		name := fmt.Sprintf("undescribed-%d", len(p.world.endpoints))
		p.world.add(&endpoint{Name: name, Namespace: namespace, Labels: labels})
	}
}

// hasSiblings tells whether a pod of the part is not the only one.
func (p *planned) hasSiblings(part *goldens.Part) bool {
	return part.Kind == "DaemonSet" || slices.ContainsFunc(p.world.golden.Objects, func(object *unstructured.Unstructured) bool {
		replicas, _, _ := unstructured.NestedInt64(object.Object, "spec", "replicas")
		return object.GetKind() == part.Kind && object.GetNamespace() == part.Namespace && object.GetName() == part.Name && replicas > 1
	})
}
