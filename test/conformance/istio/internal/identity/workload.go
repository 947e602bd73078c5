package identity

import (
	"testing"
	"time"

	"istio.io/istio/pkg/security"
	"istio.io/istio/security/pkg/nodeagent/cache"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/quiet"
)

// Write runs Istio's secret manager for a workload until the end of the test: it writes key and certificates into a
// directory, and again before they expire. It behaves as in a pod.
func (a *Authority) Write(t testing.TB, directory, namespace, serviceAccount string, lifetime time.Duration) {
	t.Helper()
	quiet.Istio()
	// Istio makes the files readable for everybody only in Kubernetes.
	t.Setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
	manager, err := cache.NewSecretManagerClient(a, &security.Options{
		TrustDomain: "cluster.local", WorkloadNamespace: namespace, ServiceAccount: serviceAccount,
		SecretTTL: lifetime, SecretRotationGracePeriodRatio: 0.5, ECCSigAlg: "ECDSA", OutputKeyCertToDir: directory,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(manager.Close)
	manager.RegisterSecretHandler(func(name string) { _, _ = manager.GenerateSecret(name) }) // As Envoy's subscription does.
	for _, name := range []string{security.WorkloadKeyCertResourceName, security.RootCertReqResourceName} {
		if _, err := manager.GenerateSecret(name); err != nil {
			t.Fatal(err)
		}
	}
}
