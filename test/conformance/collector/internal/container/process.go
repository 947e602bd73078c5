package container

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Process is the program of a container, which sees nothing but the container's files.
type Process struct {
	command *exec.Cmd
	log     *log
	exited  chan struct{}
	err     error
}

// Start runs a program with the container's root, environment and user. The program has to be statically linked.
func (c *Container) Start(t *testing.T, program string, args []string, env ...string) *Process {
	t.Helper()
	t.Cleanup(c.unmount)
	entry := "/bin/" + filepath.Base(program)
	if err := c.provide(program, entry); err != nil {
		t.Fatal(err)
	}

	process := &Process{log: &log{}, exited: make(chan struct{})}
	process.command = exec.Command(entry, args...)
	process.command.Dir = "/"
	process.command.Env = slices.Concat(c.Env, env)
	process.command.Stdout, process.command.Stderr = process.log, process.log
	process.command.SysProcAttr = &syscall.SysProcAttr{Chroot: c.Root, Credential: c.user}
	if err := process.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		process.err = process.command.Wait()
		close(process.exited)
	}()
	t.Cleanup(func() {
		_ = process.command.Process.Kill()
		<-process.exited
	})
	return process
}

// provide links the program and /proc, from which the collector reads how much memory there is.
func (c *Container) provide(program, entry string) error {
	if err := os.Chmod(c.Root, 0o755); err != nil {
		return err
	}
	for _, dir := range []string{"bin", "proc"} {
		if err := os.MkdirAll(filepath.Join(c.Root, dir), 0o755); err != nil {
			return err
		}
	}
	if !c.mounted {
		if err := syscall.Mount("/proc", filepath.Join(c.Root, "proc"), "", syscall.MS_BIND, ""); err != nil {
			return fmt.Errorf("mount /proc: %w", err)
		}
		c.mounted = true
	}
	if err := os.Link(program, filepath.Join(c.Root, entry)); err == nil || errors.Is(err, os.ErrExist) {
		return nil
	}
	// Another file system, or another owner.
	content, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(c.Root, entry), content, 0o755)
}

func (c *Container) unmount() {
	if c.mounted {
		_ = syscall.Unmount(filepath.Join(c.Root, "proc"), syscall.MNT_DETACH)
		c.mounted = false
	}
}

// Stop ends the program as the kubelet does, and says how it ended.
func (p *Process) Stop(patience time.Duration) error {
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.Wait(patience)
}

// Exited tells whether the program has ended by itself.
func (p *Process) Exited() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// Log are the lines that the program wrote so far.
func (p *Process) Log() []string { return p.log.lines() }

type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimSpace(l.text.String()), "\n")
}

// Wait until the program has ended by itself, and say how.
func (p *Process) Wait(patience time.Duration) error {
	select {
	case <-p.exited:
		return p.err
	case <-time.After(patience):
		return fmt.Errorf("still runs after %v", patience)
	}
}
