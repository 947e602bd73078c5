package netpol

import (
	"slices"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// exception is a connection that policies allow on purpose and no row is about.
type exception struct {
	reason string
	is     func(p *planned, q question) bool
}

var exceptions = []*exception{
	{
		"no manifest tells why the manager's program asks the API server: the scenario gives it rights",
		func(p *planned, q question) bool {
			return p.world.golden.Name == "manager-with-rights" && role(q.from) == goldens.Manager && p.facts.mayBeAPIServer(q.to)
		},
	},
	{
		"policies see what is behind the address of a Service, and ranges for everything need not leave these addresses out",
		func(p *planned, q question) bool { return q.to.isAddress() && contains(p.facts.services, q.to) },
	},
	{
		"policies admit the server's own port beside HBONE: whether the server is in the ambient mesh is decided elsewhere",
		func(p *planned, q question) bool {
			return slices.ContainsFunc(p.facts.foreign, func(s foreignService) bool {
				return s.ambient && q.from.isAmbient() && q.to.Namespace == s.namespace && hasLabels(q.to, s.podLabels) &&
					q.port == tcp(s.targetPort)
			})
		},
	},
}

// unplanned names connections of our parts that both evaluators allow and no row of the plan is about. It notes which
// exceptions were needed.
func unplanned(golden goldens.Golden, flows []*flow, needed map[*exception]bool) ([]string, error) {
	p, err := newPlanned(golden)
	if err != nil {
		return nil, err
	}
	t, err := newTable(p.world)
	if err != nil {
		return nil, err
	}
	return t.complaints(func(q question) string {
		ours := q.from.Part != nil
		exists := !q.to.isAddress() || p.facts.hasFamily(q.to)
		if !ours || !exists || slices.ContainsFunc(flows, func(f *flow) bool { return p.covers(f, q) }) {
			return ""
		}
		for _, e := range exceptions {
			if e.is(p, q) {
				needed[e] = true
				return ""
			}
		}
		return "allowed, but no row of the plan is about it"
	}), nil
}
