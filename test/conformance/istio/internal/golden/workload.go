package golden

import (
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// InjectLabel decides about the sidecar, in the pod template.
const InjectLabel = "sidecar.istio.io/inject"

// Workload is an object that makes pods.
type Workload struct {
	Golden, APIVersion, Kind, Namespace, Name string
	Template                                  corev1.PodTemplateSpec
}

// Workloads returns everything in the golden that makes pods.
func (f File) Workloads(t testing.TB) []Workload {
	t.Helper()
	var found []Workload
	for _, object := range f.Objects {
		var body struct {
			Spec struct {
				Template *corev1.PodTemplateSpec `json:"template"`
			} `json:"spec"`
		}
		if object.Kind == "ConfigMap" {
			continue
		}
		if err := yaml.Unmarshal(object.YAML, &body); err != nil {
			t.Fatalf("%s: %s %s: %v", f.Name, object.Kind, object.Name, err)
		}
		if body.Spec.Template != nil {
			found = append(found, Workload{f.Name, object.APIVersion, object.Kind, object.Namespace, object.Name, *body.Spec.Template})
		}
	}
	return found
}

// String names the workload in messages and subtests.
func (w Workload) String() string {
	return fmt.Sprintf("%s: %s %s/%s", w.Golden, w.Kind, w.Namespace, w.Name)
}

// WantsSidecar is what the template says.
func (w Workload) WantsSidecar() bool { return w.Template.Labels[InjectLabel] == "true" }

// Pod is what the workload's controller hands to admission.
func (w Workload) Pod() *corev1.Pod {
	template := w.Template.DeepCopy()
	controller := true
	return &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			GenerateName: w.Name + "-",
			Namespace:    w.Namespace,
			Labels:       template.Labels,
			Annotations:  template.Annotations,
			OwnerReferences: []metav1.OwnerReference{
				{APIVersion: w.APIVersion, Kind: w.Kind, Name: w.Name, Controller: &controller},
			},
		},
		Spec: template.Spec,
	}
}

// Container finds a container of the pod, init containers included.
func Container(pod *corev1.Pod, name string) *corev1.Container {
	for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			if list[i].Name == name {
				return &list[i]
			}
		}
	}
	return nil
}

// EnvOf returns a literal variable of a container.
func EnvOf(container *corev1.Container, name string) (string, bool) {
	for _, env := range container.Env {
		if env.Name == name {
			return env.Value, true
		}
	}
	return "", false
}
