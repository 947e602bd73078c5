package netpol

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// flow is one row of a traffic plan, as far as this package reads it: src/plan/result.ts has all of it.
type flow struct {
	From          string          `json:"from"`
	To            flowTarget      `json:"to"`
	Purpose       string          `json:"purpose"`
	Source        string          `json:"source"`
	Protocol      corev1.Protocol `json:"protocol"`
	Port          *int32          `json:"port"`
	TargetPort    *int32          `json:"targetPort"`
	NetworkPolicy verdict         `json:"networkPolicy"`
	Why           string          `json:"why"`

	// podLabels are those that the pods of a row about pods certainly have.
	podLabels map[string]string
}

type flowTarget struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	DataPlane string `json:"dataPlane"`
	// Except are namespaces that "any" does not mean.
	Except []string `json:"exceptNamespaces"`
}

// verdict is what the plan says of the NetworkPolicies of both ends.
type verdict string

const (
	saysAllowed verdict = "allowed"
	saysDenied  verdict = "denied"
	saysUnknown verdict = "unknown"
)

// otherPlans are those that are not called like their golden: of scenarios with several clusters.
var otherPlans = map[string]string{
	"example-gitops":            "example-gitops.prod-eu",
	"example-gitops.2":          "example-gitops.prod-us",
	"two-stacks-two-clusters":   "two-stacks-two-clusters.prod-eu",
	"two-stacks-two-clusters.2": "two-stacks-two-clusters.prod-us",
}

func planFile(golden string) string {
	return filepath.Join("..", "testdata", "goldens", cmp.Or(otherPlans[golden], golden)+".traffic.json")
}

func plannedFlows(golden string) ([]*flow, error) {
	content, err := os.ReadFile(planFile(golden))
	if err != nil {
		return nil, err
	}
	var plan struct {
		Version int     `json:"version"`
		Flows   []*flow `json:"flows"`
	}
	if err := json.Unmarshal(content, &plan); err != nil {
		return nil, fmt.Errorf("%s: %w", planFile(golden), err)
	}
	if plan.Version != 1 {
		return nil, fmt.Errorf("%s: version %d", planFile(golden), plan.Version)
	}
	for _, f := range plan.Flows {
		if err := f.readPodLabels(); err != nil {
			return nil, err
		}
	}
	return plan.Flows, nil
}

func (f *flow) String() string {
	name := f.To.Name
	if f.To.Namespace != "" {
		name = f.To.Namespace + "/" + name
	}
	if f.To.DataPlane != "" {
		name += " (" + f.To.DataPlane + ")"
	}
	return fmt.Sprintf("%s -> %s %s %s/%s (%s, %s)", f.From, f.To.Kind, name, number(f.TargetPort), f.Protocol, f.Purpose, f.Source)
}

func number(port *int32) string {
	if port == nil {
		return "any"
	}
	return fmt.Sprint(*port)
}

func (f *flow) readPodLabels() error {
	f.podLabels = map[string]string{}
	if f.To.Kind != "pods" || f.To.Name == "pods" {
		return nil
	}
	list, ok := strings.CutPrefix(f.To.Name, "pods labelled ")
	for _, pair := range strings.Split(list, ", ") {
		key, value, isPair := strings.Cut(pair, "=")
		if !ok || !isPair {
			return fmt.Errorf("%s: which pods are these?", f)
		}
		f.podLabels[key] = value
	}
	return nil
}
