package netpol

import (
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

func TestADroppedRuleBreaksTheFlowItIsAbout(t *testing.T) {
	mutate := goldens.Mutate(t, flowsHold)
	mutate("DNS", drop(goldens.Prometheus, dials(53)), "prometheus cannot resolve names over UDP")
	mutate("DNS over TCP", noTCP(goldens.Agent, dials(53)), "metric-agent cannot resolve names over TCP")
	mutate("API server", drop(goldens.Prometheus, dials(6443)), "prometheus cannot reach the API server")
	mutate("kubelet", drop(goldens.Agent, dials(10250)), "metric-agent cannot reach the kubelet")
	mutate("istiod", drop(goldens.Agent, dials(15012)), "metric-agent cannot reach istiod")
	mutate("scraped namespace", drop(goldens.Agent, inNamespace("shop")), "metric-agent cannot reach the scraped namespace shop")
	mutate("backend", drop(goldens.Agent, inNamespace("observability")), "metric-agent cannot reach otlp_grpc/gateway")
	mutate("scrape of the agent", drop(goldens.Prometheus, dials(8888)), "prometheus cannot reach metric-agent")
	mutate("alerts", drop(goldens.Prometheus, toPart(goldens.Manager)), "prometheus cannot reach telemetry-manager")
	mutate("queries", drop(goldens.Manager, dials(9090)), "telemetry-manager cannot reach prometheus")
	mutate("way into the agent", shut(goldens.Agent, goldens.Prometheus), "prometheus cannot reach metric-agent")
	mutate("way into Prometheus", shut(goldens.Prometheus, goldens.Manager), "telemetry-manager cannot reach prometheus")
	mutate("way into the manager", shut(goldens.Manager, goldens.Prometheus), "prometheus cannot reach telemetry-manager")
	mutate("reader of Prometheus", shut(goldens.Prometheus, "grafana"), "no declared reader reaches prometheus")
}

func TestAWidenedIngressRuleIsNamed(t *testing.T) {
	everyNamespace := func(peer *networkingv1.NetworkPolicyPeer) { peer.NamespaceSelector = &metav1.LabelSelector{} }
	chosenLabel := func(peer *networkingv1.NetworkPolicyPeer) {
		peer.NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"name": "telemetry-system"}}
	}
	everyPod := func(peer *networkingv1.NetworkPolicyPeer) { peer.PodSelector = nil }
	for _, part := range goldens.Roles {
		t.Run(string(part), func(t *testing.T) {
			undeclared := "somebody undeclared reaches " + string(part)
			mutate := goldens.Mutate(t, admissionsHold)
			mutate("any namespace", admits(part, everyNamespace), "a tenant reaches us")
			mutate("a label the tenant chooses", admits(part, chosenLabel), "a tenant reaches us")
			mutate("any pod of the namespace", admits(part, everyPod), undeclared)
			mutate("any address", admits(part, block("0.0.0.0/0")), "the internet reaches us")
			mutate("any IPv6 address", admits(part, block("::/0")), "the internet reaches us")
			mutate("the pod network", admits(part, block("10.244.0.0/16")), "every pod reaches us where")
			mutate("the nodes", admits(part, block("10.10.0.0/16")), undeclared)
			mutate("any port", policyOf(part, everyPortIn), undeclared)
		})
	}
}

func TestAWidenedEgressRuleIsNamed(t *testing.T) {
	everyNamespace := &metav1.LabelSelector{}
	oneMore := &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
		{Key: "kubernetes.io/metadata.name", Operator: metav1.LabelSelectorOpIn, Values: []string{"observability", "istio-system"}},
	}}
	apiServer := []networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: "10.10.0.4/32"}}}
	uselessPort := "an address is reachable on a port that the part has no use for"

	mutate := goldens.Mutate(t, excursionsHold)
	mutate("link-local addresses", policyOf(goldens.Agent, forgetExceptions), "the cloud metadata service is reachable")
	mutate("every port", policyOf(goldens.Prometheus, everyPortAtAddresses), uselessPort)
	mutate("every namespace", widenBackend(everyNamespace), "a part reaches a tenant that no input names")
	mutate("one more namespace", widenBackend(oneMore), "a part reaches pods that neither an input nor a backend names")
	mutate("API server, without a token",
		addEgress(goldens.Manager, networkingv1.NetworkPolicyEgressRule{To: apiServer, Ports: tcpPorts(6443, 8443)}), uselessPort)
}

func TestOnlyDNSIsAcceptedAtTheMetadataAddress(t *testing.T) {
	allow := func(number int32) goldens.Breakage {
		return addEgress(goldens.Agent, networkingv1.NetworkPolicyEgressRule{
			To:    []networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: "169.254.169.254/32"}}},
			Ports: tcpPorts(number),
		})
	}
	goldens.Mutate(t, excursionsHold)("HTTP", allow(80), "the cloud metadata service is reachable")
	t.Run("DNS", func(t *testing.T) {
		goldens.Each(t, func(t *testing.T, golden goldens.Golden) {
			gke := golden.Clone()
			if _, err := allow(53)(&gke); err != nil {
				t.Fatal(err)
			}
			failures, err := excursionsHold(gke)
			if err != nil {
				t.Fatal(err)
			}
			for _, failure := range failures {
				if strings.Contains(failure, "169.254.169.254") {
					t.Error(failure)
				}
			}
		})
	})
}

func TestAPolicyThatSaysLessThanItSeemsIsNamed(t *testing.T) {
	everyPod := []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{}}}
	for _, part := range goldens.Roles {
		t.Run(string(part), func(t *testing.T) {
			mutate := goldens.Mutate(t, shapeHolds)
			mutate("empty rule", addEgress(part, networkingv1.NetworkPolicyEgressRule{}), "is empty: it allows everything")
			mutate("no peers", addEgress(part, networkingv1.NetworkPolicyEgressRule{Ports: tcpPorts(443)}), ".to is missing or empty")
			mutate("no ports", addEgress(part, networkingv1.NetworkPolicyEgressRule{To: everyPod}), ".ports is missing or empty")
			mutate("empty peer", addEgress(part, networkingv1.NetworkPolicyEgressRule{
				Ports: tcpPorts(443), To: []networkingv1.NetworkPolicyPeer{{}},
			}), ".to[0] is an empty peer")
			mutate("one direction", policyOf(part, ingressOnly), "no policy denies Egress by default")
			mutate("other pods", policyOf(part, selectNobody), "no policy denies Ingress by default")
		})
	}
}

func TestTheTableShowsEveryChange(t *testing.T) {
	before := map[string]string{}
	check := func(golden goldens.Golden) ([]string, error) {
		w, err := newWorld(golden)
		if err != nil {
			return nil, err
		}
		now, err := newTable(w)
		if err != nil {
			return nil, err
		}
		return difference(before[golden.Name], now.String()), nil
	}
	for _, golden := range goldens.All(t) {
		w, err := newWorld(golden)
		if err != nil {
			t.Fatal(err)
		}
		original, err := newTable(w)
		if err != nil {
			t.Fatal(err)
		}
		before[golden.Name] = original.String()
	}
	mutate := goldens.Mutate(t, check)
	mutate("a rule less", drop(goldens.Prometheus, dials(8888)), "metric-agent 8888/TCP")
	mutate("a rule more", addEgress(goldens.Prometheus, toEveryPod(3000)), "prometheus -> monitoring/grafana 3000/TCP")
}
