package golden

import (
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// OnNode translates a path in a container into one below a folder that has a folder for each volume.
func OnNode(folder string, container *corev1.Container, file string) (string, error) {
	var best *corev1.VolumeMount
	for n := range container.VolumeMounts {
		mount := &container.VolumeMounts[n]
		inside := file == mount.MountPath || strings.HasPrefix(file, path.Clean(mount.MountPath)+"/")
		if inside && (best == nil || len(mount.MountPath) > len(best.MountPath)) {
			best = mount
		}
	}
	if best == nil {
		return "", fmt.Errorf("%s mounts nothing at %s", container.Name, file)
	}
	return path.Join(folder, best.Name, strings.TrimPrefix(file, path.Clean(best.MountPath))), nil
}

// MountAt finds what a container mounts at a path.
func MountAt(container *corev1.Container, path string) *corev1.VolumeMount {
	return findMount(container, func(mount corev1.VolumeMount) bool { return mount.MountPath == path })
}

// MountOf finds where a container mounts a volume.
func MountOf(container *corev1.Container, volume string) *corev1.VolumeMount {
	return findMount(container, func(mount corev1.VolumeMount) bool { return mount.Name == volume })
}

func findMount(container *corev1.Container, wanted func(corev1.VolumeMount) bool) *corev1.VolumeMount {
	if n := slices.IndexFunc(container.VolumeMounts, wanted); n >= 0 {
		return &container.VolumeMounts[n]
	}
	return nil
}
