package golden

import (
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

type settings = map[string]any

// Collector is the part of a collector config that makes connections.
type Collector struct {
	Receivers  map[string]settings `json:"receivers"`
	Exporters  map[string]settings `json:"exporters"`
	Extensions map[string]settings `json:"extensions"`
	Service    struct {
		Telemetry struct {
			Metrics struct {
				Readers []struct {
					Pull struct {
						Exporter struct {
							Prometheus struct {
								Port uint16 `json:"port"`
							} `json:"prometheus"`
						} `json:"exporter"`
					} `json:"pull"`
				} `json:"readers"`
			} `json:"metrics"`
		} `json:"telemetry"`
	} `json:"service"`
}

// Backend is a destination that the agent sends to: an exporter's endpoint or a token endpoint.
type Backend struct {
	Component string
	Host      string
	Port      uint16
	// TLS by the collector itself.
	TLS  bool
	GRPC bool
}

func parseCollector(config string) (Collector, error) {
	var collector Collector
	if err := yaml.Unmarshal([]byte(config), &collector); err != nil {
		return collector, err
	}
	if len(collector.Exporters) == 0 {
		return collector, fmt.Errorf("the collector config has no exporters")
	}
	return collector, nil
}

// MetricsPorts are where the collector serves metrics: its own, and those of exporters that wait to be scraped.
func (c Collector) MetricsPorts() ([]uint16, error) {
	readers := c.Service.Telemetry.Metrics.Readers
	if len(readers) != 1 || readers[0].Pull.Exporter.Prometheus.Port == 0 {
		return nil, fmt.Errorf("the collector config has %d readers of its own metrics, expected one with a port", len(readers))
	}
	ports := []uint16{readers[0].Pull.Exporter.Prometheus.Port}
	for id, exporter := range c.Exporters {
		if !listens(id) {
			continue
		}
		address, _ := exporter["endpoint"].(string)
		port, err := strconv.ParseUint(address[strings.LastIndex(address, ":")+1:], 10, 16)
		if err != nil {
			return nil, fmt.Errorf("exporter %s: %w", id, err)
		}
		ports = append(ports, uint16(port))
	}
	slices.Sort(ports)
	return ports, nil
}

// listens recognizes the exporter that serves metrics instead of sending them.
func listens(id string) bool {
	kind, _, _ := strings.Cut(id, "/")
	return kind == "prometheus"
}

// Backends returns every destination, in a stable order. A component it does not understand is an error.
func (c Collector) Backends() ([]Backend, error) {
	var backends []Backend
	for id, exporter := range c.Exporters {
		if listens(id) {
			continue
		}
		address, ok := exporter["endpoint"].(string)
		if !ok {
			return nil, fmt.Errorf("exporter %s has no endpoint", id)
		}
		backend, err := parseEndpoint(id, unescape(address), exporter)
		if err != nil {
			return nil, err
		}
		backends = append(backends, backend)
	}
	for id, extension := range c.Extensions {
		if address, ok := extension["token_url"].(string); ok {
			backend, err := parseEndpoint(id, unescape(address), nil)
			if err != nil {
				return nil, err
			}
			backends = append(backends, backend)
		}
	}
	slices.SortFunc(backends, func(a, b Backend) int { return strings.Compare(a.Component, b.Component) })
	return backends, nil
}

// parseEndpoint reads a URL, or the `host:port` of gRPC where TLS is the default.
func parseEndpoint(id, address string, exporter settings) (Backend, error) {
	backend := Backend{Component: id, GRPC: strings.HasPrefix(id, "otlp_grpc")}
	host, port, scheme := "", "", ""
	if parsed, err := url.Parse(address); err == nil && parsed.Host != "" {
		host, port, scheme = parsed.Hostname(), parsed.Port(), parsed.Scheme
	} else if host, port, err = net.SplitHostPort(address); err != nil {
		return backend, fmt.Errorf("%s: endpoint %q: %w", id, address, err)
	}
	tls, _ := exporter["tls"].(settings)
	insecure, _ := tls["insecure"].(bool)
	backend.TLS = scheme == "https" || (scheme != "http" && !insecure)
	if port == "" {
		port = map[bool]string{true: "443", false: "80"}[backend.TLS]
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return backend, fmt.Errorf("%s: endpoint %q: %w", id, address, err)
	}
	backend.Host, backend.Port = host, uint16(number)
	return backend, nil
}

// ScrapeJobs returns the jobs of all Prometheus receivers as Prometheus reads them, in the order of their names.
func (c Collector) ScrapeJobs() ([]ScrapeJob, error) {
	var jobs []ScrapeJob
	for id, receiver := range c.Receivers {
		if !strings.HasPrefix(id, "prometheus") {
			continue
		}
		config, _ := receiver["config"].(settings)
		raw, err := json.Marshal(unescaped(config["scrape_configs"]))
		if err != nil {
			return nil, err
		}
		var own []ScrapeJob
		if err := yaml.Unmarshal(raw, &own); err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		jobs = append(jobs, own...)
	}
	slices.SortFunc(jobs, func(a, b ScrapeJob) int { return strings.Compare(a.Name, b.Name) })
	return jobs, nil
}

// ScrapeJob is one Prometheus scrape job.
type ScrapeJob struct {
	Name      string     `json:"job_name"`
	Scheme    string     `json:"scheme"`
	Path      string     `json:"metrics_path"`
	TLS       *TLSConfig `json:"tls_config"`
	Relabel   []settings `json:"relabel_configs"`
	Discovery []struct {
		Role       string `json:"role"`
		Namespaces struct {
			Names []string `json:"names"`
		} `json:"namespaces"`
		Selectors []struct {
			Role  string `json:"role"`
			Label string `json:"label"`
		} `json:"selectors"`
	} `json:"kubernetes_sd_configs"`
}

// TLSConfig is the `tls_config` of a scrape job.
type TLSConfig struct {
	CAFile             string `json:"ca_file"`
	CertFile           string `json:"cert_file"`
	KeyFile            string `json:"key_file"`
	InsecureSkipVerify bool   `json:"insecure_skip_verify"`
}

// Files are the paths in it.
func (t TLSConfig) Files() []string { return []string{t.CAFile, t.CertFile, t.KeyFile} }

// unescape undoes what protects a literal `$` from the collector's expansion of variables.
func unescape(text string) string { return strings.ReplaceAll(text, "$$", "$") }

func unescaped(value any) any {
	switch value := value.(type) {
	case string:
		return unescape(value)
	case settings:
		copied := make(settings, len(value))
		for key := range value {
			copied[key] = unescaped(value[key])
		}
		return copied
	case []any:
		copied := make([]any, len(value))
		for i := range value {
			copied[i] = unescaped(value[i])
		}
		return copied
	}
	return value
}
