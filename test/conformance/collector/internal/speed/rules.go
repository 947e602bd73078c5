package speed

import (
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// Rules divides the durations of a rule file, those inside the expressions too.
func Rules(text string) (string, error) {
	text, err := Config(text)
	if err != nil {
		return "", err
	}
	root, err := tree.Parse(text)
	if err != nil {
		return "", err
	}
	tree.Edit(root, func(key, scalar string) string {
		if key != "expr" || err != nil {
			return scalar
		}
		var expression string
		expression, err = expr(scalar)
		return expression
	})
	if err != nil {
		return "", err
	}
	return tree.Text(root)
}

func expr(text string) (string, error) {
	expression, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		return "", err
	}
	parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.MatrixSelector:
			n.Range = prometheusDuration(n.Range)
		case *parser.SubqueryExpr:
			n.Range, n.Step = prometheusDuration(n.Range), prometheusDuration(n.Step)
			n.OriginalOffset = prometheusDuration(n.OriginalOffset)
		case *parser.VectorSelector:
			n.OriginalOffset = prometheusDuration(n.OriginalOffset)
		}
		return nil
	})
	return expression.String(), nil
}

func prometheusDuration(production time.Duration) time.Duration {
	if production < 0 {
		return -Of(-production)
	}
	return Of(production)
}
