package netpol

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// table holds every connection of our parts that is allowed.
type table struct {
	world   *world
	allowed []question
	index   map[question]bool
}

// newTable asks both evaluators every question and fails where they disagree.
func newTable(w *world) (*table, error) {
	both, err := newJudges(w)
	if err != nil {
		return nil, err
	}
	return compareAnswers(w, both)
}

func compareAnswers(w *world, both judges) (*table, error) {
	t := &table{world: w, index: map[question]bool{}}
	var disagreements []error
	for _, q := range w.questions() {
		allowed, err := both.allows(q)
		if errors.As(err, new(disagreement)) {
			disagreements = append(disagreements, err)
		} else if err != nil {
			return nil, err
		}
		if allowed {
			t.allowed = append(t.allowed, q)
			t.index[q] = true
		}
	}
	if len(disagreements) > 0 {
		return nil, fmt.Errorf("the evaluators disagree:\n%w", errors.Join(disagreements...))
	}
	return t, nil
}

// questions are all connections with one of our parts on at least one end.
func (w *world) questions() []question {
	var all []question
	for _, to := range w.endpoints {
		asked := w.portsAt(to)
		for _, from := range w.endpoints {
			if !worthAsking(from, to) {
				continue
			}
			for _, p := range asked {
				all = append(all, question{from, to, p})
			}
		}
	}
	return all
}

func worthAsking(from, to *endpoint) bool {
	switch {
	case from == to || to.Name == ambientProbes: // Probes only come from there.
		return false
	case from.TwinOf != nil: // Towards others a twin is what its part is.
		return from.TwinOf == to.Part
	case to.TwinOf != nil:
		return false
	}
	return from.Part != nil || to.Part != nil
}

const tableHeader = "# Every allowed connection of our parts. Port 31337 stands for the ports nobody declares.\n"

// String is the golden form: one line a connection, sorted.
func (t *table) String() string {
	lines := make([]string, 0, len(t.allowed))
	for _, q := range t.allowed {
		lines = append(lines, q.String()+"\n")
	}
	slices.Sort(lines)
	return tableHeader + strings.Join(lines, "")
}
