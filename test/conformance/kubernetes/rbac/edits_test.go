package rbac

import (
	"regexp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// without takes a resource out of the first ClusterRole that has it.
func without(resource string) goldens.Breakage {
	return goldens.Edit(func(role *rbacv1.ClusterRole) bool {
		found := false
		for i := range role.Rules {
			found = found || slices.Contains(role.Rules[i].Resources, resource)
			role.Rules[i].Resources = slices.DeleteFunc(role.Rules[i].Resources, func(r string) bool { return r == resource })
		}
		return found
	})
}

var kubeletStats = regexp.MustCompile(`\n +- kubelet_stats\n`)

// withoutReceiver takes kubelet_stats out of the pipeline of the first collector that has it.
func withoutReceiver(golden *goldens.Golden) (bool, error) {
	return goldens.Edit(func(configMap *corev1.ConfigMap) bool {
		text := configMap.Data["collector.yaml"]
		if !kubeletStats.MatchString(text) {
			return false
		}
		configMap.Data["collector.yaml"] = kubeletStats.ReplaceAllString(text, "\n")
		return true
	})(golden)
}
