// Package reference checks what the collector's own `validate` does not look at: whether the names, files, variables and
// addresses in a config lead somewhere. A config with a finding here passes `validate` and then fails, or collects nothing.
package reference

import (
	"fmt"
	"strings"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// Findings of a config in the pod that runs it.
func Findings(workload *golden.Workload, text string) ([]string, error) {
	config, err := tree.Parse(text)
	if err != nil {
		return nil, err
	}
	var findings findings
	findings.components(config)
	findings.pipelines(config)
	findings.variables(text, workload.Container.Env)
	findings.files(config, workload)
	findings.addresses(config)
	findings.certificates(config)
	return findings, nil
}

type findings []string

func (f *findings) add(path []string, format string, args ...any) {
	*f = append(*f, strings.Join(path, ".")+": "+fmt.Sprintf(format, args...))
}
