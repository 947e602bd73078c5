// Package podsecurity judges every pod template by the Pod Security Standard "restricted", with the upstream evaluator.
package podsecurity

import (
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	psapi "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

func TestEveryPodTemplateSatisfiesRestricted(t *testing.T) {
	goldens.Each(t, func(t *testing.T, golden goldens.Golden) {
		judged, err := golden.WithoutDeclaredHostPaths()
		if err != nil {
			t.Fatal(err)
		}
		goldens.Report(t, restricted, judged)
	})
}

func TestEveryObjectHasOnlyFieldsOfItsType(t *testing.T) {
	goldens.Each(t, func(t *testing.T, golden goldens.Golden) { goldens.Report(t, knownFields, golden) })
}

// restricted returns the violations as `kubectl` would print them.
func restricted(golden goldens.Golden) ([]string, error) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		return nil, err
	}
	parts, err := golden.Parts()
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("%s has no pod template", golden.Name)
	}
	level := psapi.LevelVersion{Level: psapi.LevelRestricted, Version: psapi.LatestVersion()}
	var violations []string
	for _, part := range parts {
		results := evaluator.EvaluatePod(level, &part.Template.ObjectMeta, &part.Template.Spec)
		if verdict := policy.AggregateCheckResults(results); !verdict.Allowed {
			violations = append(violations, fmt.Sprintf("%s: %s", part, verdict.ForbiddenDetail()))
		}
	}
	return violations, nil
}

func knownFields(golden goldens.Golden) ([]string, error) {
	var failures []string
	for _, object := range golden.Objects {
		if !goldens.BuiltIn(object) {
			continue // The API server checks custom resources against our CRDs.
		}
		if _, err := goldens.Decode(object); err != nil {
			failures = append(failures, err.Error())
		}
	}
	return failures, nil
}

var workloads = []string{"DaemonSet", "StatefulSet", "Deployment"}

func TestEachRuleOfRestrictedIsSeenWhenBroken(t *testing.T) {
	for _, kind := range workloads {
		t.Run(kind, func(t *testing.T) {
			mutate := goldens.Mutate(t, restricted)
			mutate("root", goldens.EditPods(kind, func(spec *corev1.PodSpec) { *spec.SecurityContext.RunAsUser = 0 }), "runAsUser=0")
			mutate("may be root", goldens.EditPods(kind, func(spec *corev1.PodSpec) {
				spec.SecurityContext.RunAsNonRoot = nil
				spec.Containers[0].SecurityContext.RunAsNonRoot = nil
			}), "runAsNonRoot != true")
			mutate("no seccomp profile", goldens.EditPods(kind, func(spec *corev1.PodSpec) {
				spec.SecurityContext.SeccompProfile = nil
				spec.Containers[0].SecurityContext.SeccompProfile = nil
			}), "seccompProfile")
			mutate("capabilities", goldens.EditPods(kind, func(spec *corev1.PodSpec) {
				spec.Containers[0].SecurityContext.Capabilities = nil
			}), "unrestricted capabilities")
			mutate("escalation", goldens.EditPods(kind, func(spec *corev1.PodSpec) {
				spec.Containers[0].SecurityContext.AllowPrivilegeEscalation = nil
			}), "allowPrivilegeEscalation != false")
			mutate("host path", goldens.EditPods(kind, func(spec *corev1.PodSpec) {
				spec.Volumes = append(spec.Volumes, corev1.Volume{
					Name:         "host",
					VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/var/lib"}},
				})
			}), "hostPath")
			mutate("host network", goldens.EditPods(kind, func(spec *corev1.PodSpec) { spec.HostNetwork = true }), "hostNetwork=true")
		})
	}
}

func TestAMisspeltFieldIsSeen(t *testing.T) {
	for _, kind := range workloads {
		misspell := goldens.EditRaw(kind, func(content map[string]any) error {
			return goldens.Set(content, true, "spec", "template", "spec", "readOnlyRootFileSystem")
		})
		goldens.Mutate(t, knownFields)(kind, misspell, `unknown field "spec.template.spec.readOnlyRootFileSystem"`)
	}
}
