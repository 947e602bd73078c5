// Package sandbox runs the tests of a package in namespaces of their own: every address is local there, every port is
// free, and nothing reaches a real network. So a rendered config can run with the addresses and ports it was rendered with.
package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
)

// insideVariable is set in the sandbox, to whom it was entered by.
const insideVariable = "CONFORMANCE_SANDBOX"

// Root tells whether the sandbox has all the machine's users, not only the one that runs the tests.
func Root() bool { return os.Getenv(insideVariable) == "0" }

// Main replaces testing.M.Run in TestMain. outside, if given, runs before in the machine's own namespaces and returns
// variables for the tests.
func Main(m *testing.M, outside func(dir string) ([]string, error)) {
	code, err := run(m, outside)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M, outside func(dir string) ([]string, error)) (int, error) {
	if os.Getenv(insideVariable) != "" {
		if err := enter(); err != nil {
			return 1, err
		}
		return m.Run(), nil
	}
	var env []string
	if outside != nil {
		dir, err := os.MkdirTemp("", "conformance")
		if err != nil {
			return 1, err
		}
		defer os.RemoveAll(dir)
		if env, err = outside(dir); err != nil {
			return 1, err
		}
	}
	// The kernel ends the child with the thread that started it.
	runtime.LockOSThread()
	err := child(env).Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// child is this test binary again, with the same arguments.
func child(env []string) *exec.Cmd {
	command := exec.Command("/proc/self/exe", os.Args[1:]...)
	command.Args[0] = os.Args[0]
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.Env = append(append(os.Environ(), fmt.Sprintf("%s=%d", insideVariable, os.Geteuid())), env...)
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
	if os.Geteuid() != 0 {
		command.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		command.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		command.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return command
}
