// Package dashboard reads a rendered Grafana dashboard, and makes of its queries what Grafana sends to Prometheus when it is
// opened: every list at the top stands at All.
package dashboard

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/alert"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/speed"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

type dashboard struct {
	Panels []struct {
		Title   string `json:"title"`
		Targets []struct {
			RefID    string `json:"refId"`
			Expr     string `json:"expr"`
			Interval string `json:"interval"`
		} `json:"targets"`
	} `json:"panels"`
	Templating struct {
		List []variable `json:"list"`
	} `json:"templating"`
}

type variable struct {
	Name       string `json:"name"`
	Type       string `json:"type"`
	Definition string `json:"definition"`
	AllValue   string `json:"allValue"`
}

// Queries of the dashboard in the time of the test, as rules: each is called by its panel and letter. Each is parsed as
// Prometheus does.
func Queries(text string) ([]alert.Rule, error) {
	var parsed dashboard
	if err := json.Unmarshal([]byte(text), &parsed); err != nil {
		return nil, err
	}
	var rules []any
	for _, panel := range parsed.Panels {
		for _, target := range panel.Targets {
			expr, err := parsed.sent(target.Expr, target.Interval)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", panel.Title, err)
			}
			rules = append(rules, tree.Map{"alert": panel.Title + " " + target.RefID, "expr": expr})
		}
	}
	for _, list := range parsed.Templating.List {
		if list.Type != "query" {
			continue
		}
		expr, err := parsed.choices(list)
		if err != nil {
			return nil, err
		}
		rules = append(rules, tree.Map{"alert": "list of " + list.Name, "expr": expr})
	}
	return asRules(rules)
}

func asRules(rules []any) ([]alert.Rule, error) {
	text, err := tree.Text(tree.Map{"groups": []any{tree.Map{"name": "dashboard", "rules": rules}}})
	if err != nil {
		return nil, err
	}
	if text, err = speed.Rules(text); err != nil {
		return nil, err
	}
	return alert.Parse(text)
}

// sent replaces the variables as Grafana does: https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables.
func (d dashboard) sent(expr, interval string) (string, error) {
	if interval != "" {
		step, err := model.ParseDuration(interval)
		if err != nil {
			return "", err
		}
		// max($__interval + step, 4 * step), at a range that is no wider than the screen.
		const scrapes = 4
		expr = strings.ReplaceAll(expr, "$__rate_interval", model.Duration(scrapes*time.Duration(step)).String())
	}
	for _, list := range d.Templating.List {
		if list.AllValue != "" {
			expr = strings.ReplaceAll(expr, "$"+list.Name, list.AllValue)
		}
	}
	if strings.Contains(expr, "$") {
		return "", fmt.Errorf("a variable that is not defined: %s", expr)
	}
	return expr, nil
}

var labelValues = regexp.MustCompile(`^label_values\((.+), (\w+)\)$`)

// choices are what a list shows. The empty value is none: series without the label have it in common with a bare number.
func (d dashboard) choices(list variable) (string, error) {
	match := labelValues.FindStringSubmatch(list.Definition)
	if match == nil {
		return "", fmt.Errorf("the list of %s is filled by %q", list.Name, list.Definition)
	}
	return d.sent(fmt.Sprintf("group by (%[2]s) (%[1]s) unless on (%[2]s) vector(1)", match[1], match[2]), "")
}
