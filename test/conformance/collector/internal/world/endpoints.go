package world

import (
	"maps"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// addServices adds the rendered Services, with endpoints where they select the agents.
func (w *World) addServices(t *testing.T) {
	t.Helper()
	services, err := w.Workload.Cluster.Services()
	if err != nil {
		t.Fatal(err)
	}
	for _, service := range services {
		if service.Namespace == w.Workload.Namespace && contains(w.Workload.Labels, service.Spec.Selector) {
			w.addService(t, service, w.agentPods)
		} else {
			w.addService(t, service, nil)
		}
	}
}

// addService does the endpoint controller's work for a Service and the pods that it selects.
func (w *World) addService(t *testing.T, service *corev1.Service, pods []*corev1.Pod) {
	t.Helper()
	w.add(t, "Service", service)
	if len(pods) == 0 {
		return
	}
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: service.Namespace, Name: service.Name + "-x1y2z",
			Labels: map[string]string{discoveryv1.LabelServiceName: service.Name},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
	}
	if w.ipv6 {
		slice.AddressType = discoveryv1.AddressTypeIPv6
	}
	for _, pod := range pods {
		slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{
			Addresses: []string{pod.Status.PodIP}, NodeName: &pod.Spec.NodeName,
			Conditions: discoveryv1.EndpointConditions{Ready: new(true)},
			TargetRef:  &corev1.ObjectReference{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name},
		})
	}
	for _, port := range service.Spec.Ports {
		number := targetPort(port, pods[0])
		slice.Ports = append(slice.Ports, discoveryv1.EndpointPort{Name: &port.Name, Port: &number, Protocol: &port.Protocol})
	}
	w.add(t, "EndpointSlice", slice)
}

func contains(labels, selector map[string]string) bool {
	merged := maps.Clone(labels)
	maps.Copy(merged, selector)
	return len(selector) > 0 && maps.Equal(merged, labels)
}

func targetPort(port corev1.ServicePort, pod *corev1.Pod) int32 {
	switch {
	case port.TargetPort.Type == intstr.Int && port.TargetPort.IntVal != 0:
		return port.TargetPort.IntVal
	case port.TargetPort.Type == intstr.String:
		for _, container := range pod.Spec.Containers {
			for _, declared := range container.Ports {
				if declared.Name == port.TargetPort.StrVal {
					return declared.ContainerPort
				}
			}
		}
	}
	return port.Port
}
