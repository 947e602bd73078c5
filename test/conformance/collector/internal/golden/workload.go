package golden

import (
	"fmt"
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// Workload is a pod template and the container in it that runs the program under test.
type Workload struct {
	Cluster   *Cluster
	Kind      string
	Namespace string
	Name      string
	Labels    map[string]string
	Pod       corev1.PodSpec
	Container corev1.Container
	// ConfigPath is where the program is told to read its config.
	ConfigPath string
}

// Agents are the workloads that run the collector.
func (c *Cluster) Agents() ([]*Workload, error) {
	return c.workloads("DaemonSet", "--config=")
}

// Prometheuses are the workloads that run Prometheus.
func (c *Cluster) Prometheuses() ([]*Workload, error) {
	return c.workloads("StatefulSet", "--config.file=")
}

func (c *Cluster) workloads(kind, configFlag string) ([]*Workload, error) {
	var found []*Workload
	for _, o := range c.objects {
		if o.Kind != kind {
			continue
		}
		// DaemonSet and StatefulSet have the pod template at the same place.
		var decoded struct {
			Spec struct {
				Template corev1.PodTemplateSpec         `json:"template"`
				Claims   []corev1.PersistentVolumeClaim `json:"volumeClaimTemplates"`
			} `json:"spec"`
		}
		if err := yaml.Unmarshal(o.text, &decoded); err != nil {
			return nil, fmt.Errorf("%s: %w", o.key(), err)
		}
		pod := decoded.Spec.Template.Spec
		for _, claim := range decoded.Spec.Claims {
			source := corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim.Name}}
			pod.Volumes = append(pod.Volumes, corev1.Volume{Name: claim.Name, VolumeSource: source})
		}
		for _, container := range pod.Containers {
			if file, ok := flagValue(container.Args, configFlag); ok {
				found = append(found, &Workload{
					Cluster: c, Kind: kind, Namespace: o.Metadata.Namespace, Name: o.Metadata.Name,
					Labels: decoded.Spec.Template.Labels, Pod: pod, Container: container, ConfigPath: file,
				})
			}
		}
	}
	return found, nil
}

// Argument is the value of a flag such as `--config=`.
func (w *Workload) Argument(flag string) (string, bool) {
	return flagValue(w.Container.Args, flag)
}

func flagValue(args []string, flag string) (string, bool) {
	for _, arg := range args {
		if value, ok := strings.CutPrefix(arg, flag); ok {
			return value, true
		}
	}
	return "", false
}

// Config is the text of the config the program is told to read.
func (w *Workload) Config() (string, error) {
	return w.ReadFile(w.ConfigPath)
}

// ReadFile is what the container would read at a path that a ConfigMap provides.
func (w *Workload) ReadFile(file string) (string, error) {
	mount, volume, ok := w.Mount(file)
	if !ok {
		return "", fmt.Errorf("%s is in no volume of %s", file, w.Name)
	}
	if volume.ConfigMap == nil {
		return "", fmt.Errorf("%s is in volume %s, which is no ConfigMap", file, volume.Name)
	}
	files, err := w.Cluster.ConfigMap(w.Namespace, volume.ConfigMap.Name)
	if err != nil {
		return "", err
	}
	name := strings.TrimPrefix(file, mount.MountPath+"/")
	text, ok := files[name]
	if !ok {
		return "", fmt.Errorf("ConfigMap %s has no key %s", volume.ConfigMap.Name, name)
	}
	return text, nil
}

// Mount is the volume mount that a path lies in.
func (w *Workload) Mount(file string) (corev1.VolumeMount, corev1.Volume, bool) {
	for _, mount := range w.Container.VolumeMounts {
		if file != mount.MountPath && !strings.HasPrefix(path.Clean(file), path.Clean(mount.MountPath)+"/") {
			continue
		}
		for _, volume := range w.Pod.Volumes {
			if volume.Name == mount.Name {
				return mount, volume, true
			}
		}
	}
	return corev1.VolumeMount{}, corev1.Volume{}, false
}

// ConfigMap is the data of a rendered ConfigMap.
func (c *Cluster) ConfigMap(namespace, name string) (map[string]string, error) {
	var configMap corev1.ConfigMap
	if err := c.object("ConfigMap", namespace, name, &configMap); err != nil {
		return nil, err
	}
	return configMap.Data, nil
}

func (c *Cluster) object(kind, namespace, name string, into any) error {
	for _, o := range c.objects {
		if o.Kind == kind && o.Metadata.Namespace == namespace && o.Metadata.Name == name {
			return yaml.Unmarshal(o.text, into)
		}
	}
	return fmt.Errorf("%s has no %s %s/%s", c.Name, kind, namespace, name)
}
