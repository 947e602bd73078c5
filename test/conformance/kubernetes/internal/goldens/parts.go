package goldens

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Role is the value of the label app.kubernetes.io/name on the pods of a part.
type Role string

const (
	Agent      Role = "metric-agent"
	Prometheus Role = "prometheus"
	Manager    Role = "telemetry-manager"
)

// Roles are all parts the library can render.
var Roles = []Role{Agent, Prometheus, Manager}

const (
	RoleLabel     = "app.kubernetes.io/name"
	InstanceLabel = "app.kubernetes.io/instance"
)

// Part is one workload of a golden.
type Part struct {
	Kind      string
	Namespace string
	Name      string
	Role      Role
	Instance  string
	Template  corev1.PodTemplateSpec
	// Claims are the volumes that a StatefulSet adds to its pods.
	Claims []corev1.Volume
}

// Parts returns the workloads in the order of the golden.
func (g Golden) Parts() ([]Part, error) {
	var parts []Part
	for _, object := range g.Objects {
		if !BuiltIn(object) {
			continue
		}
		typed, err := Decode(object)
		if err != nil {
			return nil, err
		}
		switch workload := typed.(type) {
		case *appsv1.DaemonSet:
			parts = append(parts, newPart("DaemonSet", workload.ObjectMeta, workload.Spec.Template))
		case *appsv1.StatefulSet:
			part := newPart("StatefulSet", workload.ObjectMeta, workload.Spec.Template)
			for _, claim := range workload.Spec.VolumeClaimTemplates {
				source := &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim.Name}
				part.Claims = append(part.Claims, corev1.Volume{
					Name: claim.Name, VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: source},
				})
			}
			parts = append(parts, part)
		case *appsv1.Deployment:
			parts = append(parts, newPart("Deployment", workload.ObjectMeta, workload.Spec.Template))
		case *appsv1.ReplicaSet, *batchv1.Job, *batchv1.CronJob, *corev1.Pod:
			return nil, fmt.Errorf("%s: no test of this module looks at such pods yet", ID(object))
		}
	}
	return parts, nil
}

func newPart(kind string, meta metav1.ObjectMeta, template corev1.PodTemplateSpec) Part {
	return Part{
		Kind:      kind,
		Namespace: meta.Namespace,
		Name:      meta.Name,
		Role:      Role(template.Labels[RoleLabel]),
		Instance:  template.Labels[InstanceLabel],
		Template:  template,
	}
}

// UsesAPI tells whether the pods carry a token for the API server.
func (p Part) UsesAPI() bool {
	mount := p.Template.Spec.AutomountServiceAccountToken
	return mount == nil || *mount
}

func (p Part) String() string {
	return fmt.Sprintf("%s %s/%s", p.Kind, p.Namespace, p.Name)
}

// EditPods applies a change to the pod template of the first workload of a kind.
func EditPods(kind string, change func(spec *corev1.PodSpec)) Breakage {
	return func(golden *Golden) (bool, error) {
		edits := map[string]Breakage{
			"DaemonSet":   Edit(func(w *appsv1.DaemonSet) bool { change(&w.Spec.Template.Spec); return true }),
			"StatefulSet": Edit(func(w *appsv1.StatefulSet) bool { change(&w.Spec.Template.Spec); return true }),
			"Deployment":  Edit(func(w *appsv1.Deployment) bool { change(&w.Spec.Template.Spec); return true }),
		}
		return edits[kind](golden)
	}
}
