package goldens

import (
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// Breakage changes a golden and tells whether there was anything to change.
type Breakage func(golden *Golden) (bool, error)

// Check returns what is wrong with a golden.
type Check func(golden Golden) ([]string, error)

// Report fails the test with everything the check finds.
func Report(t *testing.T, check Check, golden Golden) {
	t.Helper()
	failures, err := check(golden)
	if err != nil {
		t.Fatal(err)
	}
	for _, failure := range failures {
		t.Error(failure)
	}
}

// Mutate returns a function that runs one mutation: it breaks one thing in every golden that has it, and the check must
// find a failure with the wanted text in each of them.
func Mutate(t *testing.T, check Check) func(name string, breakage Breakage, want string) {
	t.Helper()
	return mutate(t, check, len(All(t)))
}

// MutateOnce is Mutate for slow checks: it is content with the first golden.
func MutateOnce(t *testing.T, check Check) func(name string, breakage Breakage, want string) {
	t.Helper()
	return mutate(t, check, 1)
}

func mutate(t *testing.T, check Check, limit int) func(name string, breakage Breakage, want string) {
	return func(name string, breakage Breakage, want string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			applied := 0
			for _, golden := range All(t) {
				mutant := golden.Clone()
				broken, err := breakage(&mutant)
				if err != nil {
					t.Fatalf("%s: %v", golden.Name, err)
				}
				if !broken || applied == limit {
					continue
				}
				applied++
				failures, err := check(mutant)
				if err != nil {
					failures = append(failures, err.Error())
				}
				if !mentions(failures, want) {
					t.Errorf("%s: no failure mentions %q:\n%s", golden.Name, want, strings.Join(failures, "\n"))
				}
			}
			if applied == 0 {
				t.Error("no golden has what this mutation breaks")
			}
		})
	}
}

func mentions(failures []string, text string) bool {
	for _, failure := range failures {
		if strings.Contains(failure, text) {
			return true
		}
	}
	return false
}

// Edit applies a typed change to the first object of type T that the change accepts.
func Edit[T any](change func(object *T) bool) Breakage {
	return func(golden *Golden) (bool, error) {
		for i, object := range golden.Objects {
			if !BuiltIn(object) {
				continue
			}
			typed, err := Decode(object)
			if err != nil {
				return false, err
			}
			wanted, ok := typed.(any).(*T)
			if !ok || !change(wanted) {
				continue
			}
			content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(wanted)
			if err != nil {
				return false, err
			}
			golden.Objects[i] = &unstructured.Unstructured{Object: content}
			golden.Objects[i].SetGroupVersionKind(object.GroupVersionKind())
			return true, nil
		}
		return false, nil
	}
}

// EditRaw applies a change to the content of the first object of a kind, also one that the Go type does not allow.
func EditRaw(kind string, change func(content map[string]any) error) Breakage {
	return func(golden *Golden) (bool, error) {
		for _, object := range golden.Objects {
			if object.GetKind() == kind {
				return true, change(object.Object)
			}
		}
		return false, nil
	}
}

// Remove drops the first object of a kind.
func Remove(kind string) Breakage {
	return func(golden *Golden) (bool, error) {
		for i, object := range golden.Objects {
			if object.GetKind() == kind {
				golden.Objects = append(golden.Objects[:i], golden.Objects[i+1:]...)
				return true, nil
			}
		}
		return false, nil
	}
}

// Set changes one field of an object: Set(content, value, "spec", "replicas").
func Set(content map[string]any, value any, path ...string) error {
	if err := unstructured.SetNestedField(content, value, path...); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(path, "."), err)
	}
	return nil
}
