package alert

import (
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Cases are how often unit tests expect an alert to fire and to stay silent.
type Cases struct{ Firing, Silent int }

// Count the cases of a file for `promtool test rules`, by alert.
func Count(text []byte, into map[string]Cases) error {
	var file struct {
		Tests []struct {
			Alerts []struct {
				Name     string `yaml:"alertname"`
				Expected []any  `yaml:"exp_alerts"`
			} `yaml:"alert_rule_test"`
		} `yaml:"tests"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return err
	}
	for _, test := range file.Tests {
		for _, expectation := range test.Alerts {
			cases := into[expectation.Name]
			if len(expectation.Expected) > 0 {
				cases.Firing++
			} else {
				cases.Silent++
			}
			into[expectation.Name] = cases
		}
	}
	return nil
}

// Untested are the rules without a case in which they fire, and without one in which they do not; an alert that always
// fires has no severity to be silent about.
func Untested(rules []Rule, cases map[string]Cases) []string {
	missing := map[string]bool{}
	for _, rule := range rules {
		tested := cases[rule.Alert]
		if tested.Firing == 0 {
			missing[rule.Alert+" never fires in a unit test"] = true
		}
		if tested.Silent == 0 && rule.Rule.Labels["severity"] != "none" {
			missing[rule.Alert+" is never silent in a unit test"] = true
		}
	}
	return slices.Sorted(maps.Keys(missing))
}

// Findings about what a person who is woken up needs.
func (r Rule) Findings(runbooks []string) []string {
	var findings []string
	if severity := r.Rule.Labels["severity"]; !slices.Contains([]string{"critical", "warning", "none"}, severity) {
		findings = append(findings, fmt.Sprintf("%s: severity %q", r.Alert, severity))
	}
	for _, name := range []string{"summary", "description", "runbook_url"} {
		if r.Annotations[name] == "" {
			findings = append(findings, r.Alert+": no "+name)
		}
	}
	if !slices.Contains(runbooks, r.Alert) {
		findings = append(findings, r.Alert+": no section in docs/alerts.md")
	}
	for _, label := range r.TemplateLabels() {
		if !r.keeps(label) {
			findings = append(findings, fmt.Sprintf("%s: a text shows the label %s, which the expression drops", r.Alert, label))
		}
	}
	return findings
}

// keeps tells whether an alert can have a label.
func (r Rule) keeps(label string) bool {
	grouping := r.Labels()
	_, own := r.Rule.Labels[label]
	return own || len(grouping) == 0 || slices.Contains(grouping, label)
}
