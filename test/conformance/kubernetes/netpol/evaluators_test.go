package netpol

import (
	"testing"

	networkingv1 "k8s.io/api/networking/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

func TestAPolicyThatAnEvaluatorCannotReadIsAnError(t *testing.T) {
	evaluators := map[string]func(w *world) (evaluator, error){
		"cyclonus":        func(w *world) (evaluator, error) { return newCyclonus(w) },
		"netpol-analyzer": func(w *world) (evaluator, error) { return newAnalyzer(w) },
	}
	badRange := addEgress(goldens.Agent, networkingv1.NetworkPolicyEgressRule{
		To:    []networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: "10.10.0.4/99"}}},
		Ports: tcpPorts(443),
	})
	for name, newEvaluator := range evaluators {
		askEverything := func(golden goldens.Golden) ([]string, error) {
			w, err := newWorld(golden)
			if err != nil {
				return nil, err
			}
			e, err := newEvaluator(w)
			if err != nil {
				return nil, err
			}
			for _, q := range w.questions() {
				if _, err := e.allows(q); err != nil {
					return nil, err
				}
			}
			return nil, nil
		}
		goldens.Mutate(t, askEverything)(name, badRange, name+":")
	}
}

func TestADisagreementOfTheEvaluatorsIsAnError(t *testing.T) {
	oneSeesLess := func(golden goldens.Golden) ([]string, error) {
		complete, err := newWorld(golden)
		if err != nil {
			return nil, err
		}
		first, err := newCyclonus(complete)
		if err != nil {
			return nil, err
		}
		poorer := *complete
		poorer.policies = nil
		for _, policy := range complete.policies {
			clone := policy.DeepCopy()
			clone.Spec.Ingress = nil
			poorer.policies = append(poorer.policies, clone)
		}
		second, err := newAnalyzer(&poorer)
		if err != nil {
			return nil, err
		}
		_, err = compareAnswers(complete, judges{first, second})
		return nil, err
	}
	unchanged := func(*goldens.Golden) (bool, error) { return true, nil }
	goldens.Mutate(t, oneSeesLess)("ingress rules", unchanged, "8888/TCP: cyclonus says true, netpol-analyzer says false")
}
