package rbac

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

func TestEachPartMayDoExactlyWhatItsConfigurationNeeds(t *testing.T) {
	goldens.Each(t, func(t *testing.T, golden goldens.Golden) {
		goldens.Report(t, leastPrivilege, golden)
		parts, err := golden.Parts()
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			has, err := rendered(golden, part)
			if err != nil {
				t.Fatal(err)
			}
			cluster, namespaced := has.triples()
			t.Logf("%s: %d triples in the cluster, %d in namespaces", part, cluster, namespaced)
		}
	})
}

func TestARightTooManyIsNamed(t *testing.T) {
	add := func(added rbacv1.PolicyRule) goldens.Breakage {
		return goldens.Edit(func(role *rbacv1.ClusterRole) bool { role.Rules = append(role.Rules, added); return true })
	}
	addNamespaced := func(added rbacv1.PolicyRule) goldens.Breakage {
		return goldens.Edit(func(role *rbacv1.Role) bool { role.Rules = append(role.Rules, added); return true })
	}
	mutate := goldens.Mutate(t, leastPrivilege)
	mutate("nodes/proxy", add(rule("", []string{"nodes/proxy"}, "get")), "in excess, in the cluster: [get] [] [nodes/proxy]")
	mutate("secrets", addNamespaced(rule("", []string{"secrets"}, "list")), "[list] [] [secrets]")
	mutate("any verb", add(rule("", []string{"pods"}, "*")), "in excess, in the cluster: [*] [] [pods]")
	mutate("any resource", add(rule("apps", []string{"*"}, "get")), "in excess, in the cluster: [get] [apps] [*]")
	mutate("deleting leases", addNamespaced(rule("coordination.k8s.io", []string{"leases"}, "delete")), "[delete] [coordination.k8s.io] [leases]")
	mutate("every lease", goldens.Edit(func(role *rbacv1.Role) bool {
		i := ofNames(role)
		if i >= 0 {
			role.Rules[i].ResourceNames = nil
		}
		return i >= 0
	}), "in excess, in telemetry-system: [get] [coordination.k8s.io] [leases] []")
	mutate("a path", add(rbacv1.PolicyRule{NonResourceURLs: []string{"/metrics"}, Verbs: []string{"get"}}), "[/metrics]")
	mutate("rights of an input that is not configured", withoutReceiver, "in excess, in the cluster: [get] [] [nodes/stats]")
	mutate("everybody", goldens.Edit(func(binding *rbacv1.ClusterRoleBinding) bool {
		binding.Subjects = append(binding.Subjects, rbacv1.Subject{Kind: rbacv1.GroupKind, Name: "system:authenticated"})
		return true
	}), "rights are bound to Group /system:authenticated")
	mutate("everything", goldens.Edit(func(binding *rbacv1.ClusterRoleBinding) bool {
		binding.RoleRef.Name = "cluster-admin"
		return true
	}), "bound to ClusterRole cluster-admin, which is not rendered")
}

// ofNames is the rule that is narrowed to names, or -1.
func ofNames(role *rbacv1.Role) int {
	return slices.IndexFunc(role.Rules, func(r rbacv1.PolicyRule) bool { return len(r.ResourceNames) > 0 })
}

func TestARightTooFewIsNamed(t *testing.T) {
	mutate := goldens.Mutate(t, leastPrivilege)
	mutate("kubelet statistics", without("nodes/stats"), "lacks, in the cluster: [get] [] [nodes/stats]")
	mutate("a kind that k8s_cluster watches", without("deployments"), "lacks, in the cluster: [list] [apps] [deployments]")
	mutate("the lease", goldens.Edit(func(role *rbacv1.Role) bool {
		i := ofNames(role)
		if i >= 0 {
			role.Rules[i].ResourceNames = []string{"another"}
		}
		return i >= 0
	}), "[update] [coordination.k8s.io] [leases]")
	mutate("creating the lease", goldens.Edit(func(role *rbacv1.Role) bool {
		before := len(role.Rules)
		role.Rules = slices.DeleteFunc(role.Rules, func(r rbacv1.PolicyRule) bool { return slices.Contains(r.Verbs, "create") })
		return len(role.Rules) < before
	}), "lacks, in telemetry-system: [create] [coordination.k8s.io] [leases]")
	mutate("watch in a discovered namespace", goldens.Edit(func(role *rbacv1.Role) bool {
		discovers := role.Rules[0].Resources[0] == "endpointslices"
		role.Rules[0].Verbs = []string{"list"}
		return discovers
	}), "[watch] [discovery.k8s.io] [endpointslices]")
	mutate("the binding", goldens.Remove("ClusterRoleBinding"), "lacks, in the cluster: [list] [] [pods]")
}

func TestATokenWithoutUseIsNamed(t *testing.T) {
	yes, no := true, false
	mutate := goldens.Mutate(t, leastPrivilege)
	mutate("in the pod", goldens.EditPods("Deployment", func(spec *corev1.PodSpec) {
		mounts := !*spec.AutomountServiceAccountToken
		spec.AutomountServiceAccountToken = &mounts
	}), "token mounted is")
	mutate("none in the pod", goldens.EditPods("DaemonSet", func(spec *corev1.PodSpec) {
		spec.AutomountServiceAccountToken = &no
	}), "token mounted is false, rules are bound is true")
	mutate("in every pod of the account", goldens.Edit(func(account *corev1.ServiceAccount) bool {
		account.AutomountServiceAccountToken = &yes
		return true
	}), "mounts its token in every pod")
	mutate("of another part", goldens.EditPods("StatefulSet", func(spec *corev1.PodSpec) {
		spec.ServiceAccountName = "telemetry-metric-agent"
	}), "shares its ServiceAccount with another part")
}
