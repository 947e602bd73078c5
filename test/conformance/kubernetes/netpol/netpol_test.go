package netpol

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

var update = flag.Bool("update", false, "write testdata/tables instead of comparing")

// policiesHold is the complete check of one golden, without its table.
func policiesHold(golden goldens.Golden) ([]string, error) {
	var failures []string
	for _, check := range []goldens.Check{shapeHolds, flowsHold, admissionsHold, excursionsHold} {
		found, err := check(golden)
		if err != nil {
			return failures, err
		}
		failures = append(failures, found...)
	}
	return failures, nil
}

func shapeHolds(golden goldens.Golden) ([]string, error) {
	w, err := newWorld(golden)
	if err != nil {
		return nil, err
	}
	return w.shape(), nil
}

func flowsHold(golden goldens.Golden) ([]string, error) {
	w, err := newWorld(golden)
	if err != nil {
		return nil, err
	}
	t, err := newTable(w)
	if err != nil {
		return nil, err
	}
	return t.requirements(), nil
}

func admissionsHold(golden goldens.Golden) ([]string, error) {
	t, err := facingTable(golden, networkingv1.PolicyTypeIngress)
	if err != nil {
		return nil, err
	}
	return t.admissions(), nil
}

func excursionsHold(golden goldens.Golden) ([]string, error) {
	t, err := facingTable(golden, networkingv1.PolicyTypeEgress)
	if err != nil {
		return nil, err
	}
	return t.excursions(), nil
}

func facingTable(golden goldens.Golden, direction networkingv1.PolicyType) (*table, error) {
	w, err := newWorld(golden)
	if err != nil {
		return nil, err
	}
	return newTable(w.facing(direction))
}

func TestPoliciesAllowEveryDeclaredFlowAndNothingElse(t *testing.T) {
	goldens.Each(t, func(t *testing.T, golden goldens.Golden) {
		goldens.Report(t, policiesHold, golden)
	})
}

func TestBothEvaluatorsGiveTheReviewedTable(t *testing.T) {
	reviewed := map[string]bool{}
	goldens.Each(t, func(t *testing.T, golden goldens.Golden) {
		w, err := newWorld(golden)
		if err != nil {
			t.Fatal(err)
		}
		connections, err := newTable(w)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(connections.figures())
		file := tableFile(golden.Name)
		reviewed[file] = true
		if *update {
			if err := os.WriteFile(file, []byte(connections.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range difference(string(content), connections.String()) {
			t.Error(change)
		}
	})
	files, err := filepath.Glob(tableFile("*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !reviewed[file] {
			t.Errorf("%s belongs to no golden", file)
		}
	}
}

func tableFile(name string) string { return filepath.Join("testdata", "tables", name+".txt") }

// difference names the lines that only one of two tables has.
func difference(reviewed, now string) []string {
	var changes []string
	had, has := lineSet(reviewed), lineSet(now)
	for line := range had {
		if !has[line] {
			changes = append(changes, "no longer allowed: "+line)
		}
	}
	for line := range has {
		if !had[line] {
			changes = append(changes, "newly allowed: "+line)
		}
	}
	return changes
}

func lineSet(text string) map[string]bool {
	lines := map[string]bool{}
	for line := range strings.Lines(text) {
		lines[strings.TrimSpace(line)] = true
	}
	return lines
}

// figures counts what a reviewer compares between libraries: who gets in and where the part can go.
func (t *table) figures() string {
	var text strings.Builder
	for _, e := range t.world.endpoints {
		if e.Part == nil {
			continue
		}
		in, out := map[string]bool{}, map[string]bool{}
		for _, q := range t.allowed {
			if q.to == e {
				in[place(q.from)+" "+q.port.String()] = true
			}
			if q.from == e {
				out[place(q.to)+" "+q.port.String()] = true
			}
		}
		fmt.Fprintf(&text, "\n%s: %d (peer, port) pairs in, %d out", e, len(in), len(out))
	}
	return text.String()
}

// place is the namespace of pods, the kind of an address.
func place(e *endpoint) string {
	if e.isAddress() {
		return e.Name
	}
	return e.Namespace
}
