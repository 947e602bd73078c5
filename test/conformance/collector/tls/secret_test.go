package tls

import (
	"os"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/pki"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/sandbox"
)

// volume of a Secret, and where it is mounted.
type volume struct {
	path   string
	secret *corev1.SecretVolumeSource
}

// secrets are the volumes with certificates.
func (p *prometheus) secrets() []volume {
	var volumes []volume
	for _, mount := range p.workload.Container.VolumeMounts {
		if _, source, ok := p.workload.Mount(mount.MountPath); ok && source.Secret != nil {
			volumes = append(volumes, volume{mount.MountPath, source.Secret})
		}
	}
	return volumes
}

// renew replaces what one of the Secrets holds, while Prometheus runs.
func (p *prometheus) renew(t *testing.T, secret string, authorities []byte, pair pki.Pair) {
	t.Helper()
	for _, volume := range p.secrets() {
		if volume.secret.SecretName == secret {
			p.project(t, volume, authorities, pair)
			return
		}
	}
	t.Fatalf("Secret %s is not mounted", secret)
}

// project does as the kubelet: all files of a Secret change at one moment, with a link to their directory. They belong to
// the pod's group, and have the rendered mode.
func (p *prometheus) project(t *testing.T, v volume, authorities []byte, pair pki.Pair) {
	t.Helper()
	root := filepath.Join(p.container.Root, v.path)
	dir, err := os.MkdirTemp(root, "..")
	must(t, err)
	must(t, os.Chmod(dir, 0o755))
	latest := filepath.Join(root, "..data")
	must(t, os.Symlink(filepath.Base(dir), latest+"_tmp"))
	files := map[string][]byte{"ca.crt": authorities, "tls.crt": pair.Certificate, "tls.key": pair.Key}
	for name, content := range files {
		file := filepath.Join(dir, name)
		must(t, os.WriteFile(file, content, 0o600))
		must(t, os.Chmod(file, os.FileMode(*v.secret.DefaultMode)))
		if sandbox.Root() {
			must(t, os.Chown(file, 0, int(*p.workload.Pod.SecurityContext.FSGroup)))
		}
	}
	must(t, os.Rename(latest+"_tmp", latest))
	for name := range files {
		link, target := filepath.Join(root, name), filepath.Join("..data", name)
		if now, err := os.Readlink(link); err != nil || now != target {
			_ = os.Remove(link) // What the container was built with.
			must(t, os.Symlink(target, link))
		}
	}
}
