// Package goldens loads the rendered manifests: the input of every test in this module.
package goldens

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// Golden is what one scenario renders for one cluster.
type Golden struct {
	Name    string
	Objects []*unstructured.Unstructured
}

// All returns every golden. A scenario with charts for several clusters yields one golden per cluster.
func All(t testing.TB) []Golden {
	t.Helper()
	all, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var load = sync.OnceValues(func() ([]Golden, error) {
	files, err := inputs("goldens")
	if err != nil {
		return nil, err
	}
	var all []Golden
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		objects, err := Parse(content)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		all = append(all, perCluster(strings.TrimSuffix(filepath.Base(file), ".yaml"), objects)...)
	}
	return all, nil
})

// Each runs a subtest per golden.
func Each(t *testing.T, test func(t *testing.T, golden Golden)) {
	t.Helper()
	for _, golden := range All(t) {
		t.Run(golden.Name, func(t *testing.T) { test(t, golden) })
	}
}

// Parse splits a YAML stream into objects; a key that occurs twice is an error.
func Parse(stream []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	documents := utilyaml.NewDocumentDecoder(io.NopCloser(bytes.NewReader(stream)))
	defer documents.Close()
	buffer := make([]byte, len(stream)+1)
	for {
		n, err := documents.Read(buffer)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		json, err := yaml.YAMLToJSONStrict(buffer[:n])
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", len(objects)+1, err)
		}
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(json); err != nil {
			return nil, fmt.Errorf("document %d: %w", len(objects)+1, err)
		}
		objects = append(objects, object)
	}
}

// perCluster starts a new cluster where an object comes a second time: the library refuses that within one cluster.
func perCluster(scenario string, objects []*unstructured.Unstructured) []Golden {
	var clusters []Golden
	var seen []string
	for _, object := range objects {
		id := ID(object)
		if len(clusters) == 0 || slices.Contains(seen, id) {
			name := scenario
			if len(clusters) > 0 {
				name = fmt.Sprintf("%s.%d", scenario, len(clusters)+1)
			}
			clusters = append(clusters, Golden{Name: name})
			seen = nil
		}
		seen = append(seen, id)
		current := &clusters[len(clusters)-1]
		current.Objects = append(current.Objects, object)
	}
	return clusters
}

// ID names an object in messages: `DaemonSet telemetry-system/telemetry-metric-agent`.
func ID(object *unstructured.Unstructured) string {
	name := object.GetName()
	if namespace := object.GetNamespace(); namespace != "" {
		name = namespace + "/" + name
	}
	return object.GetKind() + " " + name
}

// CRDs returns the definitions of all custom resources that the library renders.
func CRDs(t testing.TB) []*unstructured.Unstructured {
	t.Helper()
	files, err := inputs("crds")
	if err != nil {
		t.Fatal(err)
	}
	var all []*unstructured.Unstructured
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		definitions, err := Parse(content)
		if err != nil {
			t.Fatalf("%s: %v", filepath.Base(file), err)
		}
		all = append(all, definitions...)
	}
	return all
}

// inputs lists the YAML files of a folder in testdata. The folders are links, because `go test` notices changes, and does
// not repeat an old result from its cache, only of files that are inside the module by name.
func inputs(folder string) ([]string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil, errors.New("no go.mod above the working directory: run the tests with `go test`")
		}
		dir = parent
	}
	files, err := filepath.Glob(filepath.Join(dir, "testdata", folder, "*.yaml"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no files in testdata/%s", folder)
	}
	return files, err
}
