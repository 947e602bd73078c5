package plan

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"istio.io/istio/pilot/pkg/simulation"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/capture"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/outcome"
)

// result is what becomes of one connection that a row means.
type result struct {
	encryption, verdict string
	dial                string
	// exceptions are patterns: the result does not count when the row names one of them.
	exceptions []string
}

// TestEveryEncryptionAndVerdictIsWhatIstioSimulates follows every row to the server.
func TestEveryEncryptionAndVerdictIsWhatIstioSimulates(t *testing.T) {
	compared, connections, incomparable := map[string]int{}, 0, map[string]int{}
	for _, s := range scenarios(t) {
		t.Run(s.Name, func(t *testing.T) {
			for row, results := range s.outcomes(t) {
				if reason := s.incomparable(s.Flows[row]); reason != "" {
					incomparable[reason]++
					continue
				}
				compared[s.Flows[row].Purpose]++
				connections += len(results)
				for _, d := range s.wrongOutcome(row, s.Flows[row], results) {
					t.Error(d.text)
				}
			}
		})
	}
	t.Logf("rows by purpose: %v, by %d connections; not comparable: %v", compared, connections, incomparable)
}

// incomparable is why nobody here judges what becomes of a row.
func (s *scenario) incomparable(row golden.Flow) string {
	target, found := s.target(row)
	switch {
	case s.plane(row.From) == "ambient" || (found && target.plane == "ambient"):
		return "ztunnel is not simulated"
	case row.Protocol == "UDP":
		return "Envoy takes TCP only"
	case row.Purpose == "certificates":
		return "the sidecar's own connection"
	case s.mixesPortModes(row):
		return "pods of one row have different modes by label and port"
	}
	return ""
}

// mixesPortModes are rows about all pods of a namespace, of which a declared PeerAuthentication takes some by label and port.
// The plan calls the verdict of all of them unknown, and names the encryption of the others only.
func (s *scenario) mixesPortModes(row golden.Flow) bool {
	modesByPort := []string{"bank", "shop"}
	return s.Name == "mesh-port-modes" && row.To.DataPlane == "sidecar" &&
		slices.Contains(modesByPort, row.To.Namespace) && (row.Port == nil || *row.Port == 9102)
}

// outcomes are the results of every row.
func (s *scenario) outcomes(t *testing.T) [][]result {
	t.Helper()
	if s.results != nil {
		return s.results
	}
	st := newStage(t, s)
	requests := make([][]request, len(s.Flows))
	for i, row := range s.Flows {
		if s.incomparable(row) != "" {
			continue
		}
		var err error
		if requests[i], err = st.requests(row); err != nil {
			t.Fatalf("%s: %s: %v", s.Name, row, err)
		}
	}
	s.results = make([][]result, len(s.Flows)) // Everybody whom a row can mean is known by now.
	for i, row := range s.Flows {
		for _, r := range requests[i] {
			s.results[i] = append(s.results[i], st.results(row, r)...)
		}
	}
	return s.results
}

// results are those of a request with every declaration of undescribed Services, and every way through the client's rules.
func (s *stage) results(row golden.Flow, r request) []result {
	var all []result
	for _, declaration := range declarations {
		if !r.undescribed && declaration != declarations[0] {
			continue
		}
		for verdict := range s.verdicts(row, r.to) {
			got, wrapped := s.world(declaration).Follow(outcome.Dial{
				To: r.to, Host: r.host, Protocol: r.protocol, TLS: r.tls, Verdict: verdict,
			})
			all = append(all, result{
				encryption: encryption(r.tls, wrapped), verdict: verdictOf[got], exceptions: r.exceptions,
				dial: fmt.Sprintf("%s: %s to %s, %s, ports declared as %s, %s", got, r.tls, r.to, verdict, declaration, r.assuming),
			})
		}
	}
	return all
}

// verdicts are what the rules of the client's pod can do with a connection.
func (s *stage) verdicts(row golden.Flow, to netip.AddrPort) map[capture.Verdict]bool {
	if s.plane(row.From) != "sidecar" {
		return map[capture.Verdict]bool{capture.Direct: true}
	}
	verdicts := map[capture.Verdict]bool{}
	for _, own := range s.podsLike(row.To.Name) {
		if reaches(own, to.Addr()) {
			verdicts[s.rules.Outbound(capture.Pod{Addresses: own}, capture.Connection{Protocol: "tcp", To: to})] = true
		}
	}
	return verdicts
}

// encryption is what a plan calls the outermost layer that leaves the client's pod.
func encryption(tls simulation.TLSMode, wrapped bool) string {
	if wrapped {
		return "mesh-mtls"
	}
	return map[simulation.TLSMode]string{
		simulation.Plaintext: "none", simulation.TLS: "app-tls", simulation.MTLS: "istio-cert",
	}[tls]
}

var verdictOf = map[outcome.Outcome]string{
	outcome.MutualTLS: "works", outcome.Plaintext: "works", outcome.OwnTLS: "works",
	outcome.RefusedBySidecar: "refused", outcome.RefusedByServer: "refused", outcome.StrayTLS: "broken",
}

// wrongOutcome compares a row with all that can become of it. What the plan says must hold for every result that the row
// does not name as an exception; what it calls unknown must really be open.
func (s *scenario) wrongOutcome(index int, row golden.Flow, all []result) []disagreement {
	ends := map[string][]string{}
	encryptions, verdicts := map[string]bool{}, map[string]bool{}
	for _, r := range all {
		if slices.ContainsFunc(r.exceptions, func(words string) bool { return names(row.Why, words) }) {
			continue
		}
		encryptions[r.encryption], verdicts[r.verdict] = true, true
		end := r.verdict + " with " + r.encryption
		ends[end] = append(ends[end], r.dial)
	}
	var words []string
	for _, end := range slices.Sorted(maps.Keys(ends)) {
		words = append(words, fmt.Sprintf("%s (%d, such as %s)", end, len(ends[end]), slices.Min(ends[end])))
	}
	saw := "simulated: " + strings.Join(words, "; ")
	var wrong []disagreement
	for field, said := range map[string]struct {
		value string
		seen  map[string]bool
	}{"encryption": {row.Encryption, encryptions}, "verdict": {row.Verdict, failing(verdicts)}} {
		if said.value == "unknown" && len(ends) < 2 {
			wrong = append(wrong, s.disagree(index, field, said.value, "says too little; "+saw))
		} else if said.value != "unknown" && (len(said.seen) != 1 || !said.seen[said.value]) {
			wrong = append(wrong, s.disagree(index, field, said.value, saw))
		}
	}
	return wrong
}

// failing makes one of refused and broken: a row that says broken means that it works nowhere.
func failing(verdicts map[string]bool) map[string]bool {
	if verdicts["works"] || len(verdicts) < 2 {
		return verdicts
	}
	return map[string]bool{"broken": true}
}

func names(why, words string) bool { return regexp.MustCompile(words).MatchString(why) }
