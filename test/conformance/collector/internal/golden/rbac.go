package golden

import (
	"fmt"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

// Rules are what the workload's ServiceAccount may do, by namespace; the empty one is the whole cluster.
func (w *Workload) Rules() (map[string][]rbacv1.PolicyRule, error) {
	rules := map[string][]rbacv1.PolicyRule{}
	for _, o := range w.Cluster.objects {
		if o.Kind != "RoleBinding" && o.Kind != "ClusterRoleBinding" {
			continue
		}
		// A ClusterRoleBinding has the same fields, and no namespace.
		var binding rbacv1.RoleBinding
		if err := yaml.Unmarshal(o.text, &binding); err != nil {
			return nil, err
		}
		if !w.subjectOf(binding) {
			continue
		}
		namespace := binding.Namespace
		if binding.RoleRef.Kind == "ClusterRole" {
			namespace = ""
		}
		var role rbacv1.ClusterRole
		if err := w.Cluster.object(binding.RoleRef.Kind, namespace, binding.RoleRef.Name, &role); err != nil {
			return nil, fmt.Errorf("%s %s: %w", o.Kind, binding.Name, err)
		}
		rules[binding.Namespace] = append(rules[binding.Namespace], role.Rules...)
	}
	return rules, nil
}

func (w *Workload) subjectOf(binding rbacv1.RoleBinding) bool {
	for _, subject := range binding.Subjects {
		if subject.Kind == "ServiceAccount" && subject.Name == w.Pod.ServiceAccountName && subject.Namespace == w.Namespace {
			return true
		}
	}
	return false
}
