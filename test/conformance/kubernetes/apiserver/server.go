// Package apiserver gives every golden to a real kube-apiserver with a real etcd, both inside the test process.
package apiserver

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/apiserver/pkg/storage/etcd3/testserver"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

const adminToken = "admin"

// startServer returns the configuration of an administrator. The server is built from its own command, because
// app/testing.StartTestServer refuses binaries that were built with -trimpath.
func startServer(t *testing.T) *rest.Config {
	t.Helper()
	etcd := startEtcd(t)
	dir := t.TempDir()
	tokens := filepath.Join(dir, "tokens.csv")
	if err := os.WriteFile(tokens, []byte(adminToken+",admin,1,system:masters\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	key := writeKey(t, filepath.Join(dir, "service-account.key"))
	port := freePort(t)

	command := app.NewAPIServerCommand()
	command.SilenceUsage = true
	command.SetArgs([]string{
		"--etcd-servers=" + etcd,
		"--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port),
		"--cert-dir=" + dir,
		"--service-account-issuer=https://conformance",
		"--service-account-key-file=" + key,
		"--service-account-signing-key-file=" + key,
		"--token-auth-file=" + tokens,
		"--authorization-mode=RBAC",
		"--service-cluster-ip-range=10.96.0.0/16",
		// They want objects that a cluster's controllers and administrators create.
		"--disable-admission-plugins=ServiceAccount,Priority",
		"--shutdown-delay-duration=0s",
	})
	// Nobody waits for the server at the end: its graceful stop takes longer than the tests, and the process ends anyway.
	stopped := make(chan error, 1)
	log := captureStderr(t, filepath.Join(dir, "apiserver.log"))
	go func() { stopped <- command.ExecuteContext(context.Background()) }()

	config := &rest.Config{
		Host:            fmt.Sprintf("https://127.0.0.1:%d", port),
		BearerToken:     adminToken,
		TLSClientConfig: rest.TLSClientConfig{Insecure: true},
		QPS:             -1,
	}
	if err := awaitReady(t, config, stopped); err != nil {
		text, _ := os.ReadFile(log)
		t.Fatalf("kube-apiserver: %v\n%s", err, text)
	}
	return config
}

// captureStderr gives os.Stderr to the server, whose loggers keep the file that it is when they start.
func captureStderr(t *testing.T, path string) string {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	stderr := os.Stderr
	os.Stderr = file
	t.Cleanup(func() { os.Stderr = stderr })
	return path
}

// startEtcd returns the URL of the store. It is stopped hard: a graceful stop waits for the API server's connections.
func startEtcd(t *testing.T) string {
	t.Helper()
	config := testserver.NewTestConfig(t)
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(etcd.Server.HardStop)
	select {
	case <-etcd.Server.ReadyNotify():
	case <-time.After(time.Minute):
		t.Fatal("etcd is not ready")
	}
	return config.ListenClientUrls[0].String()
}

func awaitReady(t *testing.T, config *rest.Config, stopped <-chan error) error {
	client := kubernetes.NewForConfigOrDie(config).RESTClient()
	deadline := time.After(time.Minute)
	for {
		_, err := client.Get().AbsPath("/readyz").DoRaw(t.Context())
		if err == nil {
			return nil
		}
		select {
		case reason := <-stopped:
			return fmt.Errorf("stopped: %w", reason)
		case <-deadline:
			return fmt.Errorf("not ready: %w", err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func writeKey(t *testing.T, path string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
