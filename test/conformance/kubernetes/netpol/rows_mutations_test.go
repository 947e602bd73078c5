package netpol

import (
	"slices"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

func TestEveryRowWithAnotherVerdictIsNamed(t *testing.T) {
	eachMutant(t, func(f flow) []flow {
		var mutants []flow
		for _, other := range []verdict{saysAllowed, saysDenied, saysUnknown} {
			if other != f.NetworkPolicy {
				mutant := f
				mutant.NetworkPolicy = other
				mutants = append(mutants, mutant)
			}
		}
		return mutants
	}, "the plan says ")
}

func TestEveryRowWithAWronglyTranslatedPortIsNamed(t *testing.T) {
	eachMutant(t, func(f flow) []flow {
		known := !slices.Contains([]string{"dns", "kubernetes-api"}, f.To.Kind)
		isComparable := f.From != "kubelet" && !strings.HasSuffix(f.From, "/"+f.To.Namespace+"/"+f.To.Name)
		if f.TargetPort == nil || !known || !isComparable {
			return nil
		}
		wrong := *f.TargetPort + 1
		f.TargetPort = &wrong
		return []flow{f}
	}, "the server listens on ")
}

// eachMutant changes every row of every plan, each on its own.
func eachMutant(t *testing.T, mutantsOf func(f flow) []flow, want string) {
	count := 0
	goldens.Each(t, func(t *testing.T, golden goldens.Golden) {
		flows, err := plannedFlows(golden.Name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := newPlanned(golden)
		if err != nil {
			t.Fatal(err)
		}
		p.addUndescribed(flows)
		both, err := newJudges(p.world)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range flows {
			for _, mutant := range mutantsOf(*f) {
				count++
				failures, err := p.compare(&mutant, both, &figures{asked: map[verdict]int{}})
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(strings.Join(failures, "\n"), want) {
					t.Errorf("%s, %s: not named: %v", &mutant, mutant.NetworkPolicy, failures)
				}
			}
		}
	})
	t.Logf("%d mutants", count)
}

func TestTheRowsOfADroppedRuleAreNamed(t *testing.T) {
	denied := ": the plan says allowed, the evaluators deny "
	mutate := goldens.Mutate(t, rowsHold)
	mutate("DNS", drop(goldens.Prometheus, dials(53)), "prometheus -> dns cluster-dns 53/UDP (resolve, dns)"+denied)
	mutate("DNS over TCP", noTCP(goldens.Agent, dials(53)), "metric-agent -> dns cluster-dns 53/TCP (resolve, dns)"+denied)
	mutate("API server", drop(goldens.Prometheus, dials(6443)), "/TCP (discover, scrape_configs)"+denied)
	mutate("kubelet", drop(goldens.Agent, dials(10250)), "10250/TCP (scrape, receivers.kubelet_stats)"+denied)
	mutate("istiod", drop(goldens.Agent, dials(15012)), "metric-agent -> istiod istio-system/istiod 15012/TCP")
	mutate("scraped namespace", drop(goldens.Agent, inNamespace("shop")), "metric-agent -> pods shop/pods")
	mutate("backend", drop(goldens.Agent, inNamespace("observability")), "metric-agent -> service observability/gateway")
	mutate("scrape of the agent", drop(goldens.Prometheus, dials(8888)), "metric-agent 8888/TCP (scrape, scrape_configs.metric-agent)"+denied)
	mutate("alerts", drop(goldens.Prometheus, toPart(goldens.Manager)), "telemetry-manager-webhook")
	mutate("queries", drop(goldens.Manager, dials(9090)), "telemetry-manager -> service telemetry-system/telemetry-prometheus 9090/TCP")
	mutate("way into the agent", shut(goldens.Agent, goldens.Prometheus), "metric-agent 8888/TCP (scrape, scrape_configs.metric-agent)"+denied)
	mutate("way into Prometheus", shut(goldens.Prometheus, goldens.Manager), "telemetry-prometheus 9090/TCP (query, ")
	mutate("way into the manager", shut(goldens.Manager, goldens.Prometheus), "(alert, ")
}

func TestAnUnknownRowThatAPolicySettlesIsNamed(t *testing.T) {
	allow := addEgress(goldens.Agent, toEveryPod())
	deny := drop(goldens.Agent, inNamespace("observability"))
	mutate := goldens.Mutate(t, rowsHold)
	mutate("allowed", inGolden("example-minimal", allow), "the plan says unknown, the evaluators allow it all, such as")
	mutate("denied", inGolden("example-minimal", deny), "the plan says unknown, the evaluators deny it all, such as")
}

// inGolden limits a breakage to a golden where what it breaks decides some row.
func inGolden(name string, breakage goldens.Breakage) goldens.Breakage {
	return func(golden *goldens.Golden) (bool, error) {
		if golden.Name != name {
			return false, nil
		}
		return breakage(golden)
	}
}

func TestAnAllowedConnectionWithoutARowIsNamed(t *testing.T) {
	none := func(*flow) bool { return false }
	goldens.Mutate(t, connectionsHold(none))("a rule more", addEgress(goldens.Prometheus, toEveryPod(3000)),
		"about it: telemetry-system/telemetry-prometheus -> shop/app 3000/TCP")

	hasPrometheus := policyOf(goldens.Prometheus, func(*networkingv1.NetworkPolicySpec) bool { return true })
	goldens.Mutate(t, connectionsHold(func(f *flow) bool { return f.To.Namespace == "legacy" }))("no rows about a namespace",
		inGolden("native-sidecar-registry-only", hasPrometheus), "telemetry-metric-agent -> legacy/app 8080/TCP")
	for kind, want := range map[string]string{
		"dns":            "telemetry-prometheus -> kube-system/kube-dns 53/UDP",
		"kubernetes-api": "telemetry-prometheus -> api-server 10.10.0.4 6443/TCP",
		"workload":       "telemetry-prometheus -> telemetry-system/telemetry-metric-agent 8888/TCP",
	} {
		isOfKind := func(f *flow) bool { return f.To.Kind == kind }
		goldens.Mutate(t, connectionsHold(isOfKind))("no rows about "+kind, hasPrometheus, "about it: telemetry-system/"+want)
	}
}

// connectionsHold looks for connections without a row after forgetting some rows.
func connectionsHold(forgotten func(f *flow) bool) goldens.Check {
	return func(golden goldens.Golden) ([]string, error) {
		flows, err := plannedFlows(golden.Name)
		if err != nil {
			return nil, err
		}
		return unplanned(golden, slices.DeleteFunc(flows, forgotten), map[*exception]bool{})
	}
}
