package lint

import (
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

var list = ignoreList(ignored)

func TestEveryCriticalFindingIsOnTheIgnoreList(t *testing.T) {
	goldens.Each(t, func(t *testing.T, golden goldens.Golden) { goldens.Report(t, list.criticals, golden) })
}

func TestEveryWarningIsOnTheIgnoreList(t *testing.T) {
	goldens.Each(t, func(t *testing.T, golden goldens.Golden) { goldens.Report(t, list.warnings, golden) })
}

func TestTheIgnoreListExcusesAtMostThreeCriticalsOfAPod(t *testing.T) {
	goldens.Each(t, func(t *testing.T, golden goldens.Golden) { goldens.Report(t, list.excess, golden) })
}

func TestEveryEntryOfTheIgnoreListIsNeededAndHasAReason(t *testing.T) {
	all := map[string][]result{}
	var results []result
	for _, golden := range goldens.All(t) {
		ofGolden, err := failed(golden)
		if err != nil {
			t.Fatal(err)
		}
		all[golden.Name] = ofGolden
		results = append(results, ofGolden...)
	}
	for _, failure := range list.unused(results) {
		t.Error(failure)
	}
	for _, e := range list {
		if e.reason == "" {
			t.Errorf("%s has no reason", e.check)
		}
	}
	t.Logf("\n%s", table(list, all))
}
