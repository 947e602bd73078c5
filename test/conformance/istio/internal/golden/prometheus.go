package golden

import (
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// Prometheus is the part of a Prometheus config that decides about TLS.
type Prometheus struct {
	ScrapeJobs []ScrapeJob `json:"scrape_configs"`
	Alerting   struct {
		Alertmanagers []struct {
			Scheme string `json:"scheme"`
		} `json:"alertmanagers"`
	} `json:"alerting"`
}

// PrometheusOf reads the config that a workload mounts.
func (f File) PrometheusOf(t testing.TB, workload Workload) Prometheus {
	t.Helper()
	for _, container := range workload.Template.Spec.Containers {
		for _, arg := range container.Args {
			file, ok := strings.CutPrefix(arg, "--config.file=")
			if !ok {
				continue
			}
			var prometheus Prometheus
			content, err := f.mountedFile(workload, container, file)
			if err == nil {
				err = yaml.Unmarshal([]byte(content), &prometheus)
			}
			if err != nil {
				t.Fatalf("%s: %v", workload, err)
			}
			return prometheus
		}
	}
	t.Fatalf("%s runs no Prometheus", workload)
	return Prometheus{}
}

// Job finds a scrape job by its name.
func (p Prometheus) Job(name string) (ScrapeJob, error) {
	for _, job := range p.ScrapeJobs {
		if job.Name == name {
			return job, nil
		}
	}
	return ScrapeJob{}, fmt.Errorf("no scrape job is called %s", name)
}
