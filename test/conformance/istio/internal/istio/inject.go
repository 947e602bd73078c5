package istio

import (
	"fmt"
	"sync"

	"istio.io/istio/pilot/pkg/features"
	"istio.io/istio/pkg/kube/inject"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// native guards Istio's process-wide switch for native sidecars.
var native sync.Mutex

// Inject runs Istio's injector on a pod, as it does when a node's kubelet is too old for native sidecars.
func (i *Install) Inject(pod *corev1.Pod) (*corev1.Pod, []string, error) {
	return i.inject(pod, features.NativeSidecarModeDisabled)
}

// InjectNative does so where every node supports native sidecars and Istio uses them by default.
func (i *Install) InjectNative(pod *corev1.Pod) (*corev1.Pod, []string, error) {
	return i.inject(pod, features.NativeSidecarModeEnabled)
}

func (i *Install) inject(pod *corev1.Pod, mode features.NativeSidecarMode) (*corev1.Pod, []string, error) {
	native.Lock()
	defer native.Unlock()
	previous := features.EnableNativeSidecars
	features.EnableNativeSidecars = mode
	defer func() { features.EnableNativeSidecars = previous }()

	var warnings []string
	warn := func(warning string) { warnings = append(warnings, warning) }
	result, err := inject.IntoObject(nil, i.templates, i.values, i.Revision, i.mesh, pod.DeepCopy(), warn)
	if err != nil {
		return nil, warnings, fmt.Errorf("the injector refuses the pod: %w", err)
	}
	return result.(*corev1.Pod), warnings, nil
}

// Webhooks names the webhooks that the API server calls for a pod: it decides by labels alone.
func (i *Install) Webhooks(namespace map[string]string, pod *corev1.Pod) ([]string, error) {
	var names []string
	for _, webhook := range i.webhooks {
		namespaces, err := selects(webhook.NamespaceSelector, namespace)
		if err != nil {
			return nil, err
		}
		pods, err := selects(webhook.ObjectSelector, pod.Labels)
		if err != nil {
			return nil, err
		}
		if namespaces && pods {
			names = append(names, webhook.Name)
		}
	}
	return names, nil
}

func selects(selector *metav1.LabelSelector, set map[string]string) (bool, error) {
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return false, err
	}
	return parsed.Matches(labels.Set(set)), nil
}
