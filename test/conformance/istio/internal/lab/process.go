package lab

import (
	"fmt"
	"net/netip"
	"os/exec"
	"syscall"
	"testing"
)

// Start runs a program in the namespace until the end of the test.
func (n *Namespace) Start(t testing.TB, user User, command *exec.Cmd) {
	t.Helper()
	command.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: user.UID, Gid: user.GID},
		Pdeathsig:  syscall.SIGKILL, // Nothing outlives an aborted test. The thread below lives as long as the program.
	}
	started, ended := make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		_ = n.Do(func() error {
			err := command.Start()
			started <- err
			if err != nil {
				return err
			}
			return command.Wait()
		})
	}()
	if err := <-started; err != nil {
		t.Fatalf("%s: %v", command.Path, err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-ended
	})
}

// Translate makes the node do what kube-proxy does for a Service.
func (n *Network) Translate(t testing.TB, service, pod netip.AddrPort) {
	t.Helper()
	err := n.Node.Do(func() error {
		output, err := exec.Command("iptables", "--wait", "-t", "nat", "-A", "PREROUTING", "-p", "tcp",
			"-d", service.Addr().String(), "--dport", fmt.Sprint(service.Port()),
			"-j", "DNAT", "--to-destination", pod.String()).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, output)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("translate %s: %v", service, err)
	}
}
