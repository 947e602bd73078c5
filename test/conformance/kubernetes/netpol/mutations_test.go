package netpol

import (
	"slices"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

func TestADroppedRuleBreaksTheFlowItIsAbout(t *testing.T) {
	mutate := goldens.Mutate(t, policiesHold)
		{"DNS", drop(goldens.Prometheus, dials(53)), "prometheus cannot resolve names over UDP"},
		{"DNS over TCP", noTCP(goldens.Agent, dials(53)), "metric-agent cannot resolve names over TCP"},
		{"API server", drop(goldens.Prometheus, dials(6443)), "prometheus cannot reach the API server"},
		{"kubelet", drop(goldens.Agent, dials(10250)), "metric-agent cannot reach the kubelet"},
		{"istiod", drop(goldens.Agent, dials(15012)), "metric-agent cannot reach istiod"},
		{"scraped namespace", drop(goldens.Agent, selectsNamespace("shop")), "metric-agent cannot reach the scraped namespace shop"},
		{"backend in the cluster", drop(goldens.Agent, selectsNamespace("observability")), "metric-agent cannot reach otlp_grpc/gateway"},
		{"agent's metrics", drop(goldens.Prometheus, dials(8888)), "prometheus cannot reach metric-agent"},
		{"alerts", drop(goldens.Prometheus, dials(8080)), "prometheus cannot reach telemetry-manager"},
		{"queries", drop(goldens.Manager, dials(9090)), "telemetry-manager cannot reach prometheus"},
		{"everything in", policyOf(goldens.Agent, admitNobody), "reach"},
		{"readers of Prometheus", policyOf(goldens.Prometheus, admitNobody), "reach"},
	})
}

func TestAWidenedIngressRuleIsNamed(t *testing.T) {
	for _, part := range []goldens.Role{goldens.Agent, goldens.Prometheus} {
		t.Run(string(part), func(t *testing.T) {
			everyNamespace := &metav1.LabelSelector{}
			chosenLabel := &metav1.LabelSelector{MatchLabels: map[string]string{"name": "telemetry-system"}}
			mutate := goldens.Mutate(t, policiesHold)
				{"any namespace", admits(part, func(p *networkingv1.NetworkPolicyPeer) { p.NamespaceSelector = everyNamespace }), "a tenant reaches us"},
				{"a label the tenant chooses", admits(part, func(p *networkingv1.NetworkPolicyPeer) { p.NamespaceSelector = chosenLabel }), "a tenant reaches us"},
				{"any pod of the namespace", admits(part, func(p *networkingv1.NetworkPolicyPeer) { p.PodSelector = nil }), "somebody undeclared reaches " + string(part)},
				{"any address", admits(part, block("0.0.0.0/0")), "the internet reaches us"},
				{"any IPv6 address", admits(part, block("::/0")), "the internet reaches us"},
				{"the pod network", admits(part, block("10.244.0.0/16")), "every pod reaches us where"},
				{"the nodes", admits(part, block("10.10.0.0/16")), "somebody undeclared reaches " + string(part)},
				{"any port", policyOf(part, func(s *networkingv1.NetworkPolicySpec) bool {
					if len(s.Ingress) > 0 {
						s.Ingress[0].Ports = nil
					}
					return len(s.Ingress) > 0
				}), "somebody undeclared reaches " + string(part)},
			})
		})
	}
}

func TestAWidenedEgressRuleIsNamed(t *testing.T) {
	mutate := goldens.Mutate(t, policiesHold)
		{"link-local", policyOf(goldens.Agent, forgetExceptions), "the cloud metadata service is reachable"},
		{"every port at addresses", policyOf(goldens.Prometheus, everyPortAtAddresses), "an address is reachable on a port that the part has no use for"},
		{"every namespace", widenBackend(&metav1.LabelSelector{}), "a part reaches a tenant that no input names"},
		{"one more namespace", widenBackend(&metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
			{Key: "kubernetes.io/metadata.name", Operator: metav1.LabelSelectorOpIn, Values: []string{"observability", "monitoring"}},
		}}), "a part reaches pods that neither an input nor a backend names"},
		{"API server for a part without a token", policyOf(goldens.Manager, func(s *networkingv1.NetworkPolicySpec) bool {
			peers := []networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: "10.10.0.4/32"}}}
			s.Egress = append(s.Egress, networkingv1.NetworkPolicyEgressRule{To: peers, Ports: tcpPorts(8443)})
			return true
		}), "an address is reachable on a port that the part has no use for"},
	})
}

func TestAPolicyThatSaysLessThanItSeemsIsNamed(t *testing.T) {
	for _, part := range goldens.Roles {
		t.Run(string(part), func(t *testing.T) {
			mutate := goldens.Mutate(t, policiesHold)
				{"empty rule", addEgress(part, networkingv1.NetworkPolicyEgressRule{}), "is empty: it allows everything"},
				{"no peers", addEgress(part, networkingv1.NetworkPolicyEgressRule{Ports: tcpPorts(443)}), ".to is missing or empty"},
				{"empty peer", addEgress(part, networkingv1.NetworkPolicyEgressRule{
					Ports: tcpPorts(443), To: []networkingv1.NetworkPolicyPeer{{}},
				}), ".to[0] is an empty peer"},
				{"no ports", addEgress(part, networkingv1.NetworkPolicyEgressRule{
					To: []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{}}},
				}), ".ports is missing or empty"},
				{"ingress only", policyOf(part, func(s *networkingv1.NetworkPolicySpec) bool {
					s.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
					return true
				}), "no policy denies Egress by default"},
				{"selects other pods", policyOf(part, func(s *networkingv1.NetworkPolicySpec) bool {
					s.PodSelector.MatchLabels["version"] = "1"
					return true
				}), "no policy denies Ingress by default"},
			})
		})
	}
}

func TestAPolicyThatNoAPIServerAcceptsIsAnError(t *testing.T) {
	badRange := []networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: "10.10.0.4/99"}}}
	corrupt := addEgress(goldens.Agent, networkingv1.NetworkPolicyEgressRule{To: badRange, Ports: tcpPorts(443)})
	evaluators := map[string]func(w *world) error{
		"cyclonus":        func(w *world) error { c, err := newCyclonus(w); return firstError(err, c, w) },
		"netpol-analyzer": func(w *world) error { _, err := newAnalyzer(w); return err },
	}
	for name, evaluate := range evaluators {
		check := func(golden goldens.Golden) ([]string, error) {
			w, err := newWorld(golden)
			if err != nil {
				return nil, err
			}
			return nil, evaluate(w)
		}
		goldens.Mutate(t, check)(name, corrupt, name + ":")
	}
}

// firstError asks every question: cyclonus reads ranges only then.
func firstError(err error, c *cyclonus, w *world) error {
	if err != nil {
		return err
	}
	for _, q := range w.questions() {
		if _, err := c.allows(q); err != nil {
			return err
		}
	}
	return nil
}

func TestADisagreementOfTheEvaluatorsIsAnError(t *testing.T) {
	check := func(mutant goldens.Golden) ([]string, error) {
		original, err := newWorld(mutant)
		if err != nil {
			return nil, err
		}
		first, err := newCyclonus(original)
		if err != nil {
			return nil, err
		}
		if _, err := drop(goldens.Prometheus, dials(8888))(&mutant); err != nil {
			return nil, err
		}
		changed, err := newWorld(mutant)
		if err != nil {
			return nil, err
		}
		second, err := newAnalyzer(changed)
		if err != nil {
			return nil, err
		}
		_, err = compareAnswers(original, first, second)
		return nil, err
	}
	unchanged := policyOf(goldens.Prometheus, func(*networkingv1.NetworkPolicySpec) bool { return true })
	mutate := goldens.Mutate(t, check)
		{"one evaluator sees a rule less", unchanged, "8888/TCP: cyclonus says true, netpol-analyzer says false"},
	})
}

func TestTheTableShowsEveryChange(t *testing.T) {
	check := func(mutant goldens.Golden) ([]string, error) {
		var tables []string
		for _, golden := range []goldens.Golden{original(t, mutant.Name), mutant} {
			w, err := newWorld(golden)
			if err != nil {
				return nil, err
			}
			connections, err := newTable(w)
			if err != nil {
				return nil, err
			}
			tables = append(tables, connections.String())
		}
		return difference(tables[0], tables[1]), nil
	}
	mutate := goldens.Mutate(t, check)
		{"a rule less", drop(goldens.Prometheus, dials(8888)), "no longer allowed: "},
		{"a rule more", addEgress(goldens.Prometheus, networkingv1.NetworkPolicyEgressRule{
			To: []networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{}}}, Ports: tcpPorts(3000),
		}), "-> monitoring/grafana 3000/TCP"},
	})
}

func original(t *testing.T, name string) goldens.Golden {
	all := goldens.All(t)
	i := slices.IndexFunc(all, func(golden goldens.Golden) bool { return strings.EqualFold(golden.Name, name) })
	return all[i]
}
