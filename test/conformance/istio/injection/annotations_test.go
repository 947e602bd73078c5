package injection

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"istio.io/api/annotation"
	"istio.io/api/label"
	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pkg/util/protomarshal"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
)

// Annotations that are about the sidecar and not about capture.
const (
	proxyConfig     = "proxy.istio.io/config"
	userVolumeMount = "sidecar.istio.io/userVolumeMount"
	nativeSidecar   = "sidecar.istio.io/nativeSidecar"
	mergeMetrics    = "prometheus.istio.io/merge-metrics"
)

// checkInitArgs compares the arguments of the real init container with the template's annotations. With istio-cni the
// container validates what the plugin wrote.
func checkInitArgs(i injected) error {
	container := golden.Container(i.pod, "istio-init")
	if i.install.CNI {
		container = golden.Container(i.pod, "istio-validation")
	}
	if container == nil {
		return errors.New("no istio-init")
	}
	args := map[string]string{}
	for n := 1; n+1 < len(container.Args); n += 2 { // The first one is the name of the program.
		args[container.Args[n]] = container.Args[n+1]
	}
	annotations := i.agent.Template.Annotations
	for flag, name := range map[string]string{
		"-q": capture.IncludeOutboundPorts,
		"-o": capture.ExcludeOutboundPorts,
		"-i": capture.IncludeOutboundIPRanges,
		"-x": capture.ExcludeOutboundIPRanges,
		"-b": capture.IncludeInboundPorts,
	} {
		if args[flag] != annotations[name] {
			return fmt.Errorf("istio-init gets %s %q, %s is %q", flag, args[flag], name, annotations[name])
		}
	}
	want := []string{"15090", "15021", "15020"} // Istio adds its own.
	if own := annotations[capture.ExcludeInboundPorts]; own != "" {
		want = append(want, strings.Split(own, ",")...)
	}
	got := strings.Split(args["-d"], ",")
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		return fmt.Errorf("istio-init excludes the inbound ports %q, expected %q", got, want)
	}
	return nil
}

// checkExplicit guards against istio/istio#32677: what is left out means the mesh's default, which is everything.
func checkExplicit(i injected) error {
	for _, name := range []string{capture.IncludeOutboundIPRanges, capture.IncludeInboundPorts} {
		if _, found := i.agent.Template.Annotations[name]; !found {
			return fmt.Errorf("%s is missing", name)
		}
	}
	return nil
}

func checkCanonical(i injected) error {
	rules, err := capture.Parse(i.agent.Template.Annotations)
	if err != nil {
		return err
	}
	for _, ports := range [][]uint16{rules.IncludePorts, rules.ExcludePorts, rules.IncludeInbound, rules.ExcludeInbound} {
		if !slices.IsSorted(ports) || len(slices.Compact(slices.Clone(ports))) != len(ports) {
			return fmt.Errorf("%v is not sorted and unique", ports)
		}
	}
	return nil
}

func checkMetricsExcluded(i injected) error {
	rules, err := capture.Parse(i.agent.Template.Annotations)
	if err != nil {
		return err
	}
	ports, err := i.agent.Config.MetricsPorts()
	if err != nil {
		return err
	}
	for _, port := range ports {
		if verdict := rules.Inbound(port); verdict != capture.Direct {
			return fmt.Errorf("port %d is %s", port, verdict)
		}
	}
	return nil
}

// checkKnownAnnotations uses Istio's registry: an unknown name is not an error for the injector.
func checkKnownAnnotations(i injected) error {
	known := map[string]bool{}
	for _, instance := range annotation.AllResourceAnnotations() {
		known[instance.Name] = slices.Contains(instance.Resources, annotation.Pod)
	}
	for name := range i.agent.Template.Annotations {
		if strings.Contains(name, "istio.io/") && !known[name] {
			return fmt.Errorf("annotation %s is not one of Istio's for pods", name)
		}
	}
	for _, instance := range label.AllResourceLabels() {
		known[instance.Name] = true
	}
	for name := range i.agent.Template.Labels {
		if strings.Contains(name, "istio.io/") && !known[name] {
			return fmt.Errorf("label %s is not one of Istio's", name)
		}
	}
	return nil
}

// checkProxyConfig reads the annotation strictly: the injector ignores unknown keys.
func checkProxyConfig(i injected) error {
	return protomarshal.ApplyYAMLStrict(i.agent.Template.Annotations[proxyConfig], &meshconfig.ProxyConfig{})
}
