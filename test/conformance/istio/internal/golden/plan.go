package golden

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Plan is the traffic plan of one cluster of a golden.
type Plan struct {
	// Name is that of the scenario; with several clusters also that of the cluster.
	Name string `json:"-"`
	// File holds what is deployed to the cluster.
	File      File              `json:"-"`
	Workloads []PlannedWorkload `json:"workloads"`
	Flows     []Flow            `json:"flows"`
	document  []byte
}

// PlannedWorkload is a workload of the manifests.
type PlannedWorkload struct {
	ID        string `json:"id"`
	DataPlane string `json:"dataPlane"`
}

// Flow is one row.
type Flow struct {
	From       string     `json:"from"`
	To         FlowTarget `json:"to"`
	Purpose    string     `json:"purpose"`
	Source     string     `json:"source"`
	Protocol   string     `json:"protocol"`
	Port       *uint16    `json:"port"`
	TargetPort *uint16    `json:"targetPort"`
	Path       string     `json:"path"`
	Encryption string     `json:"encryption"`
	Verdict    string     `json:"verdict"`
	Why        string     `json:"why"`
}

// FlowTarget is whom a flow goes to.
type FlowTarget struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	DataPlane string `json:"dataPlane"`
}

// String names the row in messages.
func (f Flow) String() string {
	to := strings.TrimSpace(strings.Join([]string{f.To.Kind, f.To.Namespace, f.To.Name, f.To.DataPlane}, " "))
	return fmt.Sprintf("%s of %s (%s) to %s, %s %s", f.Purpose, f.From, f.Source, to, f.Protocol, portWords(f.Port))
}

func portWords(port *uint16) string {
	if port == nil {
		return "any port"
	}
	return fmt.Sprint(*port)
}

// Plans returns every traffic plan with the objects that it is about.
func Plans(t testing.TB) []Plan {
	t.Helper()
	directory, err := folder()
	if err != nil {
		t.Fatal(err)
	}
	var plans []Plan
	for _, file := range All(t) {
		clusters := file.clusters()
		paths, err := filepath.Glob(filepath.Join(directory, file.Name+".*traffic.json"))
		if err != nil || len(paths) != len(clusters) {
			t.Fatalf("%s: %d plans for %d clusters (%v)", file.Name, len(paths), len(clusters), err)
		}
		slices.Sort(paths)
		for i, path := range paths {
			plan, err := readPlan(path)
			if err != nil {
				t.Fatal(err)
			}
			plan.File = clusters[i]
			plans = append(plans, plan)
		}
	}
	return plans
}

func readPlan(path string) (Plan, error) {
	plan := Plan{Name: strings.TrimSuffix(filepath.Base(path), ".traffic.json")}
	content, err := os.ReadFile(path)
	if err != nil {
		return plan, err
	}
	plan.document = content
	return plan, json.Unmarshal(content, &plan)
}

// clusters takes a golden of several clusters apart. Its objects come cluster by cluster, in the order of the clusters'
// names: an object that was there already belongs to the next one.
func (f File) clusters() []File {
	seen := map[string]bool{}
	files := []File{{Name: f.Name}}
	for _, object := range f.Objects {
		id := strings.Join([]string{object.APIVersion, object.Kind, object.Namespace, object.Name}, " ")
		if seen[id] {
			seen = map[string]bool{}
			files = append(files, File{Name: f.Name})
		}
		seen[id] = true
		last := &files[len(files)-1]
		last.Objects = append(last.Objects, object)
	}
	return files
}

// With returns a row with another value of one field, changed in the JSON.
func (p Plan) With(row int, field, value string) (Flow, error) {
	var document struct {
		Flows []map[string]any `json:"flows"`
	}
	var flow Flow
	if err := json.Unmarshal(p.document, &document); err != nil {
		return flow, err
	}
	if _, found := document.Flows[row][field]; !found {
		return flow, fmt.Errorf("%s: row %d has no field %s", p.Name, row, field)
	}
	document.Flows[row][field] = value
	changed, err := json.Marshal(document.Flows[row])
	if err != nil {
		return flow, err
	}
	return flow, json.Unmarshal(changed, &flow)
}

// ID is what a plan calls the workload.
func (w Workload) ID() string {
	return fmt.Sprintf("%s/%s/%s", w.Kind, cmp.Or(w.Namespace, "default"), w.Name)
}
