package lint

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

var workloads = []string{"DaemonSet", "StatefulSet", "Deployment"}

func TestWhatIsWrongWithAContainerIsNamed(t *testing.T) {
	yes := true
	low := int64(1000)
	for _, kind := range workloads {
		container := func(change func(c *corev1.Container)) goldens.Breakage {
			return goldens.EditPods(kind, func(spec *corev1.PodSpec) { change(&spec.Containers[0]) })
		}
		t.Run(kind, func(t *testing.T) {
			mutate := goldens.Mutate(t, list.criticals)
			mutate("no memory limit", container(func(c *corev1.Container) { delete(c.Resources.Limits, corev1.ResourceMemory) }),
				"container-resources: Memory limit is not set")
			mutate("no CPU request", container(func(c *corev1.Container) { delete(c.Resources.Requests, corev1.ResourceCPU) }),
				"container-resources: CPU request is not set")
			mutate("no limit of the disk", container(func(c *corev1.Container) { delete(c.Resources.Limits, corev1.ResourceEphemeralStorage) }),
				"container-ephemeral-storage-request-and-limit: Ephemeral Storage limit is not set")
			mutate("writable root", container(func(c *corev1.Container) { c.SecurityContext.ReadOnlyRootFilesystem = nil }),
				"container-security-context-readonlyrootfilesystem")
			mutate("privileged", container(func(c *corev1.Container) { c.SecurityContext.Privileged = &yes }),
				"container-security-context-privileged")
			mutate("low user", container(func(c *corev1.Container) { c.SecurityContext.RunAsUser = &low }),
				"container-security-context-user-group-id: The container is running with a low user ID")
			mutate("latest", container(func(c *corev1.Container) { c.Image = "registry.example/image:latest" }), "container-image-tag")
			mutate("a variable twice", container(func(c *corev1.Container) { c.Env = append(c.Env, c.Env[0]) }),
				"environment-variable-key-duplication")
			mutate("no readiness probe", container(func(c *corev1.Container) { c.ReadinessProbe = nil }),
				"pod-probes: Container is missing a readinessProbe")
			mutate("none, and an annotation", ignoringItself(kind), "container-image-tag")
		})
	}
}

// ignoringItself breaks a workload and asks kube-score to overlook it.
func ignoringItself(kind string) goldens.Breakage {
	annotate := goldens.EditRaw(kind, func(content map[string]any) error {
		return goldens.Set(content, "container-image-tag", "metadata", "annotations", "kube-score/ignore")
	})
	untag := goldens.EditPods(kind, func(spec *corev1.PodSpec) { spec.Containers[0].Image = "registry.example/image" })
	return func(golden *goldens.Golden) (bool, error) {
		if broken, err := untag(golden); !broken || err != nil {
			return broken, err
		}
		return annotate(golden)
	}
}

func TestEqualProbesAreNamedWhereThereAreTwoEndpoints(t *testing.T) {
	for _, kind := range []string{"StatefulSet", "Deployment"} {
		equal := goldens.EditPods(kind, func(spec *corev1.PodSpec) { spec.Containers[0].LivenessProbe = spec.Containers[0].ReadinessProbe })
		goldens.Mutate(t, list.criticals)(kind, equal, "pod-probes-identical")
	}
}

func TestAMissingNetworkPolicyIsNamed(t *testing.T) {
	for _, part := range goldens.Roles {
		without := func(direction networkingv1.PolicyType) goldens.Breakage {
			return policyOf(part, func(spec *networkingv1.NetworkPolicySpec) {
				spec.PolicyTypes = slices.DeleteFunc(spec.PolicyTypes, func(p networkingv1.PolicyType) bool { return p == direction })
			})
		}
		t.Run(string(part), func(t *testing.T) {
			mutate := goldens.Mutate(t, list.criticals)
			mutate("none", noPolicy(part), "pod-networkpolicy: The pod does not have a matching NetworkPolicy")
			mutate("of no pod", policyOf(part, func(spec *networkingv1.NetworkPolicySpec) { spec.PodSelector.MatchLabels["version"] = "1" }),
				"networkpolicy-targets-pod")
			mutate = goldens.Mutate(t, list.warnings)
			mutate("no ingress", without(networkingv1.PolicyTypeIngress), "pod-networkpolicy: The pod does not have a matching ingress")
			mutate("no egress", without(networkingv1.PolicyTypeEgress), "pod-networkpolicy: The pod does not have a matching egress")
		})
	}
}

func policyOf(part goldens.Role, change func(spec *networkingv1.NetworkPolicySpec)) goldens.Breakage {
	return goldens.Edit(func(policy *networkingv1.NetworkPolicy) bool {
		if policy.Spec.PodSelector.MatchLabels[goldens.RoleLabel] != string(part) {
			return false
		}
		change(&policy.Spec)
		return true
	})
}

func noPolicy(part goldens.Role) goldens.Breakage {
	return func(golden *goldens.Golden) (bool, error) {
		for i, object := range golden.Objects {
			if object.GetKind() == "NetworkPolicy" && object.GetLabels()[goldens.RoleLabel] == string(part) {
				golden.Objects = slices.Delete(golden.Objects, i, i+1)
				return true, nil
			}
		}
		return false, nil
	}
}

func TestWhatIsWrongBesideThePodIsNamed(t *testing.T) {
	mutate := goldens.Mutate(t, list.criticals)
	mutate("a Service of no pod", goldens.Edit(func(service *corev1.Service) bool {
		service.Spec.Selector["version"] = "1"
		return true
	}), "service-targets-pod")
	mutate("no budget", goldens.Remove("PodDisruptionBudget"), "deployment-has-poddisruptionbudget")
	mutate("a budget without a number", goldens.Edit(func(budget *policyv1.PodDisruptionBudget) bool {
		budget.Spec.MaxUnavailable = nil
		return true
	}), "poddisruptionbudget-has-policy")
	goldens.Mutate(t, list.warnings)("a port of every node", goldens.Edit(func(service *corev1.Service) bool {
		service.Spec.Type = corev1.ServiceTypeNodePort
		return true
	}), "service-type")
}

func TestAnEntryTooManyIsNamed(t *testing.T) {
	writable := entry{
		check:   "container-security-context-readonlyrootfilesystem",
		finding: "The pod has a container with a writable root filesystem",
		parts:   []goldens.Role{goldens.Agent},
	}
	longer := append(slices.Clone(list), writable)
	goldens.Mutate(t, longer.excess)("a fourth critical", goldens.EditPods("DaemonSet", func(spec *corev1.PodSpec) {
		spec.Containers[0].SecurityContext.ReadOnlyRootFilesystem = nil
	}), "the list excuses 4 critical checks")
	t.Run("unused", func(t *testing.T) {
		failures := longer[len(list):].unused(nil)
		if len(failures) != 1 || !strings.Contains(failures[0], "no metric-agent needs the entry") {
			t.Errorf("got %v", failures)
		}
	})
}
