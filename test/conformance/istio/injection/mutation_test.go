package injection

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
)

const platform = "example-platform"

// certificateVolume is ADR 26's name.
const certificateVolume = "istio-certs"

// TestEveryPartOfTheTemplateIsNeeded breaks one place and names the check that notices.
func TestEveryPartOfTheTemplateIsNeeded(t *testing.T) {
	agent := golden.OnlyAgent(t, platform)
	template := func(change func(*corev1.PodTemplateSpec)) golden.Agent { return agent.Mutate(change) }
	container := func(change func(*corev1.Container)) golden.Agent {
		return template(func(template *corev1.PodTemplateSpec) {
			for n := range template.Spec.Containers {
				if template.Spec.Containers[n].Name == agent.Container {
					change(&template.Spec.Containers[n])
				}
			}
		})
	}
	mount := func(change func(*corev1.VolumeMount)) golden.Agent {
		return container(func(c *corev1.Container) { change(golden.MountOf(c, certificateVolume)) })
	}
	volume := func(change func(*corev1.Volume)) golden.Agent {
		return template(func(template *corev1.PodTemplateSpec) {
			for n := range template.Spec.Volumes {
				if template.Spec.Volumes[n].Name == certificateVolume {
					change(&template.Spec.Volumes[n])
				}
			}
		})
	}
	config := func(change func(map[string]any)) golden.Agent {
		var parsed map[string]any
		if err := yaml.Unmarshal([]byte(agent.Template.Annotations[proxyConfig]), &parsed); err != nil {
			t.Fatal(err)
		}
		change(parsed)
		text, err := yaml.Marshal(parsed)
		if err != nil {
			t.Fatal(err)
		}
		return agent.WithAnnotation(proxyConfig, string(text))
	}
	for _, mutation := range []struct {
		name    string
		mutant  golden.Agent
		noticed string
	}{
		{"the label inject", template(func(p *corev1.PodTemplateSpec) { delete(p.Labels, golden.InjectLabel) }), webhookSelects},
		{"the label inject, only as an annotation", template(func(p *corev1.PodTemplateSpec) {
			delete(p.Labels, golden.InjectLabel)
			p.Annotations[golden.InjectLabel] = "true"
		}), webhookSelects},
		{"a pod network of its own", template(func(p *corev1.PodTemplateSpec) { p.Spec.HostNetwork = true }), noWarnings},
		{"includeOutboundIPRanges", agent.WithoutAnnotation(capture.IncludeOutboundIPRanges), explicitRanges},
		{"includeInboundPorts", agent.WithoutAnnotation(capture.IncludeInboundPorts), explicitRanges},
		{"includeInboundPorts as wildcard", agent.WithAnnotation(capture.IncludeInboundPorts, "8888,13133"), metricsExcluded},
		{"excludeInboundPorts", agent.WithoutAnnotation(capture.ExcludeInboundPorts), metricsExcluded},
		{"canonical ports, by a word", agent.WithAnnotation(capture.IncludeOutboundPorts, "http"), canonicalPorts},
		{"canonical ports, by a zero", agent.WithAnnotation(capture.IncludeOutboundPorts, "09090"), canonicalPorts},
		{"sorted ports", agent.WithAnnotation(capture.IncludeOutboundPorts, "9090,443"), canonicalPorts},
		{"unique ports", agent.WithAnnotation(capture.IncludeOutboundPorts, "443,443"), canonicalPorts},
		{"a correct annotation", agent.WithAnnotation("traffic.sidecar.istio.io/includeOutboundPort", "443"), knownAnnotations},
		{"a correct key of the configuration", config(func(c map[string]any) { c["drainTime"] = "20s" }), knownProxyConfig},
		{"OUTPUT_CERTS", config(func(c map[string]any) { delete(c, "proxyMetadata") }), certificates},
		{"equal paths of OUTPUT_CERTS and mount", config(func(c map[string]any) {
			c["proxyMetadata"] = map[string]any{"OUTPUT_CERTS": "/etc/elsewhere"}
		}), certificates},
		{"userVolumeMount", agent.WithoutAnnotation(userVolumeMount), certificates},
		{"the collector's mount", mount(func(m *corev1.VolumeMount) { m.Name = "config" }), certificates},
		{"the path of the collector's mount", mount(func(m *corev1.VolumeMount) { m.MountPath = "/certs" }), certificates},
		{"a mount for every file", mount(func(m *corev1.VolumeMount) { m.MountPath = "/certs" }), mountedFiles},
		{"readOnly of the collector's mount", mount(func(m *corev1.VolumeMount) { m.ReadOnly = false }), certificates},
		{"memory as the medium", volume(func(v *corev1.Volume) { v.EmptyDir.Medium = "" }), certificates},
		{"a limit of the volume", volume(func(v *corev1.Volume) { v.EmptyDir.SizeLimit = nil }), certificates},
		{"the certificate volume", volume(func(v *corev1.Volume) { v.Name = "other" }), volumesFit},
		{"a volume name of its own", volume(func(v *corev1.Volume) { v.Name = "config" }), volumesFit},
		{"a mount path of its own", mount(func(m *corev1.VolumeMount) { m.MountPath = "/etc/metric-agent/" }), volumesFit},
		{"hold", config(func(c map[string]any) { delete(c, "holdApplicationUntilProxyStarts") }), proxyFirst},
		{"the drain duration", config(func(c map[string]any) { c["terminationDrainDuration"] = "1s" }), proxyLast},
		{"a grace period longer than the drain", template(func(p *corev1.PodTemplateSpec) {
			*p.Spec.TerminationGracePeriodSeconds = 5
		}), proxyLast},
		{"probe rewriting", agent.WithAnnotation("sidecar.istio.io/rewriteAppHTTPProbers", "false"), rewrittenProbes},
		{"merge-metrics", agent.WithoutAnnotation(mergeMetrics), notAnnounced},
		{"complete proxy resources", agent.WithAnnotation("sidecar.istio.io/proxyCPU", "100m"), proxyResources},
		{"a user of its own", template(func(p *corev1.PodTemplateSpec) {
			*p.Spec.SecurityContext.RunAsUser = 1337
		}), collectorIsNoProxy},
		{"a group of its own", template(func(p *corev1.PodTemplateSpec) {
			*p.Spec.SecurityContext.RunAsGroup = 1337
		}), collectorIsNoProxy},
	} {
		t.Run("without "+mutation.name, func(t *testing.T) {
			result, err := clusters[0].run(t, mutation.mutant)
			if err != nil {
				t.Fatalf("the injector itself refuses the mutant: %v", err)
			}
			if err := named(mutation.noticed).run(result); err == nil {
				t.Errorf("%q does not notice", mutation.noticed)
			} else {
				t.Log(err)
			}
		})
	}
}

// TestTheInjectorRefuses pins the mistakes that need no check of ours.
func TestTheInjectorRefuses(t *testing.T) {
	agent := golden.OnlyAgent(t, platform)
	for name, mutant := range map[string]golden.Agent{
		"an excluded inbound port that is none": agent.WithAnnotation(capture.ExcludeInboundPorts, "metrics"),
		"an excluded range without a mask":      agent.WithAnnotation(capture.ExcludeOutboundIPRanges, "10.96.0.1"),
		"proxyMetadata that is no text":         agent.WithAnnotation(proxyConfig, "proxyMetadata:\n  OUTPUT_CERTS: true\n"),
		"userVolumeMount that is no JSON":       agent.WithAnnotation(userVolumeMount, "{"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := clusters[0].run(t, mutant); err == nil {
				t.Error("the injector accepts it")
			}
		})
	}
}

func named(name string) check {
	for _, check := range checks {
		if check.name == name {
			return check
		}
	}
	panic(name)
}
