// Package container builds what a rendered container sees: its files below a root directory and its environment.
package container

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/pki"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/reference"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sandbox"
)

// Pod is what the cluster assigns.
type Pod struct {
	Name   string
	IP     string
	Node   string
	NodeIP string
}

// Container is a rendered container made real.
type Container struct {
	Root string
	Env  []string

	user    *syscall.Credential
	mounted bool
}

// Build fills root with the volumes of the workload.
func Build(workload *golden.Workload, root string, pod Pod, authority *pki.Authority) (*Container, error) {
	b := &builder{workload: workload, pod: pod, authority: authority, Container: &Container{Root: root, user: userOf(workload)}}
	if err := b.readConfigs(); err != nil {
		return nil, err
	}
	for _, mount := range workload.Container.VolumeMounts {
		if err := b.mount(mount); err != nil {
			return nil, fmt.Errorf("volume %s: %w", mount.Name, err)
		}
	}
	for _, variable := range workload.Container.Env {
		value, err := b.variable(variable)
		if err != nil {
			return nil, err
		}
		b.Env = append(b.Env, variable.Name+"="+value)
	}
	return b.Container, nil
}

// userOf is the rendered user; only root can become somebody else.
func userOf(workload *golden.Workload) *syscall.Credential {
	security := workload.Pod.SecurityContext
	if !sandbox.Root() || security == nil || security.RunAsUser == nil {
		return nil
	}
	user := &syscall.Credential{Uid: uint32(*security.RunAsUser)}
	if security.RunAsGroup != nil {
		user.Gid = uint32(*security.RunAsGroup)
	}
	if security.FSGroup != nil {
		user.Groups = []uint32{uint32(*security.FSGroup)}
	}
	return user
}

type builder struct {
	workload  *golden.Workload
	pod       Pod
	authority *pki.Authority
	// uses maps a file, or a variable as `${env:NAME}`, to the config key that names it: what the content has to be.
	uses map[string]string
	// names by which certificates are known to the configs.
	names []string
	*Container
}

func (b *builder) mount(mount corev1.VolumeMount) error {
	dir := filepath.Join(b.Root, mount.MountPath)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	_, volume, ok := b.workload.Mount(mount.MountPath)
	if !ok {
		return fmt.Errorf("not a volume of the pod")
	}
	if b.user != nil && !mount.ReadOnly {
		// Nothing else is writable for the user, as with a read-only root file system.
		if err := os.Chown(dir, int(b.user.Uid), int(b.user.Gid)); err != nil {
			return err
		}
	}
	names, known, err := b.workload.FileNames(volume)
	if err != nil {
		return err
	}
	if !known {
		// The user's own volume: it holds what the config reads there.
		for file := range b.uses {
			if name, ok := strings.CutPrefix(file, mount.MountPath+"/"); ok && reference.FileKey(b.uses[file]) {
				names = append(names, name)
			}
		}
	}
	pair, err := b.pair(volume)
	if err != nil {
		return err
	}
	for _, name := range names {
		file := filepath.Join(mount.MountPath, name)
		content, err := b.workload.ReadFile(file)
		if err != nil {
			content = b.secret(file, b.uses[file], pair)
		}
		if err := b.Write(file, content); err != nil {
			return err
		}
	}
	return nil
}

// Write puts a file into the container.
func (c *Container) Write(file, content string) error {
	target := filepath.Join(c.Root, file)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.WriteFile(target, []byte(content), 0o644)
}

func (b *builder) variable(variable corev1.EnvVar) (string, error) {
	source := variable.ValueFrom
	switch {
	case source == nil:
		return variable.Value, nil
	case source.SecretKeyRef != nil:
		pair, err := b.pair(corev1.Volume{})
		return b.secret(variable.Name, b.uses["${env:"+variable.Name+"}"], pair), err
	case source.FieldRef != nil:
		return b.field(source.FieldRef.FieldPath)
	}
	return "", fmt.Errorf("variable %s comes from nowhere this test knows", variable.Name)
}

func (b *builder) field(path string) (string, error) {
	switch path {
	case "spec.nodeName":
		return b.pod.Node, nil
	case "status.hostIP":
		return b.pod.NodeIP, nil
	case "status.podIP":
		return b.pod.IP, nil
	case "metadata.name":
		return b.pod.Name, nil
	case "metadata.namespace":
		return b.workload.Namespace, nil
	}
	return "", fmt.Errorf("field %s is unknown to this test", path)
}

// Read a file of the container.
func (c *Container) Read(file string) (string, error) {
	content, err := os.ReadFile(filepath.Join(c.Root, file))
	return string(content), err
}
