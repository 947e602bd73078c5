package goldens

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

// Decode converts an object to its Go type; a field that the type does not have is an error.
func Decode(object *unstructured.Unstructured) (runtime.Object, error) {
	typed, err := scheme.Scheme.New(object.GroupVersionKind())
	if err != nil {
		return nil, err
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, typed, true); err != nil {
		return nil, fmt.Errorf("%s: %w", ID(object), err)
	}
	return typed, nil
}

// BuiltIn tells whether the object's type is compiled into Kubernetes clients. All others are custom resources.
func BuiltIn(object *unstructured.Unstructured) bool {
	group := object.GroupVersionKind().Group
	return !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")
}

// Of returns the objects of one built-in type.
func Of[T any](golden Golden) ([]*T, error) {
	var found []*T
	for _, object := range golden.Objects {
		if !BuiltIn(object) {
			continue
		}
		typed, err := Decode(object)
		if err != nil {
			return nil, err
		}
		if wanted, ok := typed.(any).(*T); ok {
			found = append(found, wanted)
		}
	}
	return found, nil
}

// Clone returns a deep copy, to be changed in a mutation.
func (g Golden) Clone() Golden {
	clone := Golden{Name: g.Name}
	for _, object := range g.Objects {
		clone.Objects = append(clone.Objects, object.DeepCopy())
	}
	return clone
}
