// Package redirect runs Istio's own programs that write a pod's redirection into the kernel.
package redirect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/istio"
	"example.org/cdk8s-telemetry/test/conformance/istio/internal/lab"
)

// Program is one way from an injected pod to rules in the kernel.
type Program struct {
	Name string
	// Install is the installation that belongs to it.
	Install istio.Options
	// Tools it calls.
	Tools []string
}

// Programs are all that Istio has.
var Programs = []Program{
	{"istio-init with iptables", istio.Options{}, []string{"iptables", "iptables-restore", "ip6tables"}},
	{"istio-init with nftables", istio.Options{Nftables: true}, []string{"nft"}},
	{"istio-cni with iptables", istio.Options{CNI: true}, []string{"iptables", "iptables-restore", "ip6tables"}},
	{"istio-cni with nftables", istio.Options{CNI: true, Nftables: true}, []string{"nft"}},
}

// request is what the test binary tells itself when it becomes the program.
type request struct {
	Install istio.Options
	Pod     *corev1.Pod
}

// Apply writes the rules of an injected pod into a namespace.
func (p Program) Apply(namespace *lab.Namespace, pod *corev1.Pod) error {
	return p.run(namespace, pod)
}

// DryRun returns the rules as istio-iptables would hand them to iptables-restore.
func (p Program) DryRun(t testing.TB, namespace *lab.Namespace, pod *corev1.Pod) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rules")
	if err := p.run(namespace, pod, dryRunFile+"="+file); err != nil {
		return "", err
	}
	rules, err := os.ReadFile(file)
	return string(rules), err
}

// run starts the test binary anew, in the namespace: the real programs end their process when something is wrong.
func (p Program) run(namespace *lab.Namespace, pod *corev1.Pod, env ...string) error {
	input, err := json.Marshal(request{p.Install, pod})
	if err != nil {
		return err
	}
	return namespace.Do(func() error {
		command := exec.Command("/proc/self/exe")
		command.Stdin = bytes.NewReader(input)
		command.Env = append(append(os.Environ(), role+"=1"), env...)
		if initContainer := golden.Container(pod, "istio-init"); initContainer != nil {
			for _, variable := range initContainer.Env {
				command.Env = append(command.Env, variable.Name+"="+variable.Value)
			}
		}
		if output, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", p.Name, err, output)
		}
		return nil
	})
}

var errNotInjected = errors.New("the pod was not injected")
