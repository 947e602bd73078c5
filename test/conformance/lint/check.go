package lint

import (
	"fmt"
	"slices"

	"github.com/zegl/kube-score/scorecard"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// maxIgnored is how many critical checks of one pod the list may excuse: a list that grows is no judge.
const maxIgnored = 3

type ignoreList []entry

// criticals returns the findings of grade critical that are not on the list.
func (l ignoreList) criticals(golden goldens.Golden) ([]string, error) {
	return l.unlisted(golden, result.isCritical)
}

// warnings returns the findings of grade warning that are not on the list.
func (l ignoreList) warnings(golden goldens.Golden) ([]string, error) {
	return l.unlisted(golden, func(r result) bool { return !r.isCritical() })
}

func (l ignoreList) unlisted(golden goldens.Golden, ofGrade func(result) bool) ([]string, error) {
	results, err := failed(golden)
	if err != nil {
		return nil, err
	}
	var failures []string
	for _, r := range results {
		for _, finding := range r.findings {
			if ofGrade(r) && !l.has(r, finding) {
				failures = append(failures, fmt.Sprintf("%s: %s: %s", r.object, r.check, finding))
			}
		}
	}
	return failures, nil
}

// excess returns the pods of which the list excuses too much.
func (l ignoreList) excess(golden goldens.Golden) ([]string, error) {
	results, err := failed(golden)
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	for _, r := range results {
		if r.isCritical() && l.excuses(r) {
			count[r.object]++
		}
	}
	var failures []string
	for object, checks := range count {
		if checks > maxIgnored {
			failures = append(failures, fmt.Sprintf("%s: the list excuses %d critical checks, at most %d", object, checks, maxIgnored))
		}
	}
	return failures, nil
}

// unused returns the entries that no result needs, part by part.
func (l ignoreList) unused(results []result) []string {
	var failures []string
	for _, e := range l {
		for _, part := range e.parts {
			single := ignoreList{{check: e.check, finding: e.finding, parts: []goldens.Role{part}}}
			needed := func(r result) bool {
				return slices.ContainsFunc(r.findings, func(finding string) bool { return single.has(r, finding) })
			}
			if !slices.ContainsFunc(results, needed) {
				failures = append(failures, fmt.Sprintf("no %s needs the entry %s: %s", part, e.check, e.finding))
			}
		}
	}
	return failures
}

// excuses tells whether nothing is left of the result.
func (l ignoreList) excuses(r result) bool {
	return !slices.ContainsFunc(r.findings, func(finding string) bool { return !l.has(r, finding) })
}

func (l ignoreList) has(r result, finding string) bool {
	return slices.ContainsFunc(l, func(e entry) bool {
		return e.check == r.check && e.finding == finding && slices.Contains(e.parts, r.role)
	})
}

func (r result) isCritical() bool { return r.grade <= scorecard.GradeCritical }
