package tls

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

func TestARenewedCertificateIsServedWithoutARestartOf(t *testing.T) {
	forEachScenario(t, func(t *testing.T, s scenario) {
		p := start(t, s, nil)
		open := p.open(t, p.as(t, p.manager()))
		renewed := p.issue(t, p.authority, s.server)
		p.renew(t, s.server, p.authority.PEM, renewed)
		serial := parse(t, renewed).Leaf.SerialNumber.String()
		p.check(t, []row{
			{"the next handshake presents the new certificate", func(t *testing.T, p *prometheus) string {
				return p.handshake(t, p.as(t, p.manager())).PeerCertificates[0].SerialNumber.String()
			}, serial},
			{"a connection from before goes on", asking(open), admitted},
		})
		p.check(t, ownClients)
	})
}

// What happens in which order is up to the kubelet: it renews each Secret for itself.
func TestAnotherAuthorityOfClientsIsTrustedWithoutARestartOf(t *testing.T) {
	forEachScenario(t, func(t *testing.T, s scenario) {
		p := start(t, s, nil)
		old, next := p.authority, newAuthority(t)
		oldReader, newReader := p.issue(t, old, p.manager()), p.issue(t, next, p.manager())

		p.renew(t, s.server, bytes.Join([][]byte{old.PEM, next.PEM}, nil), p.issue(t, old, s.server))
		open := p.open(t, client(t, old, oldReader))
		resuming := client(t, old, oldReader)
		resuming.RootCAs.AppendCertsFromPEM(next.PEM)
		resuming.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		p.check(t, []row{
			{"while both are trusted, the old certificate reads", dialing(client(t, old, oldReader)), admitted},
			{"while both are trusted, the new certificate reads", dialing(client(t, old, newReader)), admitted},
			{"while both are trusted, a session begins", dialing(resuming), admitted},
			{"while both are trusted, the session is resumed", func(t *testing.T, p *prometheus) string {
				return fmt.Sprint(p.handshake(t, resuming).DidResume)
			}, "true"},
			{"while both are trusted, Prometheus scrapes itself", func(t *testing.T, p *prometheus) string {
				return p.selfScrape(t, p.as(t, p.manager()))
			}, "up"},
		})

		p.renew(t, s.server, next.PEM, p.issue(t, next, s.server))
		p.check(t, []row{
			{"then the old certificate is refused", dialing(client(t, next, oldReader)), unknown},
			{"then the new certificate reads", dialing(client(t, next, newReader)), admitted},
			{"then the session of the old certificate is not resumed", dialing(resuming), unknown},
			{"then a connection of the old certificate goes on", asking(open), admitted},
			{"then the readiness probe fails, whose Secret is still old", func(t *testing.T, p *prometheus) string {
				return p.probe(t, p.workload.Container.ReadinessProbe)
			}, fails},
			{"then Prometheus scrapes itself over its connection from before", func(t *testing.T, p *prometheus) string {
				return p.selfScrape(t, client(t, next, newReader))
			}, "up"},
		})

		probe := p.readers[1].secret
		p.renew(t, probe, next.PEM, p.issue(t, next, probe))
		p.authority = next
		t.Run("when the Secret of the probe is new too", func(t *testing.T) { p.check(t, p.matrix()) })
	})
}

// A session holds the verified certificate, and the allowed names are only looked at when it begins. So it takes the restart
// that a changed config causes (the pod has its checksum) to shut out whoever may no longer read.
func TestAReaderWhoseNameIsTakenAway(t *testing.T) {
	p := start(t, certManager, nil)
	last := p.readers[len(p.readers)-1].secret
	resuming := p.as(t, last)
	resuming.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	p.check(t, []row{{"reads at first", dialing(resuming), admitted}})

	allowed := parse(t, p.issue(t, p.authority, p.manager())).Leaf.DNSNames
	web(func(server tree.Map) { server["client_allowed_sans"] = []any{allowed[0]} })(t, p)
	p.check(t, []row{
		{"is refused in a new session", dialing(p.as(t, last)), forbidden},
		{"reads in a session from before", dialing(resuming), admitted},
	})

	must(t, p.Stop(patience))
	p.run(t)
	p.await(t)
	p.check(t, []row{{"is refused in a session from before the restart", dialing(resuming), forbidden}})
}

func dialing(config *tls.Config) func(*testing.T, *prometheus) string {
	return func(_ *testing.T, p *prometheus) string { return p.dial(config) }
}

func asking(open net.Conn) func(*testing.T, *prometheus) string {
	return func(*testing.T, *prometheus) string {
		status, _ := ask(open, alerts)
		return status
	}
}

// open a connection that stays open until the test ends.
func (p *prometheus) open(t *testing.T, config *tls.Config) *tls.Conn {
	t.Helper()
	connection, err := tls.Dial("tcp", address, config)
	must(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	if status := asking(connection)(t, p); status != admitted {
		t.Fatal(status)
	}
	return connection
}

// handshake is what a new connection agreed on.
func (p *prometheus) handshake(t *testing.T, config *tls.Config) tls.ConnectionState {
	t.Helper()
	return p.open(t, config).ConnectionState()
}
