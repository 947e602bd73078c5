// Package golden reads the rendered manifests of all scenarios.
package golden

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// folder finds the goldens above the working directory, which in tests is the folder of the package.
func folder() (string, error) {
	directory, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for directory != filepath.Dir(directory) {
		candidate := filepath.Join(directory, "goldens")
		if info, err := os.Stat(candidate); err == nil && info.IsDir() {
			return candidate, nil
		}
		directory = filepath.Dir(directory)
	}
	return "", errors.New("no folder named goldens above the working directory")
}

// ClusterFile is the cluster file of the example that a golden renders.
func ClusterFile(name string) (string, error) {
	directory, err := folder()
	if err != nil {
		return "", err
	}
	example := strings.TrimPrefix(name, "example-")
	path := filepath.Join(directory, "..", "..", "examples", example, "cluster.yaml")
	_, err = os.Stat(path)
	return path, err
}

// File is one golden: what one scenario renders.
type File struct {
	Name    string
	Objects []Object
}

// Object is one document of a golden.
type Object struct {
	metav1.PartialObjectMetadata
	YAML []byte
}

// All returns every golden.
func All(t testing.TB) []File {
	t.Helper()
	directory, err := folder()
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(directory, "*.yaml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no goldens in %s: %v", directory, err)
	}
	files := make([]File, 0, len(paths))
	for _, path := range paths {
		file, err := read(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// Named returns the golden of one scenario.
func Named(t testing.TB, name string) File {
	t.Helper()
	directory, err := folder()
	if err != nil {
		t.Fatal(err)
	}
	file, err := read(filepath.Join(directory, name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func read(path string) (File, error) {
	file := File{Name: strings.TrimSuffix(filepath.Base(path), ".yaml")}
	content, err := os.ReadFile(path)
	if err != nil {
		return file, err
	}
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return file, nil
		}
		if err != nil {
			return file, fmt.Errorf("%s: %w", file.Name, err)
		}
		object := Object{YAML: document}
		if err := yaml.Unmarshal(document, &object.PartialObjectMetadata); err != nil {
			return file, fmt.Errorf("%s: %w", file.Name, err)
		}
		if object.Kind != "" {
			file.Objects = append(file.Objects, object)
		}
	}
}

// OfKind returns the objects of one kind.
func (f File) OfKind(kind string) []Object {
	var found []Object
	for _, object := range f.Objects {
		if object.Kind == kind {
			found = append(found, object)
		}
	}
	return found
}

// YAMLOf returns the objects of the given API groups as one YAML stream.
func (f File) YAMLOf(groups ...string) string {
	var out bytes.Buffer
	for _, object := range f.Objects {
		for _, group := range groups {
			if strings.HasPrefix(object.APIVersion, group+"/") {
				out.WriteString("---\n")
				out.Write(object.YAML)
			}
		}
	}
	return out.String()
}
