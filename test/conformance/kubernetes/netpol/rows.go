package netpol

import (
	"fmt"
	"slices"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// figures count the rows of a plan by how they are compared.
type figures struct {
	asked       map[verdict]int // of the plan, on which both evaluators were asked
	exempt      int             // from the kubelet, to which a pod is always open
	loopback    int             // a pod always reaches itself
	connections int
	byOne       int // of these, IPv6: for cyclonus alone
}

func (f figures) String() string {
	return fmt.Sprintf("rows: %d allowed, %d denied, %d unknown in %d connections, %d of them for cyclonus alone; %d from the kubelet, %d inside a pod",
		f.asked[saysAllowed], f.asked[saysDenied], f.asked[saysUnknown], f.connections, f.byOne, f.exempt, f.loopback)
}

// compareRows names the rows of a plan that both evaluators contradict.
func compareRows(golden goldens.Golden, flows []*flow) ([]string, figures, error) {
	count := figures{asked: map[verdict]int{}}
	p, err := newPlanned(golden)
	if err != nil {
		return nil, count, err
	}
	p.addUndescribed(flows)
	both, err := newJudges(p.world)
	if err != nil {
		return nil, count, err
	}
	var failures []string
	for _, f := range flows {
		complaints, err := p.compare(f, both, &count)
		if err != nil {
			return nil, count, err
		}
		for _, complaint := range complaints {
			failures = append(failures, fmt.Sprintf("%s: %s", f, complaint))
		}
	}
	return failures, count, nil
}

func (p *planned) compare(f *flow, both judges, count *figures) ([]string, error) {
	connections := p.instances(f)
	switch {
	case f.From == "kubelet":
		count.exempt++
		return f.mustSayAllowed("a pod is always open to its own node"), nil
	case len(connections) == 0:
		return []string{"this test knows nobody whom the row can mean"}, nil
	case !slices.ContainsFunc(connections, func(q question) bool { return q.from != q.to }):
		count.loopback++
		return f.mustSayAllowed("a pod always reaches itself"), nil
	}
	count.asked[f.NetworkPolicy]++
	count.connections += len(connections)
	examples := map[bool]question{}
	for _, q := range connections {
		allowed, err := both.allows(q)
		if err != nil {
			return nil, err
		}
		if !both.second.canExpress(q) {
			count.byOne++
		}
		examples[allowed || q.from == q.to] = q
	}
	return append(p.misplaced(f, connections[0].to), f.contradictions(examples)...), nil
}

func (f *flow) mustSayAllowed(reason string) []string {
	if f.NetworkPolicy != saysAllowed {
		return []string{fmt.Sprintf("the plan says %s, but %s", f.NetworkPolicy, reason)}
	}
	return nil
}

// misplaced checks the translation of addresses: on another port all verdicts would be worthless.
func (p *planned) misplaced(f *flow, to *endpoint) []string {
	if actual := p.listensOn(f, to); actual != 0 && (f.TargetPort == nil || *f.TargetPort != actual) {
		return []string{fmt.Sprintf("the server listens on %d", actual)}
	}
	return nil
}

// contradictions compare the verdict with one allowed and one denied connection, as far as there are such.
func (f *flow) contradictions(examples map[bool]question) []string {
	passing, isAllowed := examples[true]
	stopped, isDenied := examples[false]
	switch {
	case f.NetworkPolicy == saysAllowed && isDenied:
		return []string{fmt.Sprintf("the plan says allowed, the evaluators deny %s", stopped)}
	case f.NetworkPolicy == saysDenied && isAllowed:
		return []string{fmt.Sprintf("the plan says denied, the evaluators allow %s", passing)}
	case f.NetworkPolicy == saysUnknown && !isDenied:
		return []string{fmt.Sprintf("the plan says unknown, the evaluators allow it all, such as %s", passing)}
	case f.NetworkPolicy == saysUnknown && !isAllowed:
		return []string{fmt.Sprintf("the plan says unknown, the evaluators deny it all, such as %s", stopped)}
	}
	return nil
}
