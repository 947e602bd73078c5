package world

import (
	"crypto/tls"
	"fmt"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/target"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// App is a pod with metrics.
type App struct {
	*target.Target
	Pod  *corev1.Pod
	kind kind
}

func (w *World) startApps(t *testing.T) {
	for _, namespace := range w.namespaces() {
		w.add(t, "Namespace", &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace, UID: uid("namespace", namespace)}})
		for _, kind := range w.kinds() {
			owner := w.deployment(t, namespace, kind.name)
			var pods []*corev1.Pod
			for _, node := range w.nodes {
				pods = append(pods, w.startApp(t, kind, namespace, node, owner))
			}
			if kind.service != nil {
				w.addService(t, service(kind, namespace), pods)
			}
		}
	}
}

func (w *World) startApp(t *testing.T, kind kind, namespace string, node node, owner metav1.OwnerReference) *corev1.Pod {
	t.Helper()
	app := &App{
		Target: &target.Target{
			Name: fmt.Sprintf("%s/%s/%s", node.name, namespace, kind.name), Prefixes: kind.prefixes, Untyped: kind.untyped,
		},
		kind: kind,
		Pod:  pod(kind, namespace, node, owner, w.address()),
	}
	w.add(t, "Pod", app.Pod)
	w.Apps = append(w.Apps, app)

	listener := listen(t, app.Pod.Status.PodIP, strconv.Itoa(kind.port))
	switch kind.transport {
	case verified:
		config, err := w.authority.Server(tls.NoClientCert, w.certified(kind, app.Pod.Status.PodIP))
		if err != nil {
			t.Fatal(err)
		}
		listener = tls.NewListener(listener, config)
	case permissive:
		config, err := w.authority.Server(tls.RequireAndVerifyClientCert, "spiffe.cluster.local")
		if err != nil {
			t.Fatal(err)
		}
		listener = target.Permissive(listener, config)
	}
	serveOn(t, listener, app.Handler(kind.path))
	return app.Pod
}

// certified is the name in the certificate of an application: the one that its scrapes ask for.
func (w *World) certified(kind kind, address string) string {
	for _, job := range w.ScrapeJobs() {
		if name := tree.String(job.Settings, "tls_config", "server_name"); name != "" && kind.by(job) {
			return name
		}
	}
	return address
}

func pod(kind kind, namespace string, node node, owner metav1.OwnerReference, address string) *corev1.Pod {
	name := owner.Name + "-" + strings.TrimPrefix(node.name, "node-")
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: name, UID: uid("pod", namespace, name), Annotations: kind.annotations,
			Labels: labels(kind), OwnerReferences: []metav1.OwnerReference{owner},
		},
		Spec: corev1.PodSpec{NodeName: node.name, Containers: containers(kind), InitContainers: initContainers(kind)},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIP: address, HostIP: node.ip, PodIPs: []corev1.PodIP{{IP: address}},
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
		},
	}
}

func containers(kind kind) []corev1.Container {
	first := corev1.Container{Name: kind.container}
	if first.Name == "" {
		first.Name = "main"
	}
	if kind.declaresUDP {
		first.Ports = []corev1.ContainerPort{{Name: "statsd", ContainerPort: 8125, Protocol: "UDP"}}
		return []corev1.Container{first}
	}
	first.Ports = []corev1.ContainerPort{{Name: "http", ContainerPort: int32(kind.port), Protocol: "TCP"}}
	// More ports than the one with metrics: discovery finds the pod once for each.
	helper := corev1.ContainerPort{Name: "admin", ContainerPort: 9999, Protocol: "TCP"}
	return []corev1.Container{first, {Name: "helper", Ports: []corev1.ContainerPort{helper}}}
}

// initContainers are what discovery finds last.
func initContainers(kind kind) []corev1.Container {
	if kind.declaresUDP {
		return nil
	}
	return []corev1.Container{{Name: "migrate"}}
}

func service(kind kind, namespace string) *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: kind.name, UID: uid("service", namespace, kind.name), Annotations: kind.service,
		},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": kind.name},
			Ports:    []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromString("http"), Protocol: "TCP"}},
		},
	}
}

func labels(kind kind) map[string]string {
	labels := map[string]string{"app": kind.name}
	for name, value := range kind.labels {
		labels[name] = value
	}
	return labels
}
