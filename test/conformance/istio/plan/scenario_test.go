// Package plan compares every row of every golden's traffic plan with what the kernel and Istio make of the connection.
package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/facts"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/istio"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/redirect"
)

func TestMain(m *testing.M) { redirect.Main(m) }

// scenario is a plan with what it is about.
type scenario struct {
	golden.Plan
	facts     facts.Facts
	workloads map[string]*workload
	// What the oracles say about each row, once asked: mutation tests ask again.
	seen    [][]seen
	results [][]result
}

// workload is one of the manifests, as Istio's webhook leaves it.
type workload struct {
	golden.Workload
	pod   *corev1.Pod
	plane string
}

var cache struct {
	sync.Mutex
	scenarios []*scenario
}

// scenarios returns every plan.
func scenarios(t *testing.T) []*scenario {
	t.Helper()
	cache.Lock()
	defer cache.Unlock()
	if cache.scenarios != nil {
		return cache.scenarios
	}
	var all []*scenario
	for _, plan := range golden.Plans(t) {
		s := &scenario{Plan: plan, facts: facts.Of(t, plan.Name), workloads: map[string]*workload{}}
		for _, w := range plan.File.Workloads(t) {
			s.workloads[w.ID()] = s.admit(t, w)
		}
		all = append(all, s)
	}
	cache.scenarios = all
	return all
}

// admit asks Istio's webhook, injector and istio-cni about a workload, as far as the cluster's mesh has them.
func (s *scenario) admit(t *testing.T, w golden.Workload) *workload {
	t.Helper()
	pod := w.Pod()
	namespace := map[string]string{}
	for _, object := range s.File.OfKind("Namespace") {
		if object.Name == w.Namespace {
			namespace = object.Labels
		}
	}
	switch s.facts.Mesh.Mode {
	case "sidecar":
		install := istio.New(t, istio.Options{Revision: w.Template.Labels["istio.io/rev"]})
		names, err := install.Webhooks(namespace, pod)
		if err != nil {
			t.Fatalf("%s: %v", w, err)
		}
		if len(names) > 0 {
			if pod, _, err = install.Inject(pod); err != nil {
				t.Fatalf("%s: %v", w, err)
			}
		}
	case "ambient":
		if istio.InAmbient(t, namespace, pod) {
			return &workload{w, pod, "ambient"}
		}
	}
	if golden.Container(pod, "istio-proxy") != nil {
		return &workload{w, pod, "sidecar"}
	}
	return &workload{w, pod, "none"}
}

// plane is that of a row's end; what is no pod has none.
func (s *scenario) plane(id string) string {
	if w, found := s.workloads[id]; found {
		return w.plane
	}
	return "none"
}

// target is the workload that a row goes to.
func (s *scenario) target(row golden.Flow) (*workload, bool) {
	for _, w := range s.workloads {
		if row.To.Kind == "workload" && w.Namespace == row.To.Namespace && w.Name == row.To.Name {
			return w, true
		}
	}
	return nil, false
}

// agent is a workload's collector.
func (s *scenario) agent(t *testing.T, id string) golden.Agent {
	t.Helper()
	for _, agent := range s.File.Agents(t) {
		if agent.ID() == id {
			return agent
		}
	}
	t.Fatalf("%s: %s runs no collector", s.Name, id)
	return golden.Agent{}
}

// rules are those of a workload's sidecar.
func (s *scenario) rules(t *testing.T, id string) capture.Rules {
	t.Helper()
	rules, err := capture.Parse(s.workloads[id].Template.Annotations)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// podsLike are the addresses that a pod can have which dials a host: one of each family of the cluster. A host of another
// family is reached by pods of that family, or of both.
func (s *scenario) podsLike(host string) [][]netip.Addr {
	var own []netip.Addr
	for _, prefix := range s.facts.Pods() {
		own = append(own, facts.Nth(prefix, 1, 10))
	}
	slices.SortFunc(own, netip.Addr.Compare) // As Linux lists them: IPv4 first.
	literal, err := netip.ParseAddr(host)
	if err != nil || reaches(own, literal) {
		return [][]netip.Addr{own}
	}
	other := facts.Nth(netip.MustParsePrefix("fd00:10:244::/56"), 1, 10)
	return [][]netip.Addr{{other}, append(own, other)}
}

func reaches(own []netip.Addr, to netip.Addr) bool {
	return slices.ContainsFunc(own, func(address netip.Addr) bool { return address.Is4() == to.Is4() })
}

// disagreement is a field of a row of which an oracle says something else.
type disagreement struct {
	row         int
	field, text string
}

func (s *scenario) disagree(row int, field, plan, oracle string) disagreement {
	return disagreement{row, field, fmt.Sprintf("%s.traffic.json, %s: the plan says %s %s, %s",
		s.Name, s.Flows[row], field, plan, oracle)}
}
