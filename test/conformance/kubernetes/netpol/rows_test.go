package netpol

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// rowsHold compares a golden with the plan of the scenario.
func rowsHold(golden goldens.Golden) ([]string, error) {
	flows, err := plannedFlows(golden.Name)
	if err != nil {
		return nil, err
	}
	failures, _, err := compareRows(golden, flows)
	return failures, err
}

func TestBothEvaluatorsAgreeWithEveryRowOfThePlans(t *testing.T) {
	goldens.Each(t, func(t *testing.T, golden goldens.Golden) {
		flows, err := plannedFlows(golden.Name)
		if err != nil {
			t.Fatal(err)
		}
		failures, count, err := compareRows(golden, flows)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(count)
		for _, failure := range failures {
			t.Error(failure)
		}
	})
}

func TestEveryAllowedConnectionHasARow(t *testing.T) {
	needed := map[*exception]bool{}
	goldens.Each(t, func(t *testing.T, golden goldens.Golden) {
		goldens.Report(t, func(golden goldens.Golden) ([]string, error) {
			flows, err := plannedFlows(golden.Name)
			if err != nil {
				return nil, err
			}
			return unplanned(golden, flows, needed)
		}, golden)
	})
	for _, e := range exceptions {
		if !needed[e] {
			t.Errorf("no connection needs this exception: %s", e.reason)
		}
	}
}

func TestEveryPlanAndEveryFactBelongsToAGolden(t *testing.T) {
	read := map[string]bool{}
	for _, golden := range goldens.All(t) {
		read[planFile(golden.Name)] = true
	}
	files, err := filepath.Glob(planFile("*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !read[file] {
			t.Errorf("nothing reads %s", file)
		}
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(declaredFacts)), slices.Collect(maps.Keys(otherPlans))) {
		if !read[planFile(name)] {
			t.Errorf("%s is no golden", name)
		}
	}
}
