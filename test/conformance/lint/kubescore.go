// Package lint judges every golden by kube-score. Whatever it finds is fixed, or stands on a list with the reason why not.
package lint

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/zegl/kube-score/config"
	"github.com/zegl/kube-score/domain"
	"github.com/zegl/kube-score/parser"
	"github.com/zegl/kube-score/score"
	"github.com/zegl/kube-score/scorecard"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// result is a check that one object fails.
type result struct {
	object string
	role   goldens.Role // Empty if the object is not a workload.
	check  string
	grade  scorecard.Grade
	// findings are what is wrong in the eyes of the check: one check can find several things, each of its own.
	findings []string
}

// configuration has the defaults of the command, so that figures compare with those of other charts. Only the version is
// ours, and annotations in a manifest cannot switch off a check.
var configuration = &config.RunConfiguration{
	MinReplicasDeployment: 2,
	MinReplicasHPA:        2,
	KubernetesVersion:     config.Semver{Major: 1, Minor: 34},
}

// failed returns what kube-score grades as critical or as a warning, in a stable order.
func failed(golden goldens.Golden) ([]result, error) {
	roles, err := roles(golden)
	if err != nil {
		return nil, err
	}
	card, err := run(golden)
	if err != nil {
		return nil, err
	}
	var results []result
	for _, object := range *card {
		id := object.TypeMeta.Kind + " " + object.ObjectMeta.Namespace + "/" + object.ObjectMeta.Name
		role := roles[id]
		delete(roles, id)
		for _, check := range object.Checks {
			if check.Skipped || check.Grade > scorecard.GradeWarning {
				continue
			}
			r := result{object: id, role: role, check: check.Check.ID, grade: check.Grade}
			for _, comment := range check.Comments {
				r.findings = append(r.findings, comment.Summary)
			}
			if len(r.findings) == 0 {
				r.findings = []string{check.Check.Name}
			}
			results = append(results, r)
		}
	}
	for id := range roles {
		return nil, fmt.Errorf("%s: kube-score does not look at it", id)
	}
	slices.SortFunc(results, func(a, b result) int {
		return cmp.Or(cmp.Compare(a.object, b.object), cmp.Compare(a.check, b.check))
	})
	return results, nil
}

// roles are the workloads by the names that goldens.ID gives them.
func roles(golden goldens.Golden) (map[string]goldens.Role, error) {
	parts, err := golden.Parts()
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("%s has no pod template", golden.Name)
	}
	roles := map[string]goldens.Role{}
	for _, part := range parts {
		roles[part.String()] = part.Role
	}
	return roles, nil
}

func run(golden goldens.Golden) (*scorecard.Scorecard, error) {
	var documents [][]byte
	for _, object := range golden.Objects {
		document, err := object.MarshalJSON()
		if err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
	parser, err := parser.New(nil)
	if err != nil {
		return nil, err
	}
	stream := file{bytes.NewReader(bytes.Join(documents, []byte("\n---\n"))), golden.Name}
	objects, err := parser.ParseFiles([]domain.NamedReader{stream})
	if err != nil {
		return nil, err
	}
	return score.Score(objects, score.RegisterAllChecks(objects, nil, configuration), configuration)
}

type file struct {
	*bytes.Reader
	name string
}

func (f file) Name() string { return f.name }
