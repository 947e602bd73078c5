package injection

import (
	"fmt"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/istio"
)

const dataPlaneMode = "istio.io/dataplane-mode"

func TestZtunnelHandlesWhoAsksForIt(t *testing.T) {
	for _, file := range golden.All(t) {
		for _, workload := range file.Workloads(t) {
			name := fmt.Sprintf("%s: %s %s is %s", file.Name, workload.Kind, workload.Name, expected(workload))
			t.Run(name, func(t *testing.T) {
				if err := checkDataPlane(t, workload); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// checkDataPlane tries a namespace without labels and one whose owner enrolled all of it.
func checkDataPlane(t *testing.T, workload golden.Workload) error {
	pod := workload.Pod()
	if workload.WantsSidecar() {
		injected, _, err := istio.New(t, istio.Options{}).Inject(pod)
		if err != nil {
			return err
		}
		pod = injected
	}
	for _, namespace := range []map[string]string{nil, {dataPlaneMode: "ambient"}} {
		if got := istio.InAmbient(t, namespace, pod); got != (expected(workload) == "in ambient") {
			return fmt.Errorf("in a namespace with labels %v: ztunnel handles the pod: %t", namespace, got)
		}
	}
	return nil
}

func expected(workload golden.Workload) string {
	switch {
	case workload.WantsSidecar():
		return "in its sidecar's hands"
	case workload.Template.Labels[dataPlaneMode] == "ambient":
		return "in ambient"
	}
	return "outside every mesh"
}
