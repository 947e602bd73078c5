package world

import (
	"fmt"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/kubelet"
)

func (w *World) add(t *testing.T, kind string, object runtime.Object) {
	t.Helper()
	if err := w.API.Add(kind, object); err != nil {
		t.Fatal(err)
	}
}

// startNodes: two of them, so that what differs only by node shows.
func (w *World) startNodes(t *testing.T) {
	for _, name := range []string{"node-a", "node-b"} {
		n := node{name, w.address()}
		w.nodes = append(w.nodes, n)
		w.add(t, "Node", &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: name, UID: uid("node", name)},
			Status: corev1.NodeStatus{
				Addresses:  []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: n.ip}},
				Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}},
			},
		})
		served := &kubelet.Kubelet{Node: name, Token: agentToken}
		config, err := w.authority.Server(0, n.ip)
		if err != nil {
			t.Fatal(err)
		}
		serve(t, n.ip, "10250", config, served)
		w.Kubelets = append(w.Kubelets, served)
	}
}

// addKubelets tells each kubelet its pods.
func (w *World) addKubelets() {
	for number, app := range w.Apps {
		for n, node := range w.nodes {
			if app.Pod.Spec.NodeName == node.name {
				w.Kubelets[n].Pods = append(w.Kubelets[n].Pods, kubelet.Pod{Object: app.Pod, Number: number})
			}
		}
	}
}

// deployment adds an application with its chain of owners; the pods come one per node.
func (w *World) deployment(t *testing.T, namespace, name string) metav1.OwnerReference {
	labels := &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}}
	controller := true
	w.add(t, "Deployment", &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, UID: uid("deployment", namespace, name)},
		Spec:       appsv1.DeploymentSpec{Replicas: new(int32(2)), Selector: labels},
		Status:     appsv1.DeploymentStatus{AvailableReplicas: 2},
	})
	set := metav1.ObjectMeta{
		Namespace: namespace, Name: name + "-7d4b9c6f5d", UID: uid("replicaset", namespace, name),
		OwnerReferences: []metav1.OwnerReference{{
			APIVersion: "apps/v1", Kind: "Deployment", Name: name, UID: uid("deployment", namespace, name), Controller: &controller,
		}},
	}
	w.add(t, "ReplicaSet", &appsv1.ReplicaSet{
		ObjectMeta: set, Spec: appsv1.ReplicaSetSpec{Replicas: new(int32(2)), Selector: labels},
	})
	return metav1.OwnerReference{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: set.Name, UID: set.UID, Controller: &controller}
}

func uid(parts ...string) types.UID {
	return types.UID(fmt.Sprintf("uid-%q", parts))
}
