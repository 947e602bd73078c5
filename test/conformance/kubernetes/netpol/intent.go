package netpol

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.org/cdk8s-telemetry/test/conformance/kubernetes/internal/goldens"
)

// intent is what a part has reason to connect to, read from its own configuration and never from its policy.
type intent struct {
	metrics  []port // where it serves metrics
	api      bool
	kubelet  bool
	istiod   bool
	scraped  []string // namespaces
	backends []backend
	// everywhere: scrape targets are looked for in all namespaces.
	everywhere bool
}

// backend is one server that an exporter or a token source dials.
type backend struct {
	name      string
	namespace string // of the Service; empty: outside the cluster
	port      port   // outside the cluster only: a Service port says nothing about the pods' port
	address   string // outside the cluster, when the URL has one
}

func (w *world) readIntents() error {
	for _, e := range w.endpoints {
		if part := e.Part; part != nil {
			wants, err := w.intentOf(part)
			if err != nil {
				return err
			}
			w.intents[part] = wants
		}
	}
	return nil
}

func (w *world) intentOf(part *goldens.Part) (intent, error) {
	wants := intent{api: part.UsesAPI(), istiod: part.Template.Labels["sidecar.istio.io/inject"] == "true"}
	if namespace := declaredReceivers[w.golden.Name]; namespace != "" && part.Role == goldens.Prometheus {
		wants.backends = append(wants.backends, backend{name: "alertmanager", namespace: namespace})
	}
	if part.Role != goldens.Agent {
		return wants, nil
	}
	config, err := w.golden.Config(*part)
	if err != nil {
		return wants, err
	}
	metricsPorts, err := config.MetricsPorts()
	if err != nil {
		return wants, err
	}
	for _, number := range metricsPorts {
		wants.metrics = append(wants.metrics, tcp(number))
	}
	wants.kubelet = config.Starts("kubelet_stats")
	discoveries, err := config.Discoveries()
	if err != nil {
		return wants, err
	}
	for _, discovery := range discoveries {
		wants.scraped = append(wants.scraped, discovery.Namespaces.Names...)
		if len(discovery.Namespaces.Names) == 0 && !discovery.Namespaces.OwnNamespace {
			wants.everywhere = true
		}
	}
	for name, component := range config.Started() {
		for _, key := range []string{"endpoint", "token_url"} {
			address, isDestination := component[key].(string)
			if !isDestination || strings.Contains(address, "${env:") {
				continue
			}
			b, err := w.backend(address, part.Namespace)
			if err != nil {
				return wants, fmt.Errorf("%s.%s: %w", name, key, err)
			}
			b.name = name + "." + key
			wants.backends = append(wants.backends, b)
		}
	}
	return wants, nil
}

// backend takes what an exporter dials.
func (w *world) backend(address, ownNamespace string) (backend, error) {
	if !strings.Contains(address, "://") {
		address = "grpc://" + address
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return backend{}, err
	}
	if namespace := w.serviceNamespace(parsed.Hostname(), ownNamespace); namespace != "" {
		return backend{namespace: namespace}, nil
	}
	text := parsed.Port()
	if text == "" {
		text = map[string]string{"http": "80", "https": "443"}[parsed.Scheme]
	}
	number, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return backend{}, fmt.Errorf("no port in %s", address)
	}
	outside := backend{port: tcp(int32(number))}
	if ip, err := netip.ParseAddr(parsed.Hostname()); err == nil {
		outside.address = ip.String()
	}
	return outside, nil
}

// serviceNamespace is empty for servers outside the cluster. A name of two parts is a Service if its second part is a
// namespace of the cast or one that some rule names.
func (w *world) serviceNamespace(host, ownNamespace string) string {
	labels := strings.Split(host, ".")
	switch {
	case len(labels) == 1 && !strings.Contains(host, ":"):
		return ownNamespace
	case len(labels) > 2 && labels[2] == "svc":
		return labels[1]
	case len(labels) == 2 && w.namespaces[labels[1]] != nil:
		return labels[1]
	}
	return ""
}

// namespaces are those whose pods the part has reason to reach.
func (i intent) namespaces() []string {
	all := slices.Clone(i.scraped)
	for _, b := range i.backends {
		if b.namespace != "" {
			all = append(all, b.namespace)
		}
	}
	return all
}

// addressPorts are the ports that the part has reason to reach at addresses, wherever they are.
func (i intent) addressPorts() []port {
	var needed []port
	if i.api {
		needed = append(needed, tcp(443), tcp(6443))
	}
	if i.kubelet {
		needed = append(needed, tcp(10250))
	}
	for _, b := range i.backends {
		if b.namespace == "" {
			needed = append(needed, b.port)
		}
	}
	return needed
}
