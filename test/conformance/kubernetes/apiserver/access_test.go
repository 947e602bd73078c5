package apiserver

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

func (c *cluster) testAccess(t *testing.T) {
	goldens.Each(t, func(t *testing.T, golden goldens.Golden) { goldens.Report(t, c.access(t), golden) })

	mutate := goldens.MutateOnce(t, c.access(t))
	mutate("nodes/proxy", addRule("get", "", "nodes/proxy"), "can get nodes/proxy in the cluster")
	mutate("secrets", addRule("list", "", "secrets"), "can list secrets in kube-system")
	mutate("everything", addRule("*", "*", "*"), "can * * in the cluster")
	mutate("kubelet statistics for nobody", addRule("get", "", "nodes/stats"), "can get nodes/stats in the cluster")
	mutate("every lease", goldens.Edit(func(role *rbacv1.Role) bool {
		i := slices.IndexFunc(role.Rules, func(r rbacv1.PolicyRule) bool { return len(r.ResourceNames) > 0 })
		if i >= 0 {
			role.Rules[i].ResourceNames = nil
		}
		return i >= 0
	}), "can update leases of-somebody-else")
	mutate("no role", goldens.Remove("ClusterRoleBinding"), "cannot list pods in the cluster")
}

func addRule(verb, group, resource string) goldens.Breakage {
	return goldens.Edit(func(role *rbacv1.ClusterRole) bool {
		added := rbacv1.PolicyRule{Verbs: []string{verb}, APIGroups: []string{group}, Resources: []string{resource}}
		hadIt := slices.ContainsFunc(role.Rules, func(rule rbacv1.PolicyRule) bool {
			return slices.Contains(rule.Resources, resource)
		})
		role.Rules = append(role.Rules, added)
		return !hadIt
	})
}

// access creates the golden's RBAC objects for real and asks the server's authorizer.
func (c *cluster) access(t *testing.T) goldens.Check {
	return func(golden goldens.Golden) ([]string, error) {
		c.createNamespaces(t, golden, nil)
		cleanUp, err := c.createRBAC(t, golden)
		if err != nil {
			return nil, err
		}
		defer cleanUp()
		parts, err := golden.Parts()
		if err != nil {
			return nil, err
		}
		var failures []string
		for _, part := range parts {
			requests, err := requestsOf(golden, part)
			if err != nil {
				return nil, err
			}
			user := userName(part.Namespace, part.Template.Spec.ServiceAccountName)
			for _, r := range requests {
				granted, err := c.may(t.Context(), user, r)
				if err != nil {
					return nil, err
				}
				if granted && !r.granted {
					failures = append(failures, fmt.Sprintf("%s can %s", part, r))
				}
				if !granted && r.granted {
					failures = append(failures, fmt.Sprintf("%s cannot %s", part, r))
				}
			}
		}
		return failures, nil
	}
}

// createRBAC returns when the authorizer, which watches these objects, knows all of them. The function it returns deletes
// them and waits for that too.
func (c *cluster) createRBAC(t *testing.T, golden goldens.Golden) (func(), error) {
	kinds := []string{"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}
	rights, err := rightsOf(golden)
	if err != nil {
		return nil, err
	}
	for _, object := range golden.Objects {
		if slices.Contains(kinds, object.GetKind()) {
			if err := c.apply(t.Context(), object); err != nil {
				return nil, err
			}
		}
	}
	awaitAll := func(granted bool) {
		c.await(t, fmt.Sprintf("rights of %s: %t", golden.Name, granted), func(ctx context.Context) (bool, error) {
			for _, right := range rights {
				allowed, err := c.may(ctx, right.user, right.request)
				if err != nil || allowed != granted {
					return false, err
				}
			}
			return true, nil
		})
	}
	awaitAll(true)
	return func() {
		for _, object := range golden.Objects {
			if slices.Contains(kinds, object.GetKind()) {
				if err := c.delete(t.Context(), object); err != nil {
					t.Error(err)
				}
			}
		}
		awaitAll(false)
	}, nil
}

// testLeadership runs client-go's leader election, as the collector does, with the agent's identity and nothing else.
func (c *cluster) testLeadership(t *testing.T) {
	goldens.Each(t, func(t *testing.T, golden goldens.Golden) {
		c.createNamespaces(t, golden, nil)
		cleanUp, err := c.createRBAC(t, golden)
		if err != nil {
			t.Fatal(err)
		}
		defer cleanUp()
		parts, err := golden.Parts()
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			if part.Role == goldens.Agent {
				c.lead(t, golden, part)
			}
		}
	})
}

func (c *cluster) lead(t *testing.T, golden goldens.Golden, agent goldens.Part) {
	t.Helper()
	config, err := golden.Config(agent)
	if err != nil {
		t.Fatal(err)
	}
	for name, component := range config.Started() {
		if goldens.Type(name) != "k8s_leader_elector" {
			continue
		}
		asAgent := rest.CopyConfig(c.config)
		asAgent.Impersonate.UserName = userName(agent.Namespace, agent.Template.Spec.ServiceAccountName)
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		led := false
		leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
			Lock: &resourcelock.LeaseLock{
				LeaseMeta: metav1.ObjectMeta{
					Name: fmt.Sprint(component["lease_name"]), Namespace: fmt.Sprint(component["lease_namespace"]),
				},
				Client:     kubernetes.NewForConfigOrDie(asAgent).CoordinationV1(),
				LockConfig: resourcelock.ResourceLockConfig{Identity: "agent"},
			},
			LeaseDuration: 15 * time.Second, RenewDeadline: 10 * time.Second, RetryPeriod: 2 * time.Second,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(context.Context) { led = true; stop() },
				OnStoppedLeading: func() {},
			},
		})
		stop()
		if !led {
			t.Errorf("%s does not become leader with its rendered rights", agent)
		}
	}
}
