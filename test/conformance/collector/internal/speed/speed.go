// Package speed makes time pass faster in a rendered config: every duration is divided by one factor, so that all of them
// keep their proportions. Five minutes of patience become ten seconds.
package speed

import (
	"regexp"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// Factor by which a test is faster than production.
const Factor = 30

// duration is a whole scalar; sizes such as 20MB and percentages do not match.
var duration = regexp.MustCompile(`^([0-9]+(ms|s|m|h|d|w|y))+$`)

// Config divides the durations of a YAML config, except in some of its sections.
func Config(text string, except ...string) (string, error) {
	root, err := tree.Parse(text)
	if err != nil {
		return "", err
	}
	for section, content := range root {
		if !slices.Contains(except, section) {
			root[section] = tree.Edit(content, faster)
		}
	}
	return tree.Text(root)
}

func faster(_, scalar string) string {
	if !duration.MatchString(scalar) {
		return scalar
	}
	parsed, err := model.ParseDuration(scalar)
	if err != nil {
		return scalar
	}
	// In a form that both programs read: Prometheus takes no fractions.
	return model.Duration(Of(time.Duration(parsed))).String()
}

// Of is a duration in the time of the test, in whole milliseconds.
func Of(production time.Duration) time.Duration {
	return max((production / Factor).Round(time.Millisecond), min(production, time.Millisecond))
}
