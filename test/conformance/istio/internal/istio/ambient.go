package istio

import (
	"errors"
	"sync"
	"testing"

	"istio.io/istio/cni/pkg/util"
	"istio.io/istio/operator/pkg/render"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

var ambientSelectors = sync.OnceValues(func() (*util.CompiledEnablementSelectors, error) {
	sets, _, err := render.GenerateManifest(nil, []string{"profile=ambient"}, false, nil, nil)
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		for _, manifest := range set.Manifests {
			if manifest.GetKind() != "ConfigMap" || manifest.GetName() != "istio-cni-config" {
				continue
			}
			var configMap corev1.ConfigMap
			if err := yaml.Unmarshal([]byte(manifest.Content), &configMap); err != nil {
				return nil, err
			}
			var selectors []util.EnablementSelector
			if err := yaml.Unmarshal([]byte(configMap.Data["AMBIENT_ENABLEMENT_SELECTOR"]), &selectors); err != nil {
				return nil, err
			}
			return util.NewCompiledEnablementSelectors(selectors)
		}
	}
	return nil, errors.New("the ambient profile renders no istio-cni-config")
})

// InAmbient asks istio-cni, as the ambient profile configures it, whether ztunnel handles a pod.
func InAmbient(t testing.TB, namespace map[string]string, pod *corev1.Pod) bool {
	t.Helper()
	selectors, err := ambientSelectors()
	if err != nil {
		t.Fatal(err)
	}
	return selectors.Matches(pod, namespace)
}
