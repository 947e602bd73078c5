package dataplane

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/netip"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/common/config"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/lab"
)

// outcome is what became of a request.
type outcome string

const (
	// asAgent: the server's sidecar saw the agent's certificate.
	asAgent outcome = "answered, with the agent's identity"
	// anonymous: the application answered and knows nothing about the client.
	anonymous outcome = "answered, without an identity"
	refused   outcome = "refused"
)

// way is whether the rules of the agent's pod hand the connection to its sidecar.
type way string

const (
	captured way = "through the sidecar"
	direct   way = "past the sidecar"
)

// request is one of the agent's, or one of a client without sidecar.
type request struct {
	url       string
	outside   bool
	http2     bool
	withCerts bool
}

// hosts are the names that DNS would resolve.
func (s *stage) hosts() map[string]netip.Addr {
	return map[string]netip.Addr{
		"prometheus.monitoring": prometheus.ClusterIP,
		"headless.monitoring":   headless.Pod.IP,
		"gateway.observability": gateway.ClusterIP,
		"otlp.vendor.example":   vendor,
	}
}

// make sends a request and tells how it went.
func (s *stage) make(t *testing.T, r request) (way, outcome, error) {
	t.Helper()
	from, user := s.inside, s.user
	if r.outside {
		from, user = s.outside, lab.Root
	}
	certificates := &tls.Config{InsecureSkipVerify: true}
	if r.withCerts {
		var err error
		if certificates, err = s.scrapeConfig(); err != nil {
			return "", "", err
		}
	}
	before := redirected(t, s.inside)
	response, err := from.Client(user, s.hosts(), certificates, r.http2).Post(r.url, "text/plain", nil)
	taken := direct
	if redirected(t, s.inside) > before {
		taken = captured
	}
	if err != nil {
		return taken, refused, err
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return taken, refused, err
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Application") == "" {
		return taken, refused, fmt.Errorf("%s", response.Status)
	}
	identity := fmt.Sprintf("spiffe://cluster.local/ns/%s/sa/%s", s.agent.Namespace, s.agent.Template.Spec.ServiceAccountName)
	switch got := response.Header.Get("Client-Identity"); got {
	case "":
		return taken, anonymous, nil
	case identity:
		return taken, asAgent, nil
	default:
		return taken, "", fmt.Errorf("identified as %s", got)
	}
}

// redirection is a rule of Istio's two chains that redirect, with the kernel's count of connections.
var redirection = regexp.MustCompile(`(?m)^\[(\d+):\d+\] -A ISTIO_(?:IN_)?REDIRECT .* --to-ports `)

// redirected counts the connections that the rules of a namespace handed to the sidecar, in either direction.
func redirected(t *testing.T, namespace *lab.Namespace) int {
	t.Helper()
	var output []byte
	err := namespace.Do(func() (err error) {
		output, err = exec.Command("iptables-save", "--counters", "--table", "nat").Output()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rules := redirection.FindAllSubmatch(output, -1)
	if len(rules) != 2 {
		t.Fatalf("%d rules redirect:\n%s", len(rules), output)
	}
	total := 0
	for _, rule := range rules {
		count, err := strconv.Atoi(string(rule[1]))
		if err != nil {
			t.Fatal(err)
		}
		total += count
	}
	return total
}

// scrapeConfig loads the certificates of the first scrape job that has any, with Prometheus' own code.
func (s *stage) scrapeConfig() (*tls.Config, error) {
	jobs, err := s.agent.Config.ScrapeJobs()
	if err != nil {
		return nil, err
	}
	collector := golden.Container(s.pod, s.agent.Container)
	for _, job := range jobs {
		if job.TLS == nil || job.TLS.CertFile == "" {
			continue
		}
		files := *job.TLS
		for _, file := range []*string{&files.CAFile, &files.CertFile, &files.KeyFile} {
			if *file, err = golden.OnNode(filepath.Join(s.folder, "agent-0"), collector, *file); err != nil {
				return nil, err
			}
		}
		return config.NewTLSConfig(&config.TLSConfig{
			CAFile: files.CAFile, CertFile: files.CertFile, KeyFile: files.KeyFile, InsecureSkipVerify: files.InsecureSkipVerify,
		})
	}
	return nil, fmt.Errorf("%s: no scrape job has certificates", s.agent)
}

// selfSigned is for servers outside the mesh.
func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
