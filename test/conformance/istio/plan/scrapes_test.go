package plan

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"istio.io/istio/pilot/pkg/simulation"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/discovery"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
)

// elsewhere is a namespace that no fact and no manifest names.
const elsewhere = "elsewhere"

// pod is one of those that a row with a scrape job means, unless it names an exception.
type pod struct {
	namespace  string
	labels     map[string]string
	exceptions []string
}

// exceptNamespace and exceptValue are how a row names an exception, whatever the words around it are.
func exceptNamespace(name string) string {
	return fmt.Sprintf(`\s%s([\s,;]|\.\s|\.?$)`, regexp.QuoteMeta(name))
}

func exceptValue(name, value string) string {
	return fmt.Sprintf(`\b%s\W{1,3}%s\b`, regexp.QuoteMeta(name), regexp.QuoteMeta(value))
}

// scrapes are what the row's job makes of the pods that the row means, by Prometheus' own relabelling.
func (s *stage) scrapes(row golden.Flow) ([]request, error) {
	if target, found := s.target(row); found {
		return s.scrapesOf(row, pod{namespace: target.Namespace, labels: target.Template.Labels}, target.plane == "sidecar"), nil
	}
	labels, err := labelsIn(row.To.Name)
	if err != nil {
		return nil, err
	}
	var all []request
	for _, pod := range s.podsOf(row, labels) {
		all = append(all, s.scrapesOf(row, pod, row.To.DataPlane == "sidecar")...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the job does not scrape such pods")
	}
	return all, nil
}

// labelsIn reads `pods labelled app=ledger`.
func labelsIn(name string) (map[string]string, error) {
	labels := map[string]string{}
	rest, labelled := strings.CutPrefix(name, "pods labelled ")
	if !labelled {
		if name != "pods" {
			return nil, fmt.Errorf("nobody knows which pods are meant")
		}
		return labels, nil
	}
	for label := range strings.SplitSeq(rest, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(label), "=")
		labels[key] = value
	}
	return labels, nil
}

// podsOf leaves open what the row leaves open: the namespace, and labels by which the mesh tells pods apart.
func (s *stage) podsOf(row golden.Flow, labels map[string]string) []pod {
	all := []pod{{cmp.Or(row.To.Namespace, elsewhere), labels, nil}}
	other := func(namespace string) (exceptions []string, meant bool) {
		if row.To.Namespace != "" {
			return nil, row.To.Namespace == namespace
		}
		return []string{exceptNamespace(namespace)}, true
	}
	for _, namespace := range slices.Sorted(maps.Keys(s.facts.Mesh.NamespaceModes)) {
		if exceptions, meant := other(namespace); meant && row.To.Namespace == "" {
			all = append(all, pod{namespace, labels, exceptions})
		}
	}
	for _, port := range s.facts.Mesh.PortModes {
		exceptions, meant := other(port.Namespace)
		if !meant {
			continue
		}
		labelled := maps.Clone(labels)
		maps.Copy(labelled, port.PodLabels)
		for name, value := range port.PodLabels {
			exceptions = append(exceptions, exceptValue(name, value))
		}
		all = append(all, pod{port.Namespace, labelled, exceptions})
	}
	return all
}

// annotated are the places for scrape annotations.
var annotated = map[string]func(*discovery.Target, map[string]string){
	"not annotated":       func(*discovery.Target, map[string]string) {},
	"the pod annotated":   func(t *discovery.Target, set map[string]string) { t.OnPod = set },
	"its Service so, too": func(t *discovery.Target, set map[string]string) { t.OnService = set },
}

// scrapesOf announces the pod in every way. A scheme is only announced to a job that otherwise ignores the pod, or as an
// exception that the row has to name.
func (s *stage) scrapesOf(row golden.Flow, like pod, injected bool) []request {
	var all []request
	for _, port := range s.ports(row, s.rules) {
		found := s.announced(row, like, injected, port, "")
		if len(found) == 0 {
			found = s.announced(row, like, injected, port, "https")
		}
		exceptions := s.announced(row, like, injected, port, "http")
		for i := range exceptions {
			exceptions[i].exceptions = append(slices.Clone(like.exceptions), exceptValue("prometheus.io/scheme", "http"))
		}
		all = append(all, append(found, exceptions...)...)
	}
	return all
}

func (s *stage) announced(row golden.Flow, like pod, injected bool, port uint16, scheme string) []request {
	_, job, _ := strings.Cut(row.Source, "/jobs.")
	server := s.pods(like.namespace, like.labels, injected)
	server.open(port)
	address := server.Pod.IP
	if target, found := s.target(row); found && target.plane == "sidecar" {
		address = s.own.IP
	}
	set := map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": fmt.Sprint(port)}
	if scheme != "" {
		set["prometheus.io/scheme"] = scheme
	}
	var all []request
	for place, annotate := range annotated {
		target := discovery.Target{Namespace: like.namespace, Injected: injected, Ports: []uint16{port}, Labels: like.labels}
		annotate(&target, set)
		key := fmt.Sprintf("%s %s %+v", row.From, address, target)
		if _, known := s.scraped[key]; !known {
			s.scraped[key] = discovery.Scrapes(s.t, s.agent(s.t, row.From), target, address)
		}
		for _, scrape := range s.scraped[key] {
			if scrape.Job != job || scrape.Address.Port() != port {
				continue
			}
			r := at(scrape.Address.Addr(), port)
			r.protocol, r.tls, r.undescribed = simulation.HTTP, scrape.TLS, true
			r.exceptions = like.exceptions
			r.assuming = strings.TrimSpace(fmt.Sprintf("namespace %s, labels %v, %s %s", like.namespace, like.labels, place, scheme))
			all = append(all, r)
		}
	}
	return all
}
