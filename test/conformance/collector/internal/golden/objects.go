package golden

import (
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// Services of the cluster, in the order they were rendered.
func (c *Cluster) Services() ([]*corev1.Service, error) {
	return all[corev1.Service](c, "Service")
}

// Certificate is what cert-manager is asked for.
type Certificate struct {
	Metadata struct {
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Spec struct {
		SecretName string   `json:"secretName"`
		DNSNames   []string `json:"dnsNames"`
		Usages     []string `json:"usages"`
	} `json:"spec"`
}

// Certificate that cert-manager will write into a Secret, or nil.
func (c *Cluster) Certificate(namespace, secret string) (*Certificate, error) {
	certificates, err := all[Certificate](c, "Certificate")
	if err != nil {
		return nil, err
	}
	for _, certificate := range certificates {
		if certificate.Metadata.Namespace == namespace && certificate.Spec.SecretName == secret {
			return certificate, nil
		}
	}
	return nil, nil
}

// Dashboards of the cluster, as the sidecar of Grafana would write them.
func (c *Cluster) Dashboards() ([]string, error) {
	configMaps, err := all[corev1.ConfigMap](c, "ConfigMap")
	if err != nil {
		return nil, err
	}
	var dashboards []string
	for _, configMap := range configMaps {
		if configMap.Labels["grafana_dashboard"] == "" {
			continue
		}
		for _, text := range configMap.Data {
			dashboards = append(dashboards, text)
		}
	}
	return dashboards, nil
}

func all[T any](c *Cluster, kind string) ([]*T, error) {
	var found []*T
	for _, o := range c.objects {
		if o.Kind != kind {
			continue
		}
		decoded := new(T)
		if err := yaml.Unmarshal(o.text, decoded); err != nil {
			return nil, err
		}
		found = append(found, decoded)
	}
	return found, nil
}
