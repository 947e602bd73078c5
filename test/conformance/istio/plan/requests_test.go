package plan

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"istio.io/istio/pilot/pkg/simulation"
	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/outcome"
)

// request is one connection that a row means, with what it assumes.
type request struct {
	to       netip.AddrPort
	host     string
	protocol simulation.Protocol
	tls      simulation.TLSMode
	assuming string
	// undescribed: what its Service is like is one of the things that are not known.
	undescribed bool
	// exceptions are patterns: a row that names one of them does not mean this request.
	exceptions []string
}

// requests are those of a row, from the golden's own config.
func (s *stage) requests(row golden.Flow) ([]request, error) {
	if strings.Contains(row.Source, "/jobs.") {
		return s.scrapes(row)
	}
	tls, protocol, err := s.speaks(row)
	if err != nil {
		return nil, err
	}
	var all []request
	for _, end := range s.ends(row) {
		end.tls, end.protocol = tls, protocol
		all = append(all, end)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("nobody knows who is called")
	}
	return all, nil
}

// ends are where a row can lead.
func (s *stage) ends(row golden.Flow) []request {
	switch row.To.Kind {
	case "service":
		var all []request
		for _, server := range s.named(row.To.Namespace, row.To.Name) {
			if !server.described {
				server.open(*row.Port)
			}
			end := server.end(*row.Port)
			end.assuming = fmt.Sprintf("with a sidecar: %t", server.Pod.Injected())
			all = append(all, end)
		}
		return all
	case "kubernetes-api":
		to := netip.AddrPortFrom(s.facts.APIServerIPs()[0], *row.Port)
		return []request{s.ofKubernetes("default", "kubernetes", "https", to).end(*row.Port)}
	case "dns":
		to := netip.AddrPortFrom(s.dns()[0], *row.Port)
		return []request{s.ofKubernetes("kube-system", "kube-dns", "dns-tcp", to).end(*row.Port)}
	case "workload":
		target, _ := s.target(row)
		if target.plane == "sidecar" {
			return []request{at(s.podsLike("")[0][0], *row.Port)}
		}
		server := s.pods(target.Namespace, target.Template.Labels, false)
		server.open(*row.Port)
		return []request{at(server.Pod.IP, *row.Port)}
	case "kubelet":
		return []request{at(some(s.facts.Nodes())[0], *row.Port)}
	case "external":
		var all []request
		for _, address := range outside(row.To.Name) {
			for _, own := range s.podsLike(row.To.Name) {
				if end := at(address, *row.Port); reaches(own, address) {
					end.host = net(row.To.Name, *row.Port)
					all = append(all, end)
				}
			}
		}
		return all
	}
	return nil
}

func at(address netip.Addr, port uint16) request {
	to := netip.AddrPortFrom(address, port)
	return request{to: to, host: to.String()}
}

func net(host string, port uint16) string { return fmt.Sprintf("%s:%d", host, port) }

// end is the server's Service.
func (s *server) end(port uint16) request {
	to := netip.AddrPortFrom(s.ClusterIP, port)
	return request{to: to, host: net(s.Hostname(), port), undescribed: !s.described}
}

var probeSource = regexp.MustCompile(`^(?:spec\.template\.spec\.containers\[(\d+)\]|([a-z-]+))\.(\w+)Probe$`)

// speaks is what the client sends, read from where the row says that it is configured.
func (s *stage) speaks(row golden.Flow) (simulation.TLSMode, simulation.Protocol, error) {
	kind, name, _ := strings.Cut(row.Source, ".")
	switch {
	case row.Purpose == "discover":
		return simulation.TLS, simulation.HTTP, nil
	case row.Purpose == "resolve":
		return simulation.Plaintext, simulation.TCP, nil
	case row.Purpose == "probe":
		_, scheme, err := s.probe(row)
		return byScheme(string(scheme)), simulation.HTTP, err
	case kind == "exporters", kind == "extensions":
		backends, err := s.agent(s.t, row.From).Config.Backends()
		if err != nil {
			return "", "", err
		}
		i := slices.IndexFunc(backends, func(b golden.Backend) bool { return b.Component == name })
		if i < 0 {
			return "", "", fmt.Errorf("the collector has no %s", row.Source)
		}
		tls, protocol := outcome.Sends(backends[i])
		return tls, protocol, nil
	case kind == "receivers":
		endpoint, _ := s.agent(s.t, row.From).Config.Receivers[name]["endpoint"].(string)
		scheme, _, found := strings.Cut(endpoint, "://")
		if !found {
			return "", "", fmt.Errorf("the endpoint of %s is %q", row.Source, endpoint)
		}
		return byScheme(scheme), simulation.HTTP, nil
	case kind == "scrape_configs":
		job, err := s.File.PrometheusOf(s.t, s.workloads[row.From].Workload).Job(name)
		return byScheme(job.Scheme), simulation.HTTP, err
	case kind == "alerting":
		index, err := strconv.Atoi(strings.Trim(strings.TrimPrefix(name, "alertmanagers"), "[]"))
		if err != nil {
			return "", "", err
		}
		alerting := s.File.PrometheusOf(s.t, s.workloads[row.From].Workload).Alerting
		return byScheme(alerting.Alertmanagers[index].Scheme), simulation.HTTP, nil
	case kind == "env":
		for _, container := range s.workloads[row.From].Template.Spec.Containers {
			if url, found := golden.EnvOf(&container, name); found {
				scheme, _, _ := strings.Cut(url, "://")
				return byScheme(scheme), simulation.HTTP, nil
			}
		}
	}
	return "", "", fmt.Errorf("nobody knows what it sends")
}

// byScheme leaves out certificates: only those of the mesh make a difference to it.
func byScheme(scheme string) simulation.TLSMode {
	if strings.EqualFold(scheme, "https") {
		return simulation.TLS
	}
	return simulation.Plaintext
}

// probe is what the injector leaves of a probe of the manifests, or adds.
func (s *scenario) probe(row golden.Flow) (uint16, corev1.URIScheme, error) {
	target, found := s.target(row)
	match := probeSource.FindStringSubmatch(row.Source)
	if !found || match == nil {
		return 0, "", fmt.Errorf("no such probe")
	}
	name := match[2]
	if index, err := strconv.Atoi(match[1]); err == nil {
		name = target.Template.Spec.Containers[index].Name
	}
	container := golden.Container(target.pod, name)
	if container == nil {
		return 0, "", fmt.Errorf("the pod has no container %s", name)
	}
	probe := map[string]*corev1.Probe{
		"liveness": container.LivenessProbe, "readiness": container.ReadinessProbe, "startup": container.StartupProbe,
	}[match[3]]
	switch {
	case probe != nil && probe.HTTPGet != nil:
		return containerPort(target.pod, probe.HTTPGet.Port), probe.HTTPGet.Scheme, nil
	case probe != nil && probe.TCPSocket != nil:
		return containerPort(target.pod, probe.TCPSocket.Port), "", nil
	}
	return 0, "", fmt.Errorf("container %s makes no such connection", name)
}
