package apiserver

import (
	"context"
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// TestAPIServer starts one server for all tests of this package.
func TestAPIServer(t *testing.T) {
	c := newCluster(t)
	t.Run("accepts every object without a warning", func(t *testing.T) {
		goldens.Each(t, func(t *testing.T, golden goldens.Golden) {
			c.createNamespaces(t, golden, nil)
			goldens.Report(t, c.accepts(t.Context()), golden)
		})
	})
	t.Run("accepts every object and pod in a restricted namespace", func(t *testing.T) {
		goldens.Each(t, func(t *testing.T, golden goldens.Golden) {
			judged, err := golden.WithoutDeclaredHostPaths()
			if err != nil {
				t.Fatal(err)
			}
			c.createNamespaces(t, judged, everythingRestricted)
			goldens.Report(t, c.accepts(t.Context()), judged)
		})
	})
	t.Run("complains about every fault", c.testFaults)
	t.Run("grants what the inputs need and refuses the rest", c.testAccess)
	t.Run("lets the agent lead with the rendered Role", c.testLeadership)
}

// accepts asks the server to take each object and each pod, and keeps errors and warnings.
func (c *cluster) accepts(ctx context.Context) goldens.Check {
	return func(golden goldens.Golden) ([]string, error) {
		var complaints []string
		collect := func(id string, err error) {
			for _, warning := range c.warnings.take() {
				complaints = append(complaints, fmt.Sprintf("%s: warning: %s", id, warning))
			}
			if err != nil {
				complaints = append(complaints, fmt.Sprintf("%s: %v", id, err))
			}
		}
		c.warnings.take()
		for _, object := range golden.Objects {
			collect(goldens.ID(object), c.dryRun(ctx, object))
		}
		pods, err := podsOf(golden)
		if err != nil {
			return complaints, nil // The object that cannot be decoded was refused above.
		}
		for _, pod := range pods {
			options := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict}
			_, err := c.typed.CoreV1().Pods(pod.Namespace).Create(ctx, pod, options)
			collect("Pod "+pod.Namespace+"/"+pod.Name, err)
		}
		return complaints, nil
	}
}

func (c *cluster) testFaults(t *testing.T) {
	for _, golden := range goldens.All(t) {
		c.createNamespaces(t, golden, everythingRestricted)
	}
	set := func(kind string, value any, path ...string) goldens.Breakage {
		return goldens.EditRaw(kind, func(content map[string]any) error { return goldens.Set(content, value, path...) })
	}
	mutate := goldens.MutateOnce(t, c.accepts(t.Context()))
	mutate("a misspelt field", set("DaemonSet", int64(5), "spec", "minReadySecond"), "field not declared in schema")
	mutate("a misspelt field of a custom resource", set("ServiceEntry", "DNS", "spec", "resolutions"), "field not declared in schema")
	mutate("a value the CRD does not know", set("PeerAuthentication", "ON", "spec", "mtls", "mode"), "Unsupported value")
	mutate("a selector that misses its pods", set("Deployment", "other", "spec", "selector", "matchLabels", "app"), "`selector` does not match template `labels`")
	mutate("a name that is too long for a port", goldens.EditPods("DaemonSet", func(spec *corev1.PodSpec) {
		spec.Containers[0].Ports[0].Name = "http-metrics-of-the-agent"
	}), "must be no more than 15 characters")
	mutate("a mount without its volume", goldens.EditPods("StatefulSet", func(spec *corev1.PodSpec) {
		spec.Containers[0].VolumeMounts[0].Name = "gone"
	}), "volumeMounts[0].name: Not found")
	mutate("an exception of the other IP family", goldens.Edit(func(policy *networkingv1.NetworkPolicy) bool {
		for _, rule := range policy.Spec.Egress {
			for _, peer := range rule.To {
				if peer.IPBlock != nil && len(peer.IPBlock.Except) > 0 {
					peer.IPBlock.Except[0] = "2001:db8::/32"
					return peer.IPBlock.CIDR == "0.0.0.0/0"
				}
			}
		}
		return false
	}), "must be a strict subset")
	mutate("a warning of Pod Security", goldens.EditPods("DaemonSet", func(spec *corev1.PodSpec) {
		spec.Containers[0].SecurityContext.AllowPrivilegeEscalation = nil
	}), "warning: would violate PodSecurity")
	mutate("a pod that Pod Security refuses", goldens.EditPods("StatefulSet", func(spec *corev1.PodSpec) {
		spec.HostNetwork = true
	}), "violates PodSecurity \"restricted:latest\"")
	mutate("a warning about a duplicate", goldens.EditPods("DaemonSet", func(spec *corev1.PodSpec) {
		again := spec.Containers[0].Ports[0]
		again.Name = "again"
		spec.Containers[0].Ports = append(spec.Containers[0].Ports, again)
	}), "duplicate")
}
