package redirect

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"istio.io/istio/cni/pkg/plugin"
	"istio.io/istio/pkg/log"
	iptables "istio.io/istio/tools/istio-iptables/pkg/cmd"
	corev1 "k8s.io/api/core/v1"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/golden"
)

// role is the variable that makes a test binary the program instead.
const role = "CONFORMANCE_REDIRECT"

// dryRunFile is Istio's variable for the file that gets the rules.
const dryRunFile = "DRY_RUN_FILE_PATH"

// Main is the TestMain of every package that applies rules.
func Main(m *testing.M) {
	if os.Getenv(role) == "" {
		os.Exit(m.Run())
	}
	var input request
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		fail(err)
	}
	var err error
	if input.Install.CNI {
		err = cni(input)
	} else {
		err = initContainer(input.Pod)
	}
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// initContainer does what the container istio-init does.
func initContainer(pod *corev1.Pod) error {
	container := golden.Container(pod, "istio-init")
	if container == nil || len(container.Args) == 0 {
		return errNotInjected
	}
	options := log.DefaultOptions()
	command := iptables.GetCommand(options)
	options.AttachCobraFlags(command)
	args := container.Args[1:] // The first one is the name under which pilot-agent knows the command.
	if os.Getenv(dryRunFile) != "" {
		args = append(args, "--dry-run")
	}
	command.SetArgs(args)
	return command.Execute()
}

// cni does what the plugin does once it has found the pod.
func cni(input request) error {
	if golden.Container(input.Pod, "istio-proxy") == nil {
		return errNotInjected
	}
	redirection, err := plugin.NewRedirect(plugin.ExtractPodInfo(input.Pod))
	if err != nil {
		return err
	}
	manager := plugin.IptablesInterceptRuleMgr()
	if input.Install.Nftables {
		manager = plugin.NftablesInterceptRuleMgr()
	}
	return manager.Program(input.Pod.GenerateName, "/proc/self/ns/net", redirection)
}
