package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/kernel"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/redirect"
)

// seen is the path of one connection that a row means.
type seen struct{ dial, path string }

// TestEveryPathIsWhatTheKernelDoes dials every row whose client has a sidecar, or that arrives at one.
func TestEveryPathIsWhatTheKernelDoes(t *testing.T) {
	counts := map[string]int{}
	for _, s := range scenarios(t) {
		t.Run(s.Name, func(t *testing.T) {
			for row, seen := range s.paths(t) {
				counts[oracleOf(seen)]++
				if d, wrong := s.wrongPath(row, s.Flows[row].Path, seen); wrong {
					t.Error(d.text)
				}
			}
		})
	}
	t.Logf("rows by who says the path: %v", counts)
}

// oracleOf tells apart what was dialled from what Istio leaves alone.
func oracleOf(all []seen) string {
	if len(all) == 1 && strings.HasPrefix(all[0].dial, "no rules") {
		return all[0].dial
	}
	return "the kernel"
}

// wrongPath compares what a plan says with what was seen: where connections differ, it must say so.
func (s *scenario) wrongPath(row int, path string, all []seen) (disagreement, bool) {
	byPath := map[string][]string{}
	for _, one := range all {
		byPath[one.path] = append(byPath[one.path], one.dial)
	}
	want, words := "conditional", []string{}
	for path, dials := range byPath {
		words = append(words, fmt.Sprintf("%s (%s)", path, strings.Join(dials, ", ")))
		if len(byPath) == 1 {
			want = path
		}
	}
	slices.Sort(words)
	return s.disagree(row, "path", path, "seen: "+strings.Join(words, "; ")), path != want
}

// paths are what is seen of every row.
func (s *scenario) paths(t *testing.T) [][]seen {
	t.Helper()
	if s.seen == nil {
		d := dialler{s: s, t: t, kernels: map[string]*kernel.Kernel{}, answers: map[string]seen{}}
		for _, row := range s.Flows {
			s.seen = append(s.seen, d.dial(row))
		}
	}
	return s.seen
}

// dialler connects through the rules that Istio's two programs write for the pods of a scenario.
type dialler struct {
	s       *scenario
	t       *testing.T
	kernels map[string]*kernel.Kernel
	answers map[string]seen
}

func (d dialler) dial(row golden.Flow) []seen {
	d.t.Helper()
	client, isPod := d.s.workloads[row.From]
	switch {
	case !isPod:
		return d.arriving(row)
	case client.plane == "sidecar":
		return d.leaving(row)
	case client.plane == "ambient":
		return []seen{{"no rules of a sidecar: ztunnel", ambientPath(row)}}
	}
	return []seen{{"no rules: Istio leaves the pod alone", "direct"}}
}

// ambientPath: ztunnel takes all TCP, and answers DNS.
func ambientPath(row golden.Flow) string {
	switch {
	case *row.Port == 53:
		return "dns-proxy"
	case row.Protocol == "TCP":
		return "ztunnel"
	}
	return "direct"
}

// leaving are a sidecar's pod's connections.
func (d dialler) leaving(row golden.Flow) []seen {
	d.t.Helper()
	rules := d.s.rules(d.t, row.From)
	var all []seen
	for _, own := range d.s.podsLike(row.To.Name) {
		for _, flow := range d.s.dials(row, rules, own) {
			all = append(all, d.through(row.From, own, flow)...)
		}
	}
	if len(all) == 0 {
		d.t.Fatalf("%s: nobody knows how to dial it", row)
	}
	return all
}

// arriving are connections of the kubelet: their path is that into the server's pod.
func (d dialler) arriving(row golden.Flow) []seen {
	d.t.Helper()
	target, found := d.s.target(row)
	if !found || row.From != "kubelet" {
		d.t.Fatalf("%s: nobody knows how to dial it", row)
	}
	if target.plane != "sidecar" {
		return []seen{{"no rules: Istio leaves the pod alone", "direct"}} // ztunnel, too, lets the kubelet pass.
	}
	var all []seen
	for _, own := range d.s.podsLike("") {
		flow := kernel.TCP("", netip.AddrPortFrom(own[0], *row.Port)).From(kernel.ByOthers)
		all = append(all, d.through(target.ID(), own, flow)...)
	}
	return all
}

var pathOf = map[capture.Verdict]string{
	capture.Direct: "direct", capture.EnvoyOut: "sidecar", capture.EnvoyIn: "sidecar-inbound",
}

// through dials once by each program.
func (d dialler) through(id string, own []netip.Addr, flow kernel.Flow) []seen {
	d.t.Helper()
	var all []seen
	for _, program := range redirect.Programs {
		if program.Install.Nftables {
			continue
		}
		pod := fmt.Sprintf("%s %v %s", program.Name, own, id)
		loaded, found := d.kernels[pod]
		if !found {
			var err error
			if loaded, err = kernel.Load(d.t, program, d.s.agent(d.t, id), own...); err != nil {
				d.t.Fatal(err)
			}
			d.kernels[pod] = loaded
		}
		key := fmt.Sprintf("%s %+v", pod, flow)
		if _, asked := d.answers[key]; !asked {
			verdict, err := loaded.Verdict(flow)
			path := pathOf[verdict]
			if err != nil {
				path = err.Error()
			}
			d.answers[key] = seen{fmt.Sprintf("%s/%s from %v by %s", flow.To, flow.Protocol, own, program.Name), path}
		}
		all = append(all, d.answers[key])
	}
	return all
}
