package plan

import (
	"slices"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
)

// mutants are other values of each field of a row: a wrong one, and `unknown` where nothing is.
func mutants(row golden.Flow) map[string][]string {
	all := map[string][]string{
		"path":       {other(row.Path, "direct", "sidecar")},
		"encryption": {other(row.Encryption, "none", "app-tls")},
		"verdict":    {other(row.Verdict, "refused", "works")},
	}
	if row.Encryption != "unknown" && row.Verdict != "unknown" {
		all["encryption"] = append(all["encryption"], "unknown")
		all["verdict"] = append(all["verdict"], "unknown")
	}
	return all
}

func other(value, otherwise, instead string) string {
	if value == otherwise {
		return instead
	}
	return otherwise
}

// TestTheComparisonNamesEveryRowThatIsChanged changes each field of every row that agrees with its oracles.
func TestTheComparisonNamesEveryRowThatIsChanged(t *testing.T) {
	named := 0
	for _, s := range scenarios(t) {
		t.Run(s.Name, func(t *testing.T) {
			paths, results := s.paths(t), s.outcomes(t)
			wrong := func(row int, flow golden.Flow) []string {
				var fields []string
				if _, differs := s.wrongPath(row, flow.Path, paths[row]); differs {
					fields = append(fields, "path")
				}
				if s.incomparable(flow) == "" {
					for _, d := range s.wrongOutcome(row, flow, results[row]) {
						fields = append(fields, d.field)
					}
				}
				return fields
			}
			for row, flow := range s.Flows {
				if len(wrong(row, flow)) > 0 {
					continue // The other tests report it.
				}
				for field, values := range mutants(flow) {
					if field != "path" && s.incomparable(flow) != "" {
						continue
					}
					for _, value := range values {
						mutant, err := s.With(row, field, value)
						if err != nil {
							t.Fatal(err)
						}
						if named++; !slices.Equal(wrong(row, mutant), []string{field}) {
							t.Errorf("%s with %s %s: named are the fields %q", flow, field, value, wrong(row, mutant))
						}
					}
				}
			}
		})
	}
	t.Logf("%d changes are named", named)
}
