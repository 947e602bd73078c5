package rbac

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/component-helpers/auth/rbac/validation"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// leastPrivilege returns, for every part, each right too many and each right too few, and tokens mounted without use.
func leastPrivilege(golden goldens.Golden) ([]string, error) {
	parts, err := golden.Parts()
	if err != nil {
		return nil, err
	}
	var failures []string
	for _, part := range parts {
		has, err := rendered(golden, part)
		if err != nil {
			return nil, err
		}
		needed, err := needs(golden, part)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part, err)
		}
		failures = append(failures, inExcess(part, has, needed)...)
		failures = append(failures, missing(part, has, needed)...)
		if part.UsesAPI() != (len(has) > 0) {
			failures = append(failures, fmt.Sprintf("%s: token mounted is %t, rules are bound is %t", part, part.UsesAPI(), len(has) > 0))
		}
	}
	accounts, err := serviceAccounts(golden, parts)
	if err != nil {
		return nil, err
	}
	strangers, err := strangers(golden, parts)
	return slices.Concat(failures, accounts, strangers), err
}

// strangers are subjects of our bindings that are not our parts.
func strangers(golden goldens.Golden, parts []goldens.Part) ([]string, error) {
	roleBindings, err := goldens.Of[rbacv1.RoleBinding](golden)
	if err != nil {
		return nil, err
	}
	clusterBindings, err := goldens.Of[rbacv1.ClusterRoleBinding](golden)
	if err != nil {
		return nil, err
	}
	var subjects []rbacv1.Subject
	for _, binding := range roleBindings {
		subjects = append(subjects, binding.Subjects...)
	}
	for _, binding := range clusterBindings {
		subjects = append(subjects, binding.Subjects...)
	}
	var failures []string
	for _, subject := range subjects {
		isPart := func(part goldens.Part) bool { return binds([]rbacv1.Subject{subject}, part) }
		if !slices.ContainsFunc(parts, isPart) {
			failures = append(failures, fmt.Sprintf("rights are bound to %s %s/%s, which is no part", subject.Kind, subject.Namespace, subject.Name))
		}
	}
	return failures, nil
}

func inExcess(part goldens.Part, has rights, needed []grant) []string {
	var failures []string
	for namespace, rules := range has {
		var allowed []rbacv1.PolicyRule
		for _, grant := range needed {
			if grant.namespace == namespace || grant.namespace == "" {
				allowed = append(allowed, grant.rules...)
			}
		}
		if listsPods, _ := validation.Covers(allowed, podInformer); listsPods {
			allowed = append(allowed, documented...)
		}
		_, excess := validation.Covers(allowed, rules)
		for _, rule := range excess {
			failures = append(failures, fmt.Sprintf("%s has in excess, in %s: %s", part, scope(namespace), describe(rule)))
		}
	}
	return failures
}

func missing(part goldens.Part, has rights, needed []grant) []string {
	var failures []string
	for _, grant := range needed {
		_, lacking := validation.Covers(slices.Concat(has[""], has[grant.namespace]), grant.rules)
		for _, rule := range lacking {
			failures = append(failures, fmt.Sprintf("%s lacks, in %s: %s", part, scope(grant.namespace), describe(rule)))
		}
	}
	return failures
}

// serviceAccounts checks that each part has its own account and that the account itself hands out no token.
func serviceAccounts(golden goldens.Golden, parts []goldens.Part) ([]string, error) {
	accounts, err := goldens.Of[corev1.ServiceAccount](golden)
	if err != nil {
		return nil, err
	}
	var failures []string
	var used []string
	for _, part := range parts {
		name := part.Namespace + "/" + part.Template.Spec.ServiceAccountName
		if slices.Contains(used, name) {
			failures = append(failures, fmt.Sprintf("%s shares its ServiceAccount with another part", part))
		}
		used = append(used, name)
		i := slices.IndexFunc(accounts, func(a *corev1.ServiceAccount) bool { return a.Namespace+"/"+a.Name == name })
		if i < 0 {
			failures = append(failures, fmt.Sprintf("%s runs as %s, which is not rendered", part, name))
			continue
		}
		if mounts := accounts[i].AutomountServiceAccountToken; mounts == nil || *mounts {
			failures = append(failures, fmt.Sprintf("ServiceAccount %s mounts its token in every pod", name))
		}
	}
	return failures, nil
}

var podInformer = []rbacv1.PolicyRule{rule("", []string{"pods"}, informer...)}

func scope(namespace string) string {
	if namespace == "" {
		return "the cluster"
	}
	return namespace
}

func describe(rule rbacv1.PolicyRule) string {
	return fmt.Sprintf("%v %v %v %v %v", rule.Verbs, rule.APIGroups, rule.Resources, rule.ResourceNames, rule.NonResourceURLs)
}
