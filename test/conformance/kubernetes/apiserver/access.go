package apiserver

import (
	"context"
	"fmt"
	"slices"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// request is one thing a ServiceAccount may try.
type request struct {
	attributes authorizationv1.ResourceAttributes
	granted    bool
}

func (r request) String() string {
	a := r.attributes
	resource := strings.Trim(a.Resource+"/"+a.Subresource, "/")
	if a.Name != "" {
		resource += " " + a.Name
	}
	scope := "in the cluster"
	if a.Namespace != "" {
		scope = "in " + a.Namespace
	}
	return fmt.Sprintf("%s %s %s", a.Verb, resource, scope)
}

func ask(granted bool, verb, group, resource, namespace, name string) request {
	resource, subresource, _ := strings.Cut(resource, "/")
	return request{authorizationv1.ResourceAttributes{
		Verb: verb, Group: group, Resource: resource, Subresource: subresource, Namespace: namespace, Name: name,
	}, granted}
}

// forbidden is what no part may do, whatever its inputs. What else the manager may do is the user's choice.
func forbidden(part goldens.Part) []request {
	all := []request{
		ask(false, "get", "", "nodes/proxy", "", ""),
		ask(false, "create", "", "nodes/proxy", "", ""),
		ask(false, "impersonate", "", "serviceaccounts", "", ""),
		ask(false, "*", "*", "*", "", ""),
	}
	for _, where := range []string{part.Namespace, "kube-system", ""} {
		all = append(all,
			ask(false, "create", "", "pods/exec", where, ""),
			ask(false, "create", "", "serviceaccounts/token", where, ""),
			ask(false, "create", "rbac.authorization.k8s.io", "rolebindings", where, ""),
		)
		if part.Role == goldens.Manager {
			continue
		}
		all = append(all,
			ask(false, "get", "", "secrets", where, ""),
			ask(false, "list", "", "secrets", where, ""),
			ask(false, "watch", "", "secrets", where, ""),
			ask(false, "create", "", "pods", where, ""),
			ask(false, "update", "apps", "daemonsets", where, ""),
		)
		if part.Role != goldens.Agent || where != part.Namespace {
			all = append(all, ask(false, "create", "coordination.k8s.io", "leases", where, ""))
		}
	}
	return all
}

// requestsOf are the questions about one part; those of the agent depend on what its collector runs.
func requestsOf(golden goldens.Golden, part goldens.Part) ([]request, error) {
	all := forbidden(part)
	if part.Role != goldens.Agent {
		return append(all, ask(false, "get", "", "nodes/stats", "", "")), nil
	}
	config, err := golden.Config(part)
	if err != nil {
		return nil, err
	}
	all = append(all,
		ask(config.Starts("k8s_attributes"), "list", "", "pods", "", ""),
		ask(config.Starts("kubelet_stats"), "get", "", "nodes/stats", "", ""),
		ask(config.Starts("k8s_leader_elector"), "create", "coordination.k8s.io", "leases", part.Namespace, ""),
		ask(config.Starts("k8s_cluster"), "watch", "apps", "deployments", "", ""),
		ask(false, "update", "coordination.k8s.io", "leases", part.Namespace, "of-somebody-else"),
		ask(false, "update", "coordination.k8s.io", "leases", part.Namespace, ""),
		ask(false, "update", "coordination.k8s.io", "leases", "kube-system", ""),
	)
	for name, component := range config.Started() {
		if goldens.Type(name) != "k8s_leader_elector" {
			continue
		}
		lease, namespace := fmt.Sprint(component["lease_name"]), fmt.Sprint(component["lease_namespace"])
		all = append(all,
			ask(true, "get", "coordination.k8s.io", "leases", namespace, lease),
			ask(true, "update", "coordination.k8s.io", "leases", namespace, lease),
			ask(false, "delete", "coordination.k8s.io", "leases", namespace, lease),
		)
	}
	return all, nil
}

// rightsOf returns every rendered rule as requests, so that a test knows when the server has read all of them.
func rightsOf(golden goldens.Golden) ([]rendered, error) {
	var all []rendered
	roles, err := goldens.Of[rbacv1.Role](golden)
	if err != nil {
		return nil, err
	}
	bindings, err := goldens.Of[rbacv1.RoleBinding](golden)
	if err != nil {
		return nil, err
	}
	for _, binding := range bindings {
		i := slices.IndexFunc(roles, func(r *rbacv1.Role) bool {
			return r.Name == binding.RoleRef.Name && r.Namespace == binding.Namespace
		})
		if i >= 0 {
			all = append(all, expand(binding.Subjects, roles[i].Rules, binding.Namespace)...)
		}
	}
	clusterRoles, err := goldens.Of[rbacv1.ClusterRole](golden)
	if err != nil {
		return nil, err
	}
	clusterBindings, err := goldens.Of[rbacv1.ClusterRoleBinding](golden)
	if err != nil {
		return nil, err
	}
	for _, binding := range clusterBindings {
		i := slices.IndexFunc(clusterRoles, func(r *rbacv1.ClusterRole) bool { return r.Name == binding.RoleRef.Name })
		if i >= 0 {
			all = append(all, expand(binding.Subjects, clusterRoles[i].Rules, "")...)
		}
	}
	return all, nil
}

// rendered is one right as the golden grants it.
type rendered struct {
	user    string
	request request
}

func expand(subjects []rbacv1.Subject, rules []rbacv1.PolicyRule, namespace string) []rendered {
	var all []rendered
	for _, subject := range subjects {
		for _, rule := range rules {
			names := rule.ResourceNames
			if len(names) == 0 {
				names = []string{""}
			}
			for _, group := range rule.APIGroups {
				for _, resource := range rule.Resources {
					for _, verb := range rule.Verbs {
						for _, name := range names {
							all = append(all, rendered{userName(subject.Namespace, subject.Name), ask(true, verb, group, resource, namespace, name)})
						}
					}
				}
			}
		}
	}
	return all
}

func userName(namespace, account string) string {
	return "system:serviceaccount:" + namespace + ":" + account
}

func (c *cluster) may(ctx context.Context, user string, r request) (bool, error) {
	namespace := strings.Split(user, ":")[2]
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User:               user,
		Groups:             []string{"system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated"},
		ResourceAttributes: &r.attributes,
	}}
	answer, err := c.typed.AuthorizationV1().SubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
	if err != nil {
		return false, err
	}
	return answer.Status.Allowed, nil
}
