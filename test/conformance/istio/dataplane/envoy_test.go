package dataplane

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/lab"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/pilot"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/require"
)

// proxyUser is Istio's, the only one whom the rules let pass.
var proxyUser = lab.User{UID: 1337, GID: 1337}

const adminPort = 15000

// Names of the two sockets that an Envoy asks: the control plane's, and its own agent's for certificates.
const (
	xdsSocket = "xds.sock"
	sdsSocket = "sds.sock"
)

// socket listens where the proxy's user can connect to.
func socket(folder, name string) (net.Listener, error) {
	path := filepath.Join(folder, name)
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	return listener, os.Chmod(path, 0o777)
}

// startEnvoy runs a sidecar that gets everything from Istio, and waits until it is ready.
func startEnvoy(t *testing.T, namespace *lab.Namespace, pod pilot.Pod, xds, own string) {
	t.Helper()
	bootstrap, err := json.Marshal(bootstrap(pod, filepath.Join(xds, xdsSocket), filepath.Join(own, sdsSocket)))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(own, "envoy.json")
	if err := os.WriteFile(file, bootstrap, 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(require.Envoy(t), "-c", file, "--concurrency", "1", "--disable-hot-restart", "-l", "error")
	command.Stderr = os.Stderr
	namespace.Start(t, proxyUser, command)
	client := namespace.Client(lab.Root, nil, nil, false)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		response, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d/ready", adminPort))
		if err != nil {
			continue
		}
		_ = response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return
		}
	}
	t.Fatalf("Envoy of %s/%s is not ready", pod.Namespace, pod.Name)
}

type object = map[string]any

// bootstrap is the small part of Istio's own that xDS needs.
func bootstrap(pod pilot.Pod, xds, sds string) object {
	ads := object{"ads": object{}, "resourceApiVersion": "V3", "initialFetchTimeout": "0s"}
	return object{
		"node": object{
			"id":      fmt.Sprintf("sidecar~%s~%s.%s~%s.svc.cluster.local", pod.IP, pod.Name, pod.Namespace, pod.Namespace),
			"cluster": pod.ServiceAccount,
			"metadata": object{
				"NAMESPACE": pod.Namespace, "SERVICE_ACCOUNT": pod.ServiceAccount, "LABELS": pod.Labels,
				"CLUSTER_ID": "Kubernetes", "ISTIO_VERSION": pilot.IstioVersion,
			},
		},
		"admin": object{"address": object{"socketAddress": object{"address": "127.0.0.1", "portValue": adminPort}}},
		"dynamicResources": object{
			"ldsConfig": ads, "cdsConfig": ads,
			"adsConfig": object{
				"apiType": "GRPC", "transportApiVersion": "V3", "setNodeOnFirstMessageOnly": true,
				"grpcServices": []any{object{"envoyGrpc": object{"clusterName": "xds-grpc"}}},
			},
		},
		"staticResources": object{"clusters": []any{pipe("xds-grpc", xds), pipe("sds-grpc", sds)}},
	}
}

func pipe(name, path string) object {
	const options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
	endpoint := object{"endpoint": object{"address": object{"pipe": object{"path": path}}}}
	return object{
		"name": name, "type": "STATIC", "connectTimeout": "5s",
		"typedExtensionProtocolOptions": object{options: object{
			"@type": "type.googleapis.com/" + options, "explicitHttpConfig": object{"http2ProtocolOptions": object{}},
		}},
		"loadAssignment": object{"clusterName": name, "endpoints": []any{object{"lbEndpoints": []any{endpoint}}}},
	}
}
