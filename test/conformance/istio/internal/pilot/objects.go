package pilot

import (
	"cmp"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Pod is a running pod.
type Pod struct {
	Namespace, Name, ServiceAccount string
	IP                              netip.Addr
	Labels                          map[string]string
}

// InjectedLabels are the labels of a pod that has a sidecar, as far as auto-mTLS looks at them.
func InjectedLabels(app string) map[string]string {
	return map[string]string{"app": app, "security.istio.io/tlsMode": "istio"}
}

// Injected tells whether the pod has a sidecar.
func (p Pod) Injected() bool { return p.Labels["security.istio.io/tlsMode"] == "istio" }

// Object is the pod as the API server has it.
func (p Pod) Object() runtime.Object {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Name: p.Name, Labels: p.Labels},
		Spec: corev1.PodSpec{
			ServiceAccountName: p.ServiceAccount,
			Containers:         []corev1.Container{{Name: "app", Image: "app"}},
		},
		Status: corev1.PodStatus{
			Phase:      corev1.PodRunning,
			PodIP:      p.IP.String(),
			PodIPs:     []corev1.PodIP{{IP: p.IP.String()}},
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
		},
	}
}

// Service is a Service with one pod that serves it.
type Service struct {
	Namespace, Name string
	// ClusterIP is the zero address when the Service is headless.
	ClusterIP netip.Addr
	Ports     []Port
	Pod       Pod
}

// Port of a Service. The name declares its protocol to Istio.
type Port struct {
	Name string
	Port uint16
	// TargetPort is the pod's; zero when it is the same.
	TargetPort uint16
}

// Target is where the pod listens.
func (p Port) Target() uint16 { return cmp.Or(p.TargetPort, p.Port) }

// Hostname is the name under which Istio knows the Service.
func (s Service) Hostname() string { return s.Name + "." + s.Namespace + ".svc.cluster.local" }

// Objects are the Service, its endpoints and its pod.
func (s Service) Objects() []runtime.Object { return append(s.WithoutPod(), s.Pod.Object()) }

// WithoutPod leaves the pod to another Service.
func (s Service) WithoutPod() []runtime.Object {
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: s.Name},
		Spec:       corev1.ServiceSpec{ClusterIP: corev1.ClusterIPNone, Selector: map[string]string{"app": s.Pod.Labels["app"]}},
	}
	if s.ClusterIP.IsValid() {
		service.Spec.ClusterIP = s.ClusterIP.String()
	}
	ready := true
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: s.Namespace, Name: s.Name + "-1", Labels: map[string]string{discoveryv1.LabelServiceName: s.Name},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints: []discoveryv1.Endpoint{{
			Addresses:  []string{s.Pod.IP.String()},
			Conditions: discoveryv1.EndpointConditions{Ready: &ready},
			TargetRef:  &corev1.ObjectReference{Kind: "Pod", Namespace: s.Pod.Namespace, Name: s.Pod.Name},
		}},
	}
	for _, port := range s.Ports {
		number, target, protocol := int32(port.Port), int32(port.Target()), corev1.ProtocolTCP
		service.Spec.Ports = append(service.Spec.Ports,
			corev1.ServicePort{Name: port.Name, Port: number, TargetPort: intstr.FromInt32(target), Protocol: protocol})
		slice.Ports = append(slice.Ports, discoveryv1.EndpointPort{Name: &port.Name, Port: &target, Protocol: &protocol})
	}
	return []runtime.Object{service, slice}
}
