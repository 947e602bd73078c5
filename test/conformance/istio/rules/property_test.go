package rules

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/kernel"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/redirect"
)

const (
	agentsPerProgram = 12
	dialsPerAgent    = 25
	// fewest connections of one kind, or the generator does not test much.
	fewest = 5
)

// TestTheKernelAgreesWithTheDecisionProcedure renders random backends and cluster facts as annotations, as this library
// would, and dials random addresses.
func TestTheKernelAgreesWithTheDecisionProcedure(t *testing.T) {
	seed := uint64(26)
	if given := os.Getenv("CONFORMANCE_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	for number, program := range redirect.Programs {
		t.Run(program.Name, func(t *testing.T) {
			random := random{rand.New(rand.NewPCG(seed, uint64(number)))}
			verdicts := map[capture.Verdict]int{}
			for range agentsPerProgram {
				for _, disagreement := range random.compare(t, program, kernel.Predict, verdicts) {
					t.Error(disagreement)
				}
			}
			t.Logf("CONFORMANCE_SEED=%d: %v", seed, verdicts)
			for _, verdict := range []capture.Verdict{capture.Direct, capture.EnvoyOut, capture.EnvoyIn} {
				if verdicts[verdict] < fewest {
					t.Errorf("only %d connections are %s", verdicts[verdict], verdict)
				}
			}
		})
	}
}

// TestTheKernelRefutesAnotherOrder proves that random dials tell rules apart: here ports win over excluded ranges.
func TestTheKernelRefutesAnotherOrder(t *testing.T) {
	portsFirst := func(rules capture.Rules, pod capture.Pod, f kernel.Flow) capture.Verdict {
		if f.By == kernel.ByCollector && slices.Contains(rules.IncludePorts, f.To.Port()) {
			return capture.EnvoyOut
		}
		return kernel.Predict(rules, pod, f)
	}
	random := random{rand.New(rand.NewPCG(26, 0))}
	for range agentsPerProgram {
		if len(random.compare(t, redirect.Programs[0], portsFirst, map[capture.Verdict]int{})) > 0 {
			return
		}
	}
	t.Error("no dial tells the difference")
}

type predictor func(capture.Rules, capture.Pod, kernel.Flow) capture.Verdict

// compare loads one random agent, dials, counts verdicts and describes where kernel and prediction differ.
func (r random) compare(
	t *testing.T, program redirect.Program, predict predictor, verdicts map[capture.Verdict]int,
) []string {
	t.Helper()
	addresses := [][]netip.Addr{{agentIP}, {agentIP, agentIP6}, {agentIP6}}[r.IntN(3)]
	annotations := r.annotations()
	agent := golden.OnlyAgent(t, platform).
		Mutate(func(template *corev1.PodTemplateSpec) { template.Annotations = annotations })
	rules, err := capture.Parse(annotations)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := kernel.Load(t, program, agent, addresses...)
	if err != nil {
		t.Fatalf("%v: %v", annotations, err)
	}
	var disagreements []string
	for range dialsPerAgent {
		f := r.flow(rules, addresses)
		want := predict(rules, loaded.Pod, f)
		got, err := loaded.Verdict(f)
		if err != nil || got != want {
			disagreements = append(disagreements,
				fmt.Sprintf("pod %v with %v dials %s: got %q (%v), want %q", addresses, annotations, f.To, got, err, want))
		}
		verdicts[got]++
	}
	return disagreements
}

// random makes what this library can render.
type random struct{ *rand.Rand }

var (
	pools = []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("172.16.0.0/12"),
		netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("203.0.113.0/24"),
		netip.MustParsePrefix("fd00::/16"), netip.MustParsePrefix("2001:db8::/32"),
	}
	commonPorts = []uint16{80, 443, 4317, 4318, 6443, 8080, 8888, 9090, 9091, 10250, 15014}
)

func (r random) annotations() map[string]string {
	annotations := map[string]string{
		capture.IncludeOutboundIPRanges: "",
		capture.IncludeInboundPorts:     "*",
		capture.ExcludeInboundPorts:     fmt.Sprint(r.port()),
	}
	if excluded := r.ranges(5); excluded != "" {
		annotations[capture.ExcludeOutboundIPRanges] = excluded
	}
	if r.IntN(4) == 0 { // Interception by Service ranges knows no ports.
		annotations[capture.IncludeOutboundIPRanges] = r.ranges(2)
	} else if ports := r.ports(8); ports != "" {
		annotations[capture.IncludeOutboundPorts] = ports
	}
	if r.IntN(3) == 0 {
		annotations["proxy.istio.io/config"] = "proxyMetadata:\n  ISTIO_DUAL_STACK: \"true\"\n"
	}
	return annotations
}

func (r random) port() uint16 {
	if r.IntN(2) == 0 {
		return commonPorts[r.IntN(len(commonPorts))]
	}
	return uint16(1 + r.IntN(65535))
}

func (r random) ports(most int) string {
	ports := make([]uint16, r.IntN(most+1))
	for i := range ports {
		ports[i] = r.port()
	}
	slices.Sort(ports)
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(slices.Compact(ports)), " ", ","), "[]")
}

func (r random) ranges(most int) string {
	ranges := make([]string, r.IntN(most+1))
	for i := range ranges {
		pool := pools[r.IntN(len(pools))]
		bits := pool.Bits() + r.IntN(pool.Addr().BitLen()-pool.Bits()+1)
		ranges[i] = netip.PrefixFrom(r.address(pool), bits).Masked().String()
	}
	return strings.Join(ranges, ",")
}

// address is somewhere in a range.
func (r random) address(prefix netip.Prefix) netip.Addr {
	bytes := prefix.Addr().AsSlice()
	var noise [16]byte
	binary.BigEndian.PutUint64(noise[:8], r.Uint64())
	binary.BigEndian.PutUint64(noise[8:], r.Uint64())
	for i := range bytes {
		free := max(0, min(8, (i+1)*8-prefix.Bits()))
		bytes[i] |= noise[i] & byte(1<<free-1)
	}
	address, _ := netip.AddrFromSlice(bytes)
	return address
}

// flow prefers the ranges and ports that rules name: elsewhere little happens.
func (r random) flow(rules capture.Rules, pod []netip.Addr) kernel.Flow {
	if r.IntN(6) == 0 {
		ports := append([]uint16{healthPort, 15020, 15021, 15090, r.port()}, rules.ExcludeInbound...)
		return kernel.Flow{By: kernel.ByOthers, Protocol: "tcp", To: netip.AddrPortFrom(pod[0], ports[r.IntN(len(ports))])}
	}
	port := r.port()
	if len(rules.IncludePorts) > 0 && r.IntN(4) > 0 {
		port = rules.IncludePorts[r.IntN(len(rules.IncludePorts))]
	}
	for {
		ranges := pools
		if named := slices.Concat(rules.IncludeRanges, rules.ExcludeRanges); len(named) > 0 && r.IntN(2) == 0 {
			ranges = named
		}
		to := r.address(ranges[r.IntN(len(ranges))])
		reachable := slices.ContainsFunc(pod, func(own netip.Addr) bool { return own.Is4() == to.Is4() })
		if reachable {
			return kernel.TCP("", netip.AddrPortFrom(to, port))
		}
		if !slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Addr().Is4() == pod[0].Is4() }) {
			rules.IncludeRanges, rules.ExcludeRanges = nil, nil // No range of this family: take the pools.
		}
	}
}
