package kubeapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// account is a ServiceAccount and what it may do, by namespace; the empty one is the whole cluster.
type account struct {
	name  string
	rules map[string][]rbacv1.PolicyRule
}

// Account admits a ServiceAccount that shows the token.
func (s *Server) Account(token, name string, rules map[string][]rbacv1.PolicyRule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[token] = &account{name, rules}
}

// Denied are the requests for which a rule was missing.
func (s *Server) Denied() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return tree.Keys(s.denied)
}

func (s *Server) authenticate(r *http.Request) (*account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.accounts[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	return found, ok
}

func (a *account) may(r request) bool {
	for _, namespace := range slices.Compact([]string{"", r.namespace}) {
		if slices.ContainsFunc(a.rules[namespace], r.coveredBy) {
			return true
		}
	}
	return false
}

func (r request) coveredBy(rule rbacv1.PolicyRule) bool {
	resource := r.resource
	if r.subresource != "" {
		resource += "/" + r.subresource
	}
	return has(rule.Verbs, r.verb) && has(rule.APIGroups, r.group) && has(rule.Resources, resource) &&
		(len(rule.ResourceNames) == 0 || slices.Contains(rule.ResourceNames, r.name))
}

func has(allowed []string, wanted string) bool {
	return slices.Contains(allowed, wanted) || slices.Contains(allowed, "*")
}

func (s *Server) deny(w http.ResponseWriter, account *account, r request) {
	message := fmt.Sprintf("%s may not %s %s.%s in namespace %q", account.name, r.verb, r.resource, r.group, r.namespace)
	s.mu.Lock()
	s.denied[message] = true
	s.mu.Unlock()
	fail(w, http.StatusForbidden, metav1.StatusReasonForbidden, message)
}
