package tls

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/pki"
)

const (
	address  = podIP + ":9090"
	alerts   = "/api/v1/alerts"
	admitted = "200 OK"
)

// client trusts one authority, and presents a certificate whomever the server says it trusts.
func client(t *testing.T, trusted *pki.Authority, pairs ...pki.Pair) *tls.Config {
	t.Helper()
	config := &tls.Config{RootCAs: trusted.Pool(), ServerName: serverName, MinVersion: tls.VersionTLS12}
	for _, pair := range pairs {
		certificate := parse(t, pair)
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &certificate, nil }
	}
	return config
}

// as is the client of a reader who has that Secret.
func (p *prometheus) as(t *testing.T, secret string) *tls.Config {
	t.Helper()
	return client(t, p.authority, p.issue(t, p.authority, secret))
}

// dial is how Prometheus answers a new connection: a status, or what either side refuses; config is nil for plaintext.
func (p *prometheus) dial(config *tls.Config) string {
	connection, err := connect(config)
	if err != nil {
		return err.Error()
	}
	defer connection.Close()
	status, _ := ask(connection, alerts)
	return status
}

func connect(config *tls.Config) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: patience}
	if config == nil {
		return dialer.Dial("tcp", address)
	}
	return tls.DialWithDialer(dialer, "tcp", address, config)
}

// ask over a connection, which stays open. A server that refuses a certificate says so after the handshake and hangs up:
// so the answer is read even where the request could not be written, which http.Client does not do.
func ask(connection net.Conn, path string) (status string, body []byte) {
	request, err := http.NewRequest(http.MethodGet, "http://"+serverName+path, http.NoBody)
	if err != nil {
		return err.Error(), nil
	}
	_ = connection.SetDeadline(time.Now().Add(patience))
	_ = request.Write(connection)
	response, err := http.ReadResponse(bufio.NewReader(connection), request)
	if err != nil {
		return err.Error(), nil
	}
	defer response.Body.Close()
	if body, err = io.ReadAll(response.Body); err != nil {
		return err.Error(), nil
	}
	return response.Status, body
}

// selfScrape is the health of Prometheus' own target in a scrape that begins after the call.
func (p *prometheus) selfScrape(t *testing.T, manager *tls.Config) string {
	t.Helper()
	const self = "prometheus"
	for begin := time.Now(); time.Since(begin) < patience; time.Sleep(100 * time.Millisecond) {
		connection, err := connect(manager)
		if err != nil {
			t.Fatal(err)
		}
		status, body := ask(connection, "/api/v1/targets?state=active&scrapePool="+self)
		connection.Close()
		var answer struct {
			Data struct {
				ActiveTargets []struct {
					Health, LastError string
					LastScrape        time.Time
				}
			}
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatalf("%s: %v", status, err)
		}
		targets := answer.Data.ActiveTargets
		if len(targets) == 1 && targets[0].LastScrape.After(begin) {
			return targets[0].Health + " " + targets[0].LastError
		}
	}
	return "never scraped"
}
