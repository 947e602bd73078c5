// Package istio is an Istio installation without a cluster: what its own charts configure, run by its own code.
package istio

import (
	"fmt"
	"sync"
	"testing"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/operator/pkg/render"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/kube/inject"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/quiet"
)

// Options is what differs between installations.
type Options struct {
	Revision string
	// CNI replaces the istio-init container by the istio-cni plugin.
	CNI bool
	// Nftables replaces iptables.
	Nftables bool
}

// Install is what the injector works from.
type Install struct {
	Options
	templates inject.Templates
	values    inject.ValuesConfig
	mesh      *meshconfig.MeshConfig
	webhooks  []admissionv1.MutatingWebhook
}

var installs sync.Map // Options to func() (*Install, error)

// New renders Istio's charts, which are embedded in its Go module, once for each set of options.
func New(t testing.TB, options Options) *Install {
	t.Helper()
	quiet.Istio()
	once, _ := installs.LoadOrStore(options, sync.OnceValues(func() (*Install, error) { return renderCharts(options) }))
	install, err := once.(func() (*Install, error))()
	if err != nil {
		t.Fatal(err)
	}
	return install
}

func renderCharts(options Options) (*Install, error) {
	flags := []string{fmt.Sprintf("values.global.nativeNftables=%t", options.Nftables)}
	if options.Revision != "" {
		flags = append(flags, "revision="+options.Revision)
	}
	if options.CNI {
		flags = append(flags, "components.cni.enabled=true")
	}
	sets, _, err := render.GenerateManifest(nil, flags, false, nil, nil)
	if err != nil {
		return nil, err
	}
	install := &Install{Options: options}
	for _, set := range sets {
		for _, manifest := range set.Manifests {
			if err := install.read(manifest.GetKind(), manifest.Content); err != nil {
				return nil, err
			}
		}
	}
	if install.templates == nil || install.mesh == nil || install.webhooks == nil {
		return nil, fmt.Errorf("the charts render no injector configuration")
	}
	return install, nil
}

func (i *Install) read(kind, content string) error {
	switch kind {
	case "MutatingWebhookConfiguration":
		var configuration admissionv1.MutatingWebhookConfiguration
		if err := yaml.Unmarshal([]byte(content), &configuration); err != nil {
			return err
		}
		i.webhooks = append(i.webhooks, configuration.Webhooks...)
	case "ConfigMap":
		var configMap corev1.ConfigMap
		if err := yaml.Unmarshal([]byte(content), &configMap); err != nil {
			return err
		}
		return i.readConfigMap(&configMap)
	}
	return nil
}

func (i *Install) readConfigMap(configMap *corev1.ConfigMap) (err error) {
	suffix := ""
	if i.Revision != "" {
		suffix = "-" + i.Revision
	}
	switch configMap.Name {
	case "istio-sidecar-injector" + suffix:
		config, err := inject.UnmarshalConfig([]byte(configMap.Data["config"]))
		if err != nil {
			return err
		}
		i.templates = config.Templates
		i.values, err = inject.NewValuesConfig(configMap.Data["values"])
		return err
	case "istio" + suffix:
		i.mesh, err = mesh.ApplyMeshConfigDefaults(configMap.Data["mesh"])
	}
	return err
}
