package injection

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pkg/kube/inject"
	"istio.io/istio/pkg/util/protomarshal"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
)

// checkProxyFirst: the collector reads certificates once at its start, and exits without them.
func checkProxyFirst(i injected) error {
	proxy, err := i.proxy()
	if err != nil {
		return err
	}
	if isNative(i.pod) {
		if proxy.RestartPolicy == nil || *proxy.RestartPolicy != corev1.ContainerRestartPolicyAlways || proxy.StartupProbe == nil {
			return errors.New("the native sidecar would run to its end, or not be waited for")
		}
		return nil
	}
	if i.agent.Template.Annotations[nativeSidecar] == "true" {
		return errors.New("a native sidecar is asked for and not injected")
	}
	if i.pod.Spec.Containers[0].Name != proxy.Name {
		return errors.New("the proxy is not the first container")
	}
	if proxy.Lifecycle == nil || proxy.Lifecycle.PostStart == nil || proxy.Lifecycle.PostStart.Exec == nil ||
		!slices.Equal(proxy.Lifecycle.PostStart.Exec.Command, []string{"pilot-agent", "wait"}) {
		return errors.New("the kubelet does not wait for the proxy")
	}
	return nil
}

// checkProxyLast: a proxy that is no native sidecar is stopped together with the collector, and closes connections when
// its drain is over.
func checkProxyLast(i injected) error {
	proxy, err := i.proxy()
	if err != nil || isNative(i.pod) {
		return err
	}
	text, _ := golden.EnvOf(proxy, "PROXY_CONFIG")
	var config meshconfig.ProxyConfig
	if err := protomarshal.ApplyJSON(text, &config); err != nil {
		return err
	}
	drain := config.GetTerminationDrainDuration().AsDuration()
	flush, err := longestFlush(i.agent)
	if err != nil {
		return err
	}
	grace := time.Duration(*i.pod.Spec.TerminationGracePeriodSeconds) * time.Second
	if drain <= flush || drain >= grace {
		return fmt.Errorf("the proxy drains for %s, the queues flush after %s, the pod is killed after %s", drain, flush, grace)
	}
	return nil
}

// longestFlush is how long a queue may hold back an incomplete batch.
func longestFlush(agent golden.Agent) (time.Duration, error) {
	var longest time.Duration
	for id, exporter := range agent.Config.Exporters {
		queue, _ := exporter["sending_queue"].(map[string]any)
		batch, _ := queue["batch"].(map[string]any)
		text, found := batch["flush_timeout"].(string)
		if !found {
			continue
		}
		flush, err := time.ParseDuration(text)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", id, err)
		}
		longest = max(longest, flush)
	}
	return longest, nil
}

func isNative(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Spec.InitContainers, func(c corev1.Container) bool { return c.Name == "istio-proxy" })
}

// checkProbes: the kubelet is no member of the mesh, so pilot-agent asks the collector in its place.
func checkProbes(i injected) error {
	proxy, err := i.proxy()
	if err != nil {
		return err
	}
	text, _ := golden.EnvOf(proxy, "ISTIO_KUBE_APP_PROBERS")
	probers := inject.KubeAppProbers{}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &probers); err != nil {
			return err
		}
	}
	before, after := golden.Container(i.agent.Pod(), i.agent.Container), i.collector()
	for name, probes := range map[string][2]*corev1.Probe{
		"startupz": {before.StartupProbe, after.StartupProbe},
		"livez":    {before.LivenessProbe, after.LivenessProbe},
		"readyz":   {before.ReadinessProbe, after.ReadinessProbe},
	} {
		own, rewritten := probes[0], probes[1]
		if own == nil || own.Exec != nil {
			continue
		}
		path := fmt.Sprintf("/app-health/%s/%s", i.agent.Container, name)
		if rewritten.HTTPGet == nil || rewritten.HTTPGet.Path != path || rewritten.HTTPGet.Port.IntValue() != 15020 {
			return fmt.Errorf("the probe %s is not rewritten: %v", name, rewritten)
		}
		prober := probers[path]
		if prober == nil || prober.HTTPGet == nil || own.HTTPGet == nil {
			return fmt.Errorf("pilot-agent does not know the probe %s: %s", name, text)
		}
		if prober.HTTPGet.Path != own.HTTPGet.Path || prober.HTTPGet.Port.IntVal != number(before, own.HTTPGet.Port) {
			return fmt.Errorf("pilot-agent asks %v instead of %v", prober.HTTPGet, own.HTTPGet)
		}
	}
	return nil
}

// number resolves a named port.
func number(container *corev1.Container, port intstr.IntOrString) int32 {
	for _, declared := range container.Ports {
		if port.Type == intstr.String && declared.Name == port.StrVal {
			return declared.ContainerPort
		}
	}
	return port.IntVal
}
