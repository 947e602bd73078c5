// Package lab builds small networks from the kernel's own network namespaces.
package lab

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"testing"

	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"example.org/cdk8s-telemetry/test/conformance/istio/internal/require"
)

// Namespace is a network namespace.
type Namespace struct {
	handle netns.NsHandle
}

// User is who makes a connection: netfilter's owner match looks at both.
type User struct{ UID, GID uint32 }

// Root is the kubelet, and everything else that is not the collector.
var Root = User{}

func newNamespace(t testing.TB) *Namespace {
	t.Helper()
	require.Root(t)
	ns := &Namespace{}
	err := onThread(func() (err error) {
		ns.handle, err = netns.New()
		return err
	})
	if err != nil {
		t.Fatalf("network namespace: %v", err)
	}
	t.Cleanup(func() { _ = ns.handle.Close() })
	return ns
}

// Do runs a function in the namespace. Sockets it opens and programs it starts stay there.
func (n *Namespace) Do(fn func() error) error { return n.As(Root, fn) }

// As does the same as another user.
func (n *Namespace) As(user User, fn func() error) error {
	return onThread(func() error {
		if err := netns.Set(n.handle); err != nil {
			return fmt.Errorf("enter network namespace: %w", err)
		}
		if err := user.become(); err != nil {
			return err
		}
		return fn()
	})
}

// onThread runs a function on a thread that ends with it, and with it the namespace and the user of the thread.
func onThread(fn func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // Never unlocked: the runtime ends the thread together with the goroutine.
		err := errors.New("the function did not return")
		defer func() { done <- err }()
		err = fn()
	}()
	return <-done
}

// become changes the user of this thread only; the functions of package syscall change the whole process.
func (u User) become() error {
	if u == Root {
		return nil
	}
	const keep = ^uintptr(0)
	for _, call := range [][4]uintptr{
		{unix.SYS_SETGROUPS, 0, 0, 0},
		{unix.SYS_SETRESGID, uintptr(u.GID), uintptr(u.GID), keep},
		{unix.SYS_SETRESUID, uintptr(u.UID), uintptr(u.UID), keep},
	} {
		if _, _, errno := syscall.RawSyscall(call[0], call[1], call[2], call[3]); errno != 0 {
			return fmt.Errorf("become user %d group %d: %w", u.UID, u.GID, errno)
		}
	}
	return nil
}
