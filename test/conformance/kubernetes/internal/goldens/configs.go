package goldens

import (
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// Config is the part of a collector or Prometheus configuration that says what the process connects to.
type Config struct {
	Extensions    map[string]Component `json:"extensions"`
	Receivers     map[string]Component `json:"receivers"`
	Processors    map[string]Component `json:"processors"`
	Exporters     map[string]Component `json:"exporters"`
	Service       Service              `json:"service"`
	ScrapeConfigs []ScrapeConfig       `json:"scrape_configs"`
	Alerting      map[string]any       `json:"alerting"`
}

// Component is the configuration of one component of a collector.
type Component map[string]any

// Service lists the components that are really started.
type Service struct {
	Extensions []string            `json:"extensions"`
	Pipelines  map[string]Pipeline `json:"pipelines"`
	Telemetry  struct {
		Metrics struct {
			Readers []struct {
				Pull struct {
					Exporter struct {
						Prometheus struct {
							Port int32 `json:"port"`
						} `json:"prometheus"`
					} `json:"exporter"`
				} `json:"pull"`
			} `json:"readers"`
		} `json:"metrics"`
	} `json:"telemetry"`
}

// Pipeline lists components by their full names.
type Pipeline struct {
	Receivers  []string `json:"receivers"`
	Processors []string `json:"processors"`
	Exporters  []string `json:"exporters"`
}

// ScrapeConfig is one scrape job.
type ScrapeConfig struct {
	JobName   string      `json:"job_name"`
	Discovery []Discovery `json:"kubernetes_sd_configs"`
}

// Discovery is one entry of kubernetes_sd_configs.
type Discovery struct {
	Role           string          `json:"role"`
	AttachMetadata map[string]bool `json:"attach_metadata"`
	Namespaces     struct {
		OwnNamespace bool     `json:"own_namespace"`
		Names        []string `json:"names"`
	} `json:"namespaces"`
}

// Config returns what the part reads from the ConfigMap it mounts.
func (g Golden) Config(part Part) (Config, error) {
	configMaps, err := Of[corev1.ConfigMap](g)
	if err != nil {
		return Config{}, err
	}
	file := map[Role]string{Agent: "collector.yaml", Prometheus: "prometheus.yml"}[part.Role]
	for _, volume := range part.Template.Spec.Volumes {
		for _, configMap := range configMaps {
			if volume.ConfigMap == nil || volume.ConfigMap.Name != configMap.Name || part.Namespace != configMap.Namespace {
				continue
			}
			if text, ok := configMap.Data[file]; ok {
				var config Config
				return config, yaml.Unmarshal([]byte(text), &config)
			}
		}
	}
	return Config{}, fmt.Errorf("%s mounts no ConfigMap with %q", part, file)
}

// Started returns the configured components that the service section starts, by their full names.
func (c Config) Started() map[string]Component {
	started := map[string]Component{}
	add := func(names []string, components map[string]Component) {
		for _, name := range names {
			started[name] = components[name]
		}
	}
	add(c.Service.Extensions, c.Extensions)
	for _, pipeline := range c.Service.Pipelines {
		add(pipeline.Receivers, c.Receivers)
		add(pipeline.Processors, c.Processors)
		add(pipeline.Exporters, c.Exporters)
	}
	return started
}

// Type is the name of a component without the instance: `prometheus` of `prometheus/pods`.
func Type(component string) string {
	kind, _, _ := strings.Cut(component, "/")
	return kind
}

// Starts tells whether the collector runs a component of the type.
func (c Config) Starts(kind string) bool {
	for name := range c.Started() {
		if Type(name) == kind {
			return true
		}
	}
	return false
}

// MetricsPorts are the ports on which a collector serves metrics: its own, and those of `prometheus` exporters.
func (c Config) MetricsPorts() ([]int32, error) {
	var ports []int32
	for _, reader := range c.Service.Telemetry.Metrics.Readers {
		if port := reader.Pull.Exporter.Prometheus.Port; port != 0 {
			ports = append(ports, port)
		}
	}
	for name, component := range c.Started() {
		if _, isExporter := c.Exporters[name]; !isExporter || Type(name) != "prometheus" {
			continue
		}
		endpoint := fmt.Sprint(component["endpoint"])
		port, err := strconv.ParseInt(endpoint[strings.LastIndex(endpoint, ":")+1:], 10, 32)
		if err != nil {
			return nil, fmt.Errorf("exporter %s: no port in %q", name, endpoint)
		}
		ports = append(ports, int32(port))
	}
	return ports, nil
}

// Discoveries returns every discovery of scrape targets: of Prometheus itself, or of the collector's prometheus receivers.
func (c Config) Discoveries() ([]Discovery, error) {
	jobs := c.ScrapeConfigs
	for name, component := range c.Started() {
		if _, isReceiver := c.Receivers[name]; !isReceiver || Type(name) != "prometheus" {
			continue
		}
		text, err := yaml.Marshal(component["config"])
		if err != nil {
			return nil, err
		}
		var embedded Config
		if err := yaml.Unmarshal(text, &embedded); err != nil {
			return nil, fmt.Errorf("receiver %s: %w", name, err)
		}
		jobs = append(jobs, embedded.ScrapeConfigs...)
	}
	var discoveries []Discovery
	for _, job := range jobs {
		discoveries = append(discoveries, job.Discovery...)
	}
	return discoveries, nil
}
