package plan

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/facts"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/pilot"
)

// server is a pod behind a Service.
type server struct {
	pilot.Service
	// described: the names of the ports are known.
	described bool
}

// serve finds the server of a key, or makes it, with addresses of its own.
func (s *stage) serve(key string, service pilot.Service, described bool) *server {
	if found, ok := s.servers[key]; ok {
		return found
	}
	number := byte(len(s.servers) + 1)
	service.Pod.IP = facts.Nth(s.facts.Pods()[0], 20, number)
	if !service.ClusterIP.IsValid() {
		service.ClusterIP = facts.Nth(s.facts.ServiceRanges()[0], 20, number)
	}
	service.Pod.Namespace, service.Pod.Name, service.Pod.ServiceAccount = service.Namespace, service.Name+"-0", service.Name
	s.servers[key] = &server{service, described}
	return s.servers[key]
}

// open makes sure that the Service of a server has a port.
func (s *server) open(port uint16) {
	if !slices.ContainsFunc(s.Ports, func(p pilot.Port) bool { return p.Port == port }) {
		s.Ports = append(s.Ports, pilot.Port{Port: port})
	}
}

// pods are some that a row tells apart from others.
func (s *stage) pods(namespace string, labels map[string]string, injected bool) *server {
	service := pilot.Service{Namespace: namespace, Name: fmt.Sprintf("app-%d", len(s.servers))}
	service.Pod.Labels = podLabels(service.Name, injected)
	maps.Copy(service.Pod.Labels, labels)
	return s.serve(fmt.Sprintf("pods %s %v %t", namespace, labels, injected), service, false)
}

func podLabels(app string, injected bool) map[string]string {
	if injected {
		return pilot.InjectedLabels(app)
	}
	return map[string]string{"app": app}
}

// ofKubernetes is a Service that every cluster has, outside the mesh.
func (s *stage) ofKubernetes(namespace, name, portName string, to netip.AddrPort) *server {
	service := pilot.Service{
		Namespace: namespace, Name: name, ClusterIP: to.Addr(), Ports: []pilot.Port{{Name: portName, Port: to.Port()}},
	}
	service.Pod.Labels = podLabels(name, false)
	return s.serve(namespace+"/"+name, service, true)
}

// named are the possible servers behind a Service: one, unless nobody described it.
func (s *stage) named(namespace, name string) []*server {
	if rendered, found := s.rendered(namespace, name); found {
		return []*server{rendered}
	}
	if described, found := s.facts.Service(namespace, name); found {
		service := pilot.Service{Namespace: namespace, Name: name}
		for _, port := range described.Ports {
			service.Ports = append(service.Ports, pilot.Port{Name: port.Name, Port: port.Port})
		}
		service.Pod.Labels = podLabels(name, described.Mesh == "sidecar")
		return []*server{s.serve(namespace+"/"+name, service, true)}
	}
	var all []*server
	for _, injected := range []bool{true, false} {
		if injected && s.facts.Mesh.Mode == "none" {
			continue
		}
		service := pilot.Service{Namespace: namespace, Name: map[bool]string{true: name, false: name + "-bare"}[injected]}
		service.Pod.Labels = podLabels(service.Name, injected)
		all = append(all, s.serve(namespace+"/"+service.Name, service, false))
	}
	return all
}

// rendered is a Service of the manifests with the workload that it selects.
func (s *stage) rendered(namespace, name string) (*server, bool) {
	for _, object := range s.File.OfKind("Service") {
		if object.Namespace != namespace || object.Name != name {
			continue
		}
		var rendered corev1.Service
		if err := yaml.Unmarshal(object.YAML, &rendered); err != nil {
			s.t.Fatal(err)
		}
		for id, w := range s.workloads {
			if w.Namespace != namespace || !selects(rendered.Spec.Selector, w.Template.Labels) {
				continue
			}
			service := pilot.Service{Namespace: namespace, Name: name}
			for _, port := range rendered.Spec.Ports {
				service.Ports = append(service.Ports, pilot.Port{
					Name: port.Name, Port: uint16(port.Port), TargetPort: containerPort(w.pod, port.TargetPort),
				})
			}
			service.Pod.Labels = podLabels(name, s.plane(id) == "sidecar")
			return s.serve(namespace+"/"+name, service, true), true
		}
	}
	return nil, false
}

func selects(selector, labels map[string]string) bool {
	for name, value := range selector {
		if labels[name] != value {
			return false
		}
	}
	return len(selector) > 0
}

// containerPort is a number, or the port of that name.
func containerPort(pod *corev1.Pod, port intstr.IntOrString) uint16 {
	if port.Type == intstr.Int {
		return uint16(port.IntVal)
	}
	for _, container := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		for _, declared := range container.Ports {
			if declared.Name == port.StrVal {
				return uint16(declared.ContainerPort)
			}
		}
	}
	return 0
}

// declared is the Service as its owner may have declared it.
func (s *server) declared(declaration string) pilot.Service {
	service := s.Service
	if s.described {
		return service
	}
	service.Ports = slices.Clone(s.Ports)
	for i, port := range service.Ports {
		service.Ports[i].Name = fmt.Sprintf("%s-%d", declaration, port.Port)
	}
	return service
}
