package golden

import (
	"fmt"
	"path"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// Agent is a workload that runs the OpenTelemetry Collector, with the config it mounts.
type Agent struct {
	Workload
	// Container is the name of the collector's container.
	Container string
	Config    Collector
}

// Agents returns the collectors of the golden.
func (f File) Agents(t testing.TB) []Agent {
	t.Helper()
	var agents []Agent
	for _, workload := range f.Workloads(t) {
		for _, container := range workload.Template.Spec.Containers {
			file, ok := configFile(container)
			if !ok {
				continue
			}
			config, err := f.mountedFile(workload, container, file)
			if err != nil {
				t.Fatalf("%s: %v", workload, err)
			}
			collector, err := parseCollector(config)
			if err != nil {
				t.Fatalf("%s: %v", workload, err)
			}
			agents = append(agents, Agent{workload, container.Name, collector})
		}
	}
	return agents
}

// InjectedAgents returns the agents of all goldens that ask for a sidecar.
func InjectedAgents(t testing.TB) []Agent {
	t.Helper()
	var agents []Agent
	for _, file := range All(t) {
		for _, agent := range file.Agents(t) {
			if agent.WantsSidecar() {
				agents = append(agents, agent)
			}
		}
	}
	if len(agents) == 0 {
		t.Fatal("no golden has an agent with a sidecar")
	}
	return agents
}

// OnlyAgent returns the agent of a golden that has exactly one.
func OnlyAgent(t testing.TB, name string) Agent {
	t.Helper()
	agents := Named(t, name).Agents(t)
	if len(agents) != 1 {
		t.Fatalf("%s: %d agents", name, len(agents))
	}
	return agents[0]
}

// Mutate returns a copy of the agent with a changed pod template.
func (a Agent) Mutate(change func(*corev1.PodTemplateSpec)) Agent {
	a.Template = *a.Template.DeepCopy()
	change(&a.Template)
	return a
}

// WithoutAnnotation returns a copy of the agent that lacks one annotation.
func (a Agent) WithoutAnnotation(name string) Agent {
	return a.Mutate(func(template *corev1.PodTemplateSpec) { delete(template.Annotations, name) })
}

// WithAnnotation returns a copy of the agent with another value of one annotation.
func (a Agent) WithAnnotation(name, value string) Agent {
	return a.Mutate(func(template *corev1.PodTemplateSpec) { template.Annotations[name] = value })
}

// User is the user and the primary group that the collector runs as.
func (a Agent) User() (uid, gid uint32, err error) {
	pod := a.Template.Spec.SecurityContext
	own := Container(a.Pod(), a.Container).SecurityContext
	var user, group *int64
	if pod != nil {
		user, group = pod.RunAsUser, pod.RunAsGroup
	}
	if own != nil && own.RunAsUser != nil {
		user = own.RunAsUser
	}
	if own != nil && own.RunAsGroup != nil {
		group = own.RunAsGroup
	}
	if user == nil || group == nil {
		return 0, 0, fmt.Errorf("%s: the collector's user or group is left to the image", a)
	}
	return uint32(*user), uint32(*group), nil
}

func configFile(container corev1.Container) (string, bool) {
	for _, arg := range container.Args {
		if file, ok := strings.CutPrefix(arg, "--config="); ok {
			return file, true
		}
	}
	return "", false
}

// mountedFile reads a file as the container sees it: through mount, volume and ConfigMap.
func (f File) mountedFile(workload Workload, container corev1.Container, file string) (string, error) {
	for _, mount := range container.VolumeMounts {
		if mount.MountPath != path.Dir(file) {
			continue
		}
		for _, volume := range workload.Template.Spec.Volumes {
			if volume.Name != mount.Name || volume.ConfigMap == nil {
				continue
			}
			for _, object := range f.OfKind("ConfigMap") {
				if object.Name != volume.ConfigMap.Name || object.Namespace != workload.Namespace {
					continue
				}
				var configMap corev1.ConfigMap
				if err := yaml.Unmarshal(object.YAML, &configMap); err != nil {
					return "", err
				}
				if content, ok := configMap.Data[path.Base(file)]; ok {
					return content, nil
				}
			}
		}
	}
	return "", fmt.Errorf("no mounted ConfigMap holds %s", file)
}
