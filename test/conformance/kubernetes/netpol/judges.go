package netpol

import "fmt"

// judges are both evaluators of one world.
type judges struct{ first, second evaluator }

// disagreement is a question that the evaluators answer differently.
type disagreement string

func (d disagreement) Error() string { return string(d) }

func newJudges(w *world) (judges, error) {
	first, err := newCyclonus(w)
	if err != nil {
		return judges{}, err
	}
	second, err := newAnalyzer(w)
	return judges{first, second}, err
}

// allows is what both say, or an error.
func (j judges) allows(q question) (bool, error) {
	allowed, err := j.first.allows(q)
	if err != nil || !j.second.canExpress(q) {
		return allowed, err
	}
	other, err := j.second.allows(q)
	if err == nil && other != allowed {
		err = disagreement(fmt.Sprintf("%s: %s says %t, %s says %t", q, j.first.name(), allowed, j.second.name(), other))
	}
	return allowed, err
}
