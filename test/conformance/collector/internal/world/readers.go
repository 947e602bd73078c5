package world

import (
	"crypto/tls"
	"net/http"
	"testing"
	"time"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/pki"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// secure prepares the test's own client for what the port of Prometheus demands.
func (p *Prometheus) secure(t *testing.T, authority *pki.Authority) {
	t.Helper()
	p.scheme, p.client = "http", http.DefaultClient
	allowed, server := p.allowed(t)
	if server == "" {
		return
	}
	p.scheme = "https"
	p.reader = func(names ...string) *http.Client {
		config := &tls.Config{RootCAs: authority.Pool(), ServerName: server, MinVersion: tls.VersionTLS13}
		if len(names) > 0 {
			pair, err := authority.Issue(names...)
			if err != nil {
				t.Fatal(err)
			}
			certificate, err := tls.X509KeyPair(pair.Certificate, pair.Key)
			if err != nil {
				t.Fatal(err)
			}
			config.Certificates = []tls.Certificate{certificate}
		}
		return &http.Client{Transport: &http.Transport{TLSClientConfig: config}, Timeout: time.Minute}
	}
	p.client = p.reader(allowed[0])
}

// allowed are the names of those who may read, and the name of the server; empty without TLS.
func (p *Prometheus) allowed(t *testing.T) (readers []string, server string) {
	t.Helper()
	file, ok := p.Workload.Argument("--web.config.file=")
	if !ok {
		return nil, ""
	}
	text, err := p.Workload.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	web, err := tree.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range tree.Leaves(p.config(t)) {
		if leaf.Key() == "server_name" {
			server, _ = leaf.Value.(string)
		}
	}
	return tree.Strings(web, "tls_server_config", "client_allowed_sans"), server
}

// ReaderFindings: with TLS, those who are named may read and nobody else.
func (p *Prometheus) ReaderFindings(t *testing.T) []string {
	t.Helper()
	if p.reader == nil {
		return nil
	}
	var findings []string
	allowed, _ := p.allowed(t)
	for _, name := range allowed {
		if !p.admits(p.scheme, p.reader(name)) {
			findings = append(findings, name+" may not read")
		}
	}
	for who, client := range map[string]*http.Client{
		"somebody with another certificate": p.reader("tenant.example"),
		"somebody without a certificate":    p.reader(),
	} {
		if p.admits(p.scheme, client) {
			findings = append(findings, who+" may read")
		}
	}
	if p.admits("http", http.DefaultClient) {
		findings = append(findings, "somebody may read in plaintext")
	}
	return findings
}

func (p *Prometheus) admits(scheme string, client *http.Client) bool {
	response, err := client.Get(scheme + "://" + p.address + "/api/v1/alerts")
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}
