// Package alert reads rendered alert rules: what they are called, and which metrics and labels they rest on.
package alert

import (
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// Rule is a rendered alert.
type Rule struct {
	rulefmt.Rule
	expr parser.Expr
}

// Parse reads a rule file as Prometheus does.
func Parse(text string) ([]Rule, error) {
	promql := parser.NewParser(parser.Options{})
	groups, errs := rulefmt.Parse([]byte(text), false, model.UTF8Validation, promql, slog.New(slog.DiscardHandler))
	if len(errs) > 0 {
		return nil, fmt.Errorf("%v", errs)
	}
	var rules []Rule
	for _, group := range groups.Groups {
		for _, rule := range group.Rules {
			if rule.Alert == "" {
				continue
			}
			expr, err := promql.ParseExpr(rule.Expr)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", rule.Alert, err)
			}
			rules = append(rules, Rule{rule, expr})
		}
	}
	return rules, nil
}

// Selectors of the rule, one for each metric name that it asks for.
func (r Rule) Selectors() []string {
	var selectors []string
	parser.Inspect(r.expr, func(node parser.Node, _ []parser.Node) error {
		if selector, ok := node.(*parser.VectorSelector); ok {
			selectors = append(selectors, single(selector)...)
		}
		return nil
	})
	slices.Sort(selectors)
	return slices.Compact(selectors)
}

// single splits a selector of several names, which would be satisfied by one of them.
func single(selector *parser.VectorSelector) []string {
	var rest []string
	names := []string{selector.Name}
	for _, matcher := range selector.LabelMatchers {
		switch {
		case matcher.Name != model.MetricNameLabel:
			rest = append(rest, matcher.String())
		case matcher.Type == labels.MatchRegexp:
			names = strings.Split(matcher.Value, "|")
		}
	}
	selectors := make([]string, len(names))
	for i, name := range names {
		selectors[i] = name + "{" + strings.Join(rest, ",") + "}"
	}
	return selectors
}

// Labels by which the rule groups and joins: each has to be on the series, or they all fall into one.
func (r Rule) Labels() []string {
	var names []string
	parser.Inspect(r.expr, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.AggregateExpr:
			if !n.Without {
				names = append(names, n.Grouping...)
			}
		case *parser.BinaryExpr:
			if n.VectorMatching != nil && n.VectorMatching.On {
				names = append(names, n.VectorMatching.MatchingLabels...)
			}
		}
		return nil
	})
	slices.Sort(names)
	return slices.Compact(names)
}

var templateLabel = regexp.MustCompile(`\$labels\.(\w+)`)

// TemplateLabels are those that the texts of the alert show.
func (r Rule) TemplateLabels() []string {
	var names []string
	for _, text := range r.Annotations {
		for _, match := range templateLabel.FindAllStringSubmatch(text, -1) {
			names = append(names, match[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
