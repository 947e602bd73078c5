package tls

import (
	"crypto/tls"
	"crypto/x509"
	"strings"
	"testing"
)

// row of the matrix: a sentence, and whether it is true.
type row struct {
	name string
	ask  func(*testing.T, *prometheus) string
	// want is a part of the answer.
	want string
}

// What the server says of a certificate, as Go's client words it.
const (
	none      = "remote error: tls: certificate required"
	unknown   = "remote error: tls: unknown certificate authority"
	forbidden = "remote error: tls: bad certificate"
)

// Rows that mutations name.
const (
	rowNone       = "nobody reads without a certificate"
	rowStranger   = "a certificate with the manager's name from another authority is refused"
	rowName       = "a certificate of the right authority for a name that is not allowed is refused"
	rowUsage      = "a certificate with the manager's name that is for servers only is refused"
	rowOld        = "TLS 1.2 is refused"
	rowSelf       = "Prometheus scrapes itself"
	rowReady      = "the readiness probe succeeds as rendered"
	rowLive       = "the liveness probe succeeds as rendered"
	rowStartup    = "the startup probe succeeds as rendered"
	rowProbe      = "the readiness probe fails without its certificate"
	rowPlaintext  = "plaintext is a bad request"
	rowServerName = "a client that looks for another name refuses the server"
	rowAuthority  = "a client that trusts another authority refuses the server"
)

var refused = []row{
	{rowNone, func(t *testing.T, p *prometheus) string { return p.dial(client(t, p.authority)) }, none},
	{rowStranger, func(t *testing.T, p *prometheus) string {
		return p.dial(client(t, p.authority, p.issue(t, newAuthority(t), p.manager())))
	}, unknown},
	{rowName, func(t *testing.T, p *prometheus) string {
		pair, err := p.authority.Issue("tenant.example")
		must(t, err)
		return p.dial(client(t, p.authority, pair))
	}, forbidden},
	{rowUsage, func(t *testing.T, p *prometheus) string {
		names := parse(t, p.issue(t, p.authority, p.manager())).Leaf.DNSNames
		pair, err := p.authority.IssueFor([]x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, names...)
		must(t, err)
		return p.dial(client(t, p.authority, pair))
	}, forbidden},
	{rowOld, func(t *testing.T, p *prometheus) string {
		config := p.as(t, p.manager())
		config.MaxVersion = tls.VersionTLS12
		return p.dial(config)
	}, "remote error: tls: protocol version not supported"},
	{rowPlaintext, func(_ *testing.T, p *prometheus) string { return p.dial(nil) }, "400 Bad Request"},
	{rowServerName, func(t *testing.T, p *prometheus) string {
		config := p.as(t, p.manager())
		config.ServerName = "telemetry-prometheus.tenant.svc"
		return p.dial(config)
	}, "certificate is valid for " + serverName + ", not telemetry-prometheus.tenant.svc"},
	{rowAuthority, func(t *testing.T, p *prometheus) string {
		return p.dial(client(t, newAuthority(t), p.issue(t, p.authority, p.manager())))
	}, "x509: certificate signed by unknown authority"},
}

var ownClients = []row{
	{rowReady, func(t *testing.T, p *prometheus) string {
		return p.probe(t, p.workload.Container.ReadinessProbe)
	}, succeeds},
	{rowLive, func(t *testing.T, p *prometheus) string {
		return p.probe(t, p.workload.Container.LivenessProbe)
	}, succeeds},
	{rowStartup, func(t *testing.T, p *prometheus) string {
		return p.probe(t, p.workload.Container.StartupProbe)
	}, succeeds},
	{rowProbe, func(t *testing.T, p *prometheus) string { return p.anonymousProbe(t) }, fails},
	{rowSelf, func(t *testing.T, p *prometheus) string { return p.selfScrape(t, p.as(t, p.manager())) }, "up"},
}

// matrix is the whole table of a scenario.
func (p *prometheus) matrix() []row {
	rows := append([]row(nil), refused...)
	for _, reader := range p.readers {
		rows = append(rows, row{reader.who + " reads", func(t *testing.T, p *prometheus) string {
			return p.dial(p.as(t, reader.secret))
		}, admitted})
	}
	return append(rows, ownClients...)
}

func TestWhoReadsPrometheusOf(t *testing.T) {
	forEachScenario(t, func(t *testing.T, s scenario) {
		p := start(t, s, nil)
		p.check(t, p.matrix())
	})
}

// check each row as a test of its own.
func (p *prometheus) check(t *testing.T, rows []row) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			answer := row.ask(t, p)
			t.Log(answer)
			if !strings.Contains(answer, row.want) {
				t.Errorf("got %q, want %q", answer, row.want)
			}
		})
	}
}
