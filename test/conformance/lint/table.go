package lint

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// figures count failed checks of one pod.
type figures struct{ criticals, warnings int }

// table shows, per part, the pod with most failed checks: as kube-score sees it, and after the list.
func table(list ignoreList, results map[string][]result) string {
	before, after := map[goldens.Role]figures{}, map[goldens.Role]figures{}
	for _, ofGolden := range results {
		unlisted := []result{}
		for _, r := range ofGolden {
			if !list.excuses(r) {
				unlisted = append(unlisted, r)
			}
		}
		raise(before, ofGolden)
		raise(after, unlisted)
	}
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "part\tcriticals/warnings\tafter the ignore list")
	for _, part := range goldens.Roles {
		b, a := before[part], after[part]
		fmt.Fprintf(w, "%s\t%d/%d\t%d/%d\n", part, b.criticals, b.warnings, a.criticals, a.warnings)
	}
	w.Flush()
	return text.String()
}

// raise puts the largest figures of any pod of a part into most.
func raise(most map[goldens.Role]figures, results []result) {
	pods := map[string]figures{}
	for _, r := range results {
		pod := pods[r.object]
		if r.isCritical() {
			pod.criticals++
		} else {
			pod.warnings++
		}
		pods[r.object] = pod
		most[r.role] = figures{max(most[r.role].criticals, pod.criticals), max(most[r.role].warnings, pod.warnings)}
	}
}
