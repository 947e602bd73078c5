package plan

import (
	"flag"
	"fmt"
	"testing"
)

var firstSeed = flag.Uint64("seed", 1, "seed of the first random world")

// worlds gives about 30,000 questions.
const worlds = 60

func TestThePlanAndCyclonusAgreeOnEveryPair(t *testing.T) {
	all := randomWorlds(worlds)
	verdicts, err := planned(all)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for i, w := range all {
		found, err := disagreements(w, verdicts[i])
		if err != nil {
			t.Fatal(err)
		}
		for _, disagreement := range found {
			t.Errorf("seed %d: %s", *firstSeed+uint64(i), disagreement)
		}
		for _, verdict := range verdicts[i] {
			counts[verdict]++
		}
	}
	t.Logf("verdicts: %v", counts)
	if counts["allowed"] < 2500 || counts["denied"] < 2500 {
		t.Errorf("so few verdicts of one kind prove little: %v", counts)
	}
}

func randomWorlds(n int) []*world {
	var all []*world
	for i := range n {
		all = append(all, newWorld(*firstSeed+uint64(i)))
	}
	return all
}

// disagreements compares the plan's verdicts on the questions of a world with those of cyclonus.
func disagreements(w *world, verdicts []string) ([]string, error) {
	judge, err := newCyclonus(w)
	if err != nil {
		return nil, err
	}
	var found []string
	for i, q := range w.questions() {
		if want := judge.verdict(q); verdicts[i] != want {
			found = append(found, fmt.Sprintf("%s: cyclonus says %s, the plan says %s", q, want, verdicts[i]))
		}
	}
	return found, nil
}
