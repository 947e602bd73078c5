package injection

import (
	"fmt"
	"reflect"
	"testing"

	"sigs.k8s.io/yaml"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/istio"
)

func TestAnAgentThatAsksForASidecarGetsOneThatFits(t *testing.T) {
	for _, agent := range golden.InjectedAgents(t) {
		for _, cluster := range clusters {
			t.Run(agent.Golden+" "+cluster.name, func(t *testing.T) {
				result, err := cluster.run(t, agent)
				if err != nil {
					t.Fatal(err)
				}
				for _, check := range checks {
					t.Run(check.name, func(t *testing.T) {
						if err := check.run(result); err != nil {
							t.Error(err)
						}
					})
				}
			})
		}
	}
}

func TestNobodyElseGetsASidecar(t *testing.T) {
	for _, file := range golden.All(t) {
		for _, workload := range file.Workloads(t) {
			if workload.WantsSidecar() {
				continue
			}
			t.Run(fmt.Sprintf("%s leaves %s %s alone", file.Name, workload.Kind, workload.Name), func(t *testing.T) {
				if err := checkLeftAlone(t, workload); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// checkLeftAlone tries namespaces that their owner has labelled for injection.
func checkLeftAlone(t *testing.T, workload golden.Workload) error {
	install := istio.New(t, istio.Options{})
	for _, namespace := range []map[string]string{nil, {"istio-injection": "enabled"}, {"istio.io/rev": "default"}} {
		names, err := install.Webhooks(namespace, workload.Pod())
		if err != nil {
			return err
		}
		if len(names) > 0 {
			return fmt.Errorf("in a namespace with labels %v the webhooks %q select the pod", namespace, names)
		}
	}
	pod, warnings, err := install.Inject(workload.Pod())
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(pod, workload.Pod()) || len(warnings) != 1 {
		return fmt.Errorf("the injector changes the pod: %q", warnings)
	}
	return nil
}

// TestTheNamespaceDoesNotSwitchInjectionOff: a namespace that says "disabled" wins over the pod's label.
func TestTheNamespaceDoesNotSwitchInjectionOff(t *testing.T) {
	for _, agent := range golden.InjectedAgents(t) {
		t.Run(agent.Golden, func(t *testing.T) {
			install := istio.New(t, istio.Options{Revision: agent.Template.Labels["istio.io/rev"]})
			for _, namespace := range golden.Named(t, agent.Golden).OfKind("Namespace") {
				var object golden.Object
				if err := yaml.Unmarshal(namespace.YAML, &object.PartialObjectMetadata); err != nil {
					t.Fatal(err)
				}
				names, err := install.Webhooks(object.Labels, agent.Pod())
				if err != nil || len(names) != 1 {
					t.Errorf("in namespace %s with labels %v the webhooks %q select the pod (%v)", object.Name, object.Labels, names, err)
				}
			}
		})
	}
}
