package golden

import (
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// istioFiles are what the sidecar writes into the volume that OUTPUT_CERTS names.
var istioFiles = []string{"cert-chain.pem", "key.pem", "root-cert.pem"}

// Provides says why the container will not find a file at a path, or nil.
func (w *Workload) Provides(file string) error {
	mount, volume, ok := w.Mount(file)
	if !ok {
		return fmt.Errorf("%s lies in no volume mount of container %s", file, w.Container.Name)
	}
	names, known, err := w.FileNames(volume)
	if err != nil {
		return err
	}
	name := strings.TrimPrefix(path.Clean(file), path.Clean(mount.MountPath)+"/")
	if known && !slices.Contains(names, name) {
		return fmt.Errorf("%s: volume %s provides only %v", file, volume.Name, names)
	}
	return nil
}

// FileNames are the files that appear in a volume by themselves; known is false where only the cluster can tell.
func (w *Workload) FileNames(volume corev1.Volume) (names []string, known bool, err error) {
	switch {
	case volume.ConfigMap != nil:
		return w.configMapNames(volume.ConfigMap.Name, volume.ConfigMap.Items)
	case volume.Secret != nil:
		return paths(volume.Secret.Items), len(volume.Secret.Items) > 0, nil
	case volume.Projected != nil:
		return w.projectedNames(volume.Projected.Sources)
	case volume.EmptyDir != nil && volume.EmptyDir.Medium == corev1.StorageMediumMemory:
		return istioFiles, true, nil
	default:
		return nil, false, nil
	}
}

func (w *Workload) projectedNames(sources []corev1.VolumeProjection) (names []string, known bool, err error) {
	known = true
	for _, source := range sources {
		var more []string
		complete := true
		switch {
		case source.ConfigMap != nil:
			more, complete, err = w.configMapNames(source.ConfigMap.Name, source.ConfigMap.Items)
		case source.Secret != nil:
			more, complete = paths(source.Secret.Items), len(source.Secret.Items) > 0
		case source.ServiceAccountToken != nil:
			more = []string{source.ServiceAccountToken.Path}
		default:
			complete = false
		}
		if err != nil {
			return nil, false, err
		}
		names = append(names, more...)
		known = known && complete
	}
	return names, known, nil
}

func (w *Workload) configMapNames(name string, items []corev1.KeyToPath) ([]string, bool, error) {
	if len(items) > 0 {
		return paths(items), true, nil
	}
	data, err := w.Cluster.ConfigMap(w.Namespace, name)
	if err != nil {
		// A ConfigMap of the user, a trust bundle for example.
		return nil, false, nil //nolint:nilerr
	}
	names := make([]string, 0, len(data))
	for key := range data {
		names = append(names, key)
	}
	slices.Sort(names)
	return names, true, nil
}

func paths(items []corev1.KeyToPath) []string {
	names := make([]string, len(items))
	for i, item := range items {
		names[i] = item.Path
	}
	return names
}
