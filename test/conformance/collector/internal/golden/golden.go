// Package golden reads the rendered manifests: one file per scenario, exactly what a cluster would be given.
package golden

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// dir is relative to a test package, which is where `go test` runs.
const dir = "../../../goldens"

// Golden is one scenario. A scenario may hold stacks for several clusters, whose objects may have equal names.
type Golden struct {
	Name     string
	Clusters []*Cluster
}

// Cluster is the objects of one scenario that live together.
type Cluster struct {
	Name    string
	objects []object
}

type object struct {
	Kind     string `yaml:"kind"`
	Metadata struct {
		Name      string `yaml:"name"`
		Namespace string `yaml:"namespace"`
	} `yaml:"metadata"`
	text []byte
}

func (o object) key() string {
	return o.Kind + "/" + o.Metadata.Namespace + "/" + o.Metadata.Name
}

// All reads every golden, in the order of their names.
func All() ([]*Golden, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no goldens in %s", dir)
	}
	slices.Sort(files)
	var goldens []*Golden
	for _, file := range files {
		golden, err := read(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		goldens = append(goldens, golden)
	}
	return goldens, nil
}

// Scenario is the first cluster of one golden.
func Scenario(name string) (*Cluster, error) {
	golden, err := read(filepath.Join(dir, name+".yaml"))
	if err != nil {
		return nil, err
	}
	return golden.Clusters[0], nil
}

func read(file string) (*Golden, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	objects, err := parse(text)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(filepath.Base(file), ".yaml")
	return &Golden{Name: name, Clusters: split(name, objects)}, nil
}

func parse(text []byte) ([]object, error) {
	var objects []object
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		var decoded object
		if err := document.Decode(&decoded); err != nil {
			return nil, err
		}
		if decoded.text, err = yaml.Marshal(&document); err != nil {
			return nil, err
		}
		objects = append(objects, decoded)
	}
}

// split starts a new cluster where an object comes a second time: charts are rendered one after another.
func split(name string, objects []object) []*Cluster {
	clusters := []*Cluster{{Name: name}}
	seen := map[string]bool{}
	for _, o := range objects {
		if seen[o.key()] {
			clusters = append(clusters, &Cluster{Name: fmt.Sprintf("%s-%d", name, len(clusters)+1)})
			clear(seen)
		}
		seen[o.key()] = true
		last := clusters[len(clusters)-1]
		last.objects = append(last.objects, o)
	}
	return clusters
}
