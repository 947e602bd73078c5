package injection

import (
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
)

// TestTheNamespaceAdmitsTheInjectedPod evaluates the level of Pod Security that a golden's Namespace enforces. A restricted
// one declares a cluster with istio-cni: istio-init needs root and NET_ADMIN.
func TestTheNamespaceAdmitsTheInjectedPod(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, agent := range golden.InjectedAgents(t) {
		for _, object := range golden.Named(t, agent.Golden).OfKind("Namespace") {
			var namespace corev1.Namespace
			if err := yaml.Unmarshal(object.YAML, &namespace); err != nil {
				t.Fatal(err)
			}
			latest := api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()}
			level, errs := api.PolicyToEvaluate(namespace.Labels, api.Policy{Enforce: latest, Audit: latest, Warn: latest})
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			restricted := level.Enforce.Level == api.LevelRestricted
			for _, cluster := range clusters {
				admits := cluster.cni || !restricted
				verb := map[bool]string{true: "admits", false: "refuses"}[admits]
				t.Run(fmt.Sprintf("%s %s %s it %s", agent.Golden, level.Enforce.Level, verb, cluster.name), func(t *testing.T) {
					result, err := cluster.run(t, agent)
					if err != nil {
						t.Fatal(err)
					}
					setVolumeDefaults(result.pod)
					verdict := policy.AggregateCheckResults(evaluator.EvaluatePod(level.Enforce, &result.pod.ObjectMeta, &result.pod.Spec))
					if verdict.Allowed != admits {
						t.Errorf("admitted: %t: %s", verdict.Allowed, verdict.ForbiddenDetail())
					}
				})
			}
		}
	}
}

// setVolumeDefaults does what the API server does before admission: Istio's template leaves sources out.
func setVolumeDefaults(pod *corev1.Pod) {
	for n := range pod.Spec.Volumes {
		if source := &pod.Spec.Volumes[n].VolumeSource; *source == (corev1.VolumeSource{}) {
			source.EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
}
