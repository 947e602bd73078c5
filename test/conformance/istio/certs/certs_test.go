// Package certs lets Istio's secret manager write certificates and Prometheus' loader read them, each through the paths of
// its container.
package certs

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/common/config"
	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/identity"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/istio"
)

const platform = "example-platform"

// written is an injected pod whose secret manager has written; volumes are folders of one folder.
type written struct {
	agent          golden.Agent
	pod            *corev1.Pod
	output, folder string
}

func write(t *testing.T, agent golden.Agent, lifetime time.Duration) written {
	t.Helper()
	pod, _, err := istio.New(t, istio.Options{Revision: agent.Template.Labels["istio.io/rev"]}).Inject(agent.Pod())
	if err != nil {
		t.Fatal(err)
	}
	proxy := golden.Container(pod, "istio-proxy")
	directory, found := golden.EnvOf(proxy, "OUTPUT_CERTS")
	if !found {
		t.Fatal("no OUTPUT_CERTS")
	}
	folder := t.TempDir()
	onNode, err := golden.OnNode(folder, proxy, directory)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(onNode, 0o777); err != nil {
		t.Fatal(err)
	}
	identity.NewAuthority(t).Write(t, onNode, agent.Namespace, agent.Template.Spec.ServiceAccountName, lifetime)
	return written{agent, pod, directory, folder}
}

// checkJobs loads the files of every scrape job that presents a certificate, as Prometheus does.
func (w written) checkJobs() (jobs int, err error) {
	all, err := w.agent.Config.ScrapeJobs()
	if err != nil {
		return 0, err
	}
	collector := golden.Container(w.pod, w.agent.Container)
	for _, job := range all {
		if job.TLS == nil || job.TLS.CertFile == "" {
			continue
		}
		jobs++
		loaded := *job.TLS
		for _, file := range []*string{&loaded.CAFile, &loaded.CertFile, &loaded.KeyFile} {
			if *file, err = golden.OnNode(w.folder, collector, *file); err != nil {
				return jobs, fmt.Errorf("job %s: %w", job.Name, err)
			}
			info, err := os.Stat(*file)
			if err != nil {
				return jobs, fmt.Errorf("job %s: %w", job.Name, err)
			}
			if info.Mode()&0o004 == 0 {
				return jobs, fmt.Errorf("job %s: another user cannot read %s: %s", job.Name, *file, info.Mode())
			}
		}
		if err := w.checkIdentity(loaded); err != nil {
			return jobs, fmt.Errorf("job %s: %w", job.Name, err)
		}
	}
	return jobs, nil
}

func (w written) checkIdentity(files golden.TLSConfig) error {
	tls, err := config.NewTLSConfig(&config.TLSConfig{
		CAFile: files.CAFile, CertFile: files.CertFile, KeyFile: files.KeyFile, InsecureSkipVerify: files.InsecureSkipVerify,
	})
	if err != nil {
		return err
	}
	presented, err := tls.GetClientCertificate(nil)
	if err != nil {
		return err
	}
	certificate, err := x509.ParseCertificate(presented.Certificate[0])
	if err != nil {
		return err
	}
	want := fmt.Sprintf("spiffe://cluster.local/ns/%s/sa/%s", w.agent.Namespace, w.agent.Template.Spec.ServiceAccountName)
	if len(certificate.URIs) != 1 || certificate.URIs[0].String() != want {
		return fmt.Errorf("the certificate is for %v, expected %s", certificate.URIs, want)
	}
	return nil
}

func TestScrapeJobsFindTheFilesThatIstioWrites(t *testing.T) {
	checked := 0
	for _, agent := range golden.InjectedAgents(t) {
		if _, found := agent.Template.Annotations["sidecar.istio.io/userVolumeMount"]; !found {
			continue
		}
		t.Run(agent.Golden, func(t *testing.T) {
			jobs, err := write(t, agent, time.Hour).checkJobs()
			if err != nil {
				t.Error(err)
			}
			checked += jobs
		})
	}
	if checked == 0 {
		t.Error("no scrape job uses certificates")
	}
}

func TestScrapeJobsFindNothingElsewhere(t *testing.T) {
	rendered := write(t, golden.OnlyAgent(t, platform), time.Hour)
	volume := golden.MountAt(golden.Container(rendered.pod, "istio-proxy"), rendered.output).Name
	for name, change := range map[string]func(*corev1.VolumeMount){
		"mounted at another path":    func(m *corev1.VolumeMount) { m.MountPath = "/certs" },
		"another volume at the path": func(m *corev1.VolumeMount) { m.Name = "config" },
	} {
		t.Run(name, func(t *testing.T) {
			mutant := rendered
			mutant.pod = rendered.pod.DeepCopy()
			change(golden.MountOf(golden.Container(mutant.pod, mutant.agent.Container), volume))
			if _, err := mutant.checkJobs(); err == nil {
				t.Error("the files are found")
			}
		})
	}
}

// TestARotatedCertificateIsWrittenAgain: without it scrapes would end with the first certificate.
func TestARotatedCertificateIsWrittenAgain(t *testing.T) {
	w := write(t, golden.OnlyAgent(t, platform), 4*time.Second)
	files, err := filepath.Glob(filepath.Join(w.folder, "*", "cert-chain.pem"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v %v", files, err)
	}
	first, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(8 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if now, err := os.ReadFile(files[0]); err == nil && !bytes.Equal(now, first) {
			if _, err := w.checkJobs(); err != nil {
				t.Error(err)
			}
			return
		}
	}
	t.Error("the first certificate expired")
}
