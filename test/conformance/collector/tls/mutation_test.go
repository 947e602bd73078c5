package tls

import (
	"slices"
	"strings"
	"testing"

	"example.org/cdk8s-telemetry/test/conformance/collector/internal/tree"
)

// Every mutation makes exactly these rows of the matrix untrue.
var mutations = []struct {
	name   string
	change func(*testing.T, *prometheus)
	flips  []string
}{
	{
		name:   "every name is allowed",
		change: web(func(server tree.Map) { delete(server, "client_allowed_sans") }),
		flips:  []string{rowName},
	},
	{
		name: "no certificate is asked for",
		change: web(func(server tree.Map) {
			delete(server, "client_auth_type")
			delete(server, "client_ca_file")
		}),
		flips: []string{rowNone, rowStranger, rowName, rowUsage, rowProbe},
	},
	{
		name:   "certificates are asked for and not verified",
		change: web(func(server tree.Map) { server["client_auth_type"] = "RequireAnyClientCert" }),
		flips:  []string{rowStranger, rowUsage},
	},
	{
		name: "a certificate is optional, and every name is allowed",
		change: web(func(server tree.Map) {
			server["client_auth_type"] = "VerifyClientCertIfGiven"
			delete(server, "client_allowed_sans")
		}),
		flips: []string{rowNone, rowName, rowProbe},
	},
	{
		name:   "any version of TLS is spoken",
		change: web(func(server tree.Map) { delete(server, "min_version") }),
		flips:  []string{rowOld},
	},
	{
		name:   "the probes have no client config",
		change: withoutClientConfig,
		flips:  []string{rowReady, rowLive, rowStartup},
	},
	{
		name: "the self-scrape presents no certificate",
		change: func(t *testing.T, p *prometheus) {
			p.edit(t, p.workload.ConfigPath, func(config tree.Map) {
				withoutCertificate(config["scrape_configs"].([]any)[0].(tree.Map))
			})
		},
		flips: []string{rowSelf},
	},
}

func TestTheMatrixNoticesThat(t *testing.T) {
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			p := start(t, certManager, m.change)
			var flipped []string
			for _, row := range p.matrix() {
				if answer := row.ask(t, p); !strings.Contains(answer, row.want) {
					t.Logf("%s: got %q", row.name, answer)
					flipped = append(flipped, row.name)
				}
			}
			if !slices.Equal(flipped, m.flips) {
				t.Errorf("untrue is %q, want %q", flipped, m.flips)
			}
		})
	}
}

// An authority of clients without client_auth_type is a mistake that Prometheus finds itself: it never serves.
func TestPrometheusDoesNotStartWithoutClientAuthType(t *testing.T) {
	p := build(t, certManager)
	web(func(server tree.Map) { delete(server, "client_auth_type") })(t, p)
	p.run(t)
	if err := p.Wait(patience); err == nil {
		t.Error("ended without an error")
	}
	if log := strings.Join(p.Log(), "\n"); !strings.Contains(log, "without a Client Auth Policy") {
		t.Error(log)
	}
}

// web changes how the server is configured.
func web(change func(server tree.Map)) func(*testing.T, *prometheus) {
	return func(t *testing.T, p *prometheus) {
		file, _ := p.workload.Argument("--web.config.file=")
		p.edit(t, file, func(config tree.Map) { change(tree.At(config, "tls_server_config")) })
	}
}

func withoutClientConfig(_ *testing.T, p *prometheus) {
	c := &p.workload.Container
	for _, command := range []*[]string{
		&c.ReadinessProbe.Exec.Command, &c.LivenessProbe.Exec.Command, &c.StartupProbe.Exec.Command,
	} {
		*command = slices.DeleteFunc(*command, func(argument string) bool { return strings.HasPrefix(argument, clientFlag) })
	}
}
