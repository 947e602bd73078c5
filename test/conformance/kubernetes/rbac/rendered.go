package rbac

import (
	"fmt"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/component-helpers/auth/rbac/validation"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// rights are the rules of one ServiceAccount by namespace; the empty namespace is the whole cluster.
type rights map[string][]rbacv1.PolicyRule

// rendered follows the bindings of the part's ServiceAccount. A binding to a role that the golden does not hold is an
// error: nobody would see what it grants.
func rendered(golden goldens.Golden, part goldens.Part) (rights, error) {
	roles, err := goldens.Of[rbacv1.Role](golden)
	if err != nil {
		return nil, err
	}
	clusterRoles, err := goldens.Of[rbacv1.ClusterRole](golden)
	if err != nil {
		return nil, err
	}
	resolve := func(ref rbacv1.RoleRef, namespace string) ([]rbacv1.PolicyRule, error) {
		for _, role := range roles {
			if ref.Kind == "Role" && role.Name == ref.Name && role.Namespace == namespace {
				return role.Rules, nil
			}
		}
		for _, role := range clusterRoles {
			if ref.Kind == "ClusterRole" && role.Name == ref.Name {
				return role.Rules, nil
			}
		}
		return nil, fmt.Errorf("%s is bound to %s %s, which is not rendered", part, ref.Kind, ref.Name)
	}

	has := rights{}
	bindings, err := goldens.Of[rbacv1.RoleBinding](golden)
	if err != nil {
		return nil, err
	}
	for _, binding := range bindings {
		if binds(binding.Subjects, part) {
			rules, err := resolve(binding.RoleRef, binding.Namespace)
			if err != nil {
				return nil, err
			}
			has[binding.Namespace] = append(has[binding.Namespace], rules...)
		}
	}
	clusterBindings, err := goldens.Of[rbacv1.ClusterRoleBinding](golden)
	if err != nil {
		return nil, err
	}
	for _, binding := range clusterBindings {
		if binds(binding.Subjects, part) {
			rules, err := resolve(binding.RoleRef, "")
			if err != nil {
				return nil, err
			}
			has[""] = append(has[""], rules...)
		}
	}
	return has, nil
}

func binds(subjects []rbacv1.Subject, part goldens.Part) bool {
	for _, subject := range subjects {
		if subject.Kind == rbacv1.ServiceAccountKind && subject.Namespace == part.Namespace &&
			subject.Name == part.Template.Spec.ServiceAccountName {
			return true
		}
	}
	return false
}

// triples counts (API group, resource, verb) in the cluster and in namespaces.
func (r rights) triples() (cluster, namespaced int) {
	for namespace, rules := range r {
		for _, rule := range rules {
			count := len(validation.BreakdownRule(rule))
			if namespace == "" {
				cluster += count
			} else {
				namespaced += count
			}
		}
	}
	return cluster, namespaced
}
