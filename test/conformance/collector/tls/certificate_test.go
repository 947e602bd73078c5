package tls

import (
	"crypto/tls"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/container"
	"example.org/cdk8s-telemetry/test/conformance/collector/internal/pki"
)

// manager is the Secret of the manager.
func (p *prometheus) manager() string { return p.readers[0].secret }

// issue makes the certificate that a Secret holds.
func (p *prometheus) issue(t *testing.T, authority *pki.Authority, secret string) pki.Pair {
	t.Helper()
	asked, err := p.workload.Cluster.Certificate(p.workload.Namespace, secret)
	must(t, err)
	var pair pki.Pair
	switch name, own := p.own[secret]; {
	case asked != nil:
		pair, err = container.Issue(authority, asked)
	case own:
		pair, err = authority.Issue(name)
	default:
		t.Fatalf("nobody writes Secret %s", secret)
	}
	must(t, err)
	return pair
}

func newAuthority(t *testing.T) *pki.Authority {
	t.Helper()
	authority, err := pki.New()
	must(t, err)
	return authority
}

// parse a pair into what a client presents.
func parse(t *testing.T, pair pki.Pair) tls.Certificate {
	t.Helper()
	certificate, err := tls.X509KeyPair(pair.Certificate, pair.Key)
	must(t, err)
	return certificate
}
