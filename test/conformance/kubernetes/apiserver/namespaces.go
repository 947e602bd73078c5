package apiserver

import (
	"context"
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	psapi "k8s.io/pod-security-admission/api"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// everythingRestricted labels a namespace that refuses what "restricted" forbids, and warns where it only could.
var everythingRestricted = map[string]string{
	psapi.EnforceLevelLabel: string(psapi.LevelRestricted),
	psapi.WarnLevelLabel:    string(psapi.LevelRestricted),
}

// createNamespaces makes the golden's namespaces real: with the labels it renders, without labels where it renders none,
// or all with the given ones.
func (c *cluster) createNamespaces(t *testing.T, golden goldens.Golden, labels map[string]string) {
	t.Helper()
	wanted := map[string]map[string]string{}
	for _, object := range golden.Objects {
		if namespace := object.GetNamespace(); namespace != "" && wanted[namespace] == nil {
			wanted[namespace] = labels
		}
		if object.GetKind() == "Namespace" && labels == nil {
			wanted[object.GetName()] = object.GetLabels()
		}
	}
	for name, labels := range wanted {
		namespace := &unstructured.Unstructured{}
		namespace.SetAPIVersion("v1")
		namespace.SetKind("Namespace")
		namespace.SetName(name)
		namespace.SetLabels(labels)
		if err := c.apply(t.Context(), namespace); err != nil {
			t.Fatal(err)
		}
		c.awaitPodSecurity(t, name, labels)
	}
}

// awaitPodSecurity waits until admission, which watches namespaces, judges a bad pod as the labels say.
func (c *cluster) awaitPodSecurity(t *testing.T, namespace string, labels map[string]string) {
	t.Helper()
	refuses := labels[psapi.EnforceLevelLabel] == string(psapi.LevelRestricted)
	warns := labels[psapi.WarnLevelLabel] == string(psapi.LevelRestricted) && !refuses
	bad := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "bad"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "bad", Image: "bad"}}},
	}
	c.await(t, fmt.Sprintf("Pod Security in %s", namespace), func(ctx context.Context) (bool, error) {
		c.warnings.take()
		_, err := c.typed.CoreV1().Pods(namespace).Create(ctx, bad, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		warned := len(c.warnings.take()) > 0
		if err != nil && !apierrors.IsForbidden(err) {
			return false, err
		}
		return apierrors.IsForbidden(err) == refuses && warned == warns, nil
	})
}

// podsOf returns a pod for each template: Pod Security only warns about templates, but refuses pods.
func podsOf(golden goldens.Golden) ([]*corev1.Pod, error) {
	parts, err := golden.Parts()
	if err != nil {
		return nil, err
	}
	var pods []*corev1.Pod
	for _, part := range parts {
		pod := &corev1.Pod{ObjectMeta: *part.Template.ObjectMeta.DeepCopy(), Spec: *part.Template.Spec.DeepCopy()}
		pod.Name, pod.Namespace = part.Name, part.Namespace
		pod.Spec.Volumes = append(pod.Spec.Volumes, part.Claims...)
		pods = append(pods, pod)
	}
	return pods, nil
}
