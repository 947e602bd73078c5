// Package container builds what a rendered container sees: its files below a root directory and its environment.
package container

import (
	"crypto/sha256"
	"encoding/hex"
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
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
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
	// Secrets are the contents that a program should send on, by path or by the name of a variable.
	Secrets map[string]string

	user *syscall.Credential
}

// Build fills root with the volumes of the workload.
func Build(workload *golden.Workload, root string, pod Pod, authority *pki.Authority) (*Container, error) {
	client, err := authority.Issue("client")
	if err != nil {
		return nil, err
	}
	uses, err := usesOf(workload)
	if err != nil {
		return nil, err
	}
	b := &builder{workload, pod, authority, client, uses, &Container{
		Root: root, Secrets: map[string]string{}, user: userOf(workload),
	}}
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

// usesOf maps a file, or a variable as `${env:NAME}`, to the config key that names it: what the content has to be.
func usesOf(workload *golden.Workload) (map[string]string, error) {
	text, err := workload.Config()
	if err != nil {
		return nil, err
	}
	config, err := tree.Parse(text)
	if err != nil {
		return nil, err
	}
	uses := map[string]string{}
	for _, leaf := range tree.Leaves(config) {
		if text, ok := leaf.Value.(string); ok && (reference.FileKey(leaf.Key()) || strings.Contains(text, "${")) {
			uses[text] = leaf.Key()
		}
	}
	return uses, nil
}

type builder struct {
	workload  *golden.Workload
	pod       Pod
	authority *pki.Authority
	client    pki.Pair
	uses      map[string]string
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
	names, _, err := b.workload.FileNames(volume)
	if err != nil {
		return err
	}
	for _, name := range names {
		file := filepath.Join(mount.MountPath, name)
		content, err := b.workload.ReadFile(file)
		if err != nil {
			content = b.secret(file, b.uses[file])
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

// secret is what the user's Secret, or the sidecar, would hold.
func (b *builder) secret(name, use string) string {
	kind := use + " " + filepath.Base(name)
	switch {
	case strings.Contains(kind, "ca_"), strings.Contains(kind, "root-cert"), strings.Contains(kind, "ca.crt"):
		return string(b.authority.PEM)
	case strings.Contains(kind, "cert"), strings.Contains(kind, ".crt"):
		return string(b.client.Certificate)
	case strings.Contains(kind, "key_file"), strings.Contains(kind, "key_pem"), strings.Contains(kind, "key.pem"),
		strings.Contains(kind, "tls.key"):
		return string(b.client.Key)
	}
	sum := sha256.Sum256([]byte(name))
	// A dollar and braces show whether a credential is expanded on its way.
	content := "pa$$w0rd-${env:HOME}-" + hex.EncodeToString(sum[:6])
	b.Secrets[name] = content
	return content
}

func (b *builder) variable(variable corev1.EnvVar) (string, error) {
	source := variable.ValueFrom
	switch {
	case source == nil:
		return variable.Value, nil
	case source.SecretKeyRef != nil:
		return b.secret(variable.Name, b.uses["${env:"+variable.Name+"}"]), nil
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
