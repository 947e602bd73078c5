package container

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/pki"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/reference"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// readConfigs learns from all rendered YAML files of the container what is in the files that are not rendered.
func (b *builder) readConfigs() error {
	b.uses, b.names = map[string]string{}, []string{"client"}
	for _, volume := range b.workload.Pod.Volumes {
		if volume.ConfigMap == nil {
			continue
		}
		files, err := b.workload.Cluster.ConfigMap(b.workload.Namespace, volume.ConfigMap.Name)
		if err != nil {
			continue // The user's own, which the config reads.
		}
		for _, name := range tree.Keys(files) {
			config, err := tree.Parse(files[name])
			if err != nil {
				return err
			}
			b.learn(config)
		}
	}
	return nil
}

func (b *builder) learn(config tree.Map) {
	for _, leaf := range tree.Leaves(config) {
		text, _ := leaf.Value.(string)
		switch key := leaf.Key(); {
		case reference.FileKey(key), strings.Contains(text, "${"):
			b.uses[text] = key
		case key == "server_name", key == "client_allowed_sans":
			b.names = append(b.names, text)
		}
	}
}

// pair is the certificate in a volume: as cert-manager was asked for it, or one that all configs accept.
func (b *builder) pair(volume corev1.Volume) (pki.Pair, error) {
	if volume.Secret == nil {
		return b.authority.Issue(b.names...)
	}
	asked, err := b.workload.Cluster.Certificate(b.workload.Namespace, volume.Secret.SecretName)
	if err != nil {
		return pki.Pair{}, err
	}
	if asked == nil {
		return b.authority.Issue(b.names...)
	}
	return Issue(b.authority, asked)
}

// Issue makes the certificate that cert-manager is asked for.
func Issue(authority *pki.Authority, asked *golden.Certificate) (pki.Pair, error) {
	var usages []x509.ExtKeyUsage
	for _, usage := range asked.Spec.Usages {
		switch usage {
		case "server auth":
			usages = append(usages, x509.ExtKeyUsageServerAuth)
		case "client auth":
			usages = append(usages, x509.ExtKeyUsageClientAuth)
		}
	}
	return authority.IssueFor(usages, asked.Spec.DNSNames...)
}

// secret is what the user's Secret, or the sidecar, would hold.
func (b *builder) secret(name, use string, pair pki.Pair) string {
	kind := use + " " + filepath.Base(name)
	switch {
	case strings.Contains(kind, "ca_"), strings.Contains(kind, "root-cert"), strings.Contains(kind, "ca.crt"):
		return string(b.authority.PEM)
	case strings.Contains(kind, "cert"), strings.Contains(kind, ".crt"):
		return string(pair.Certificate)
	case strings.Contains(kind, "key_file"), strings.Contains(kind, "key_pem"), strings.Contains(kind, "key.pem"),
		strings.Contains(kind, "tls.key"):
		return string(pair.Key)
	}
	sum := sha256.Sum256([]byte(name))
	// Dollars and braces show whether a credential is expanded on its way.
	return "pa$$w0rd-${HOME}-" + hex.EncodeToString(sum[:6])
}
