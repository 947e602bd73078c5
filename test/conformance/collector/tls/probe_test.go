package tls

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/program"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

const (
	succeeds = "exit status 0"
	fails    = "exit status 1"
)

// clientFlag names the file with the certificate that a probe presents.
const clientFlag = "--http.config.file="

// probe runs the command of a probe in the container, as the kubelet does.
func (p *prometheus) probe(t *testing.T, probe *corev1.Probe) string {
	t.Helper()
	return p.command(t, probe.Exec.Command)
}

func (p *prometheus) command(t *testing.T, command []string) string {
	t.Helper()
	process := p.container.Start(t, program.Path(command[0]), command[1:])
	err := process.Wait(patience)
	t.Log(strings.Join(process.Log(), "\n"))
	if err != nil {
		return err.Error()
	}
	return succeeds
}

// anonymousProbe is the readiness probe with everything but its certificate.
func (p *prometheus) anonymousProbe(t *testing.T) string {
	t.Helper()
	const file = "/anonymous.yml"
	command := slices.Clone(p.workload.Container.ReadinessProbe.Exec.Command)
	for i, argument := range command {
		rendered, ok := strings.CutPrefix(argument, clientFlag)
		if !ok {
			continue
		}
		text, err := p.container.Read(rendered)
		if err != nil {
			t.Fatal(err)
		}
		p.write(t, file, text)
		p.edit(t, file, withoutCertificate)
		command[i] = clientFlag + file
	}
	return p.command(t, command)
}

func withoutCertificate(client tree.Map) {
	delete(tree.At(client, "tls_config"), "cert_file")
	delete(tree.At(client, "tls_config"), "key_file")
}
