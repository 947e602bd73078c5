package sandbox

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// enter makes every address local (a route to the loopback device) and shows only the sandbox in /proc and /run.
func enter() error {
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(loopback); err != nil {
		return err
	}
	for _, everything := range []string{"0.0.0.0/0", "::/0"} {
		_, network, err := net.ParseCIDR(everything)
		if err != nil {
			return err
		}
		if err := netlink.RouteAdd(&netlink.Route{
			LinkIndex: loopback.Attrs().Index,
			Dst:       network,
			Type:      unix.RTN_LOCAL,
			Table:     unix.RT_TABLE_LOCAL,
			Scope:     unix.RT_SCOPE_HOST,
		}); err != nil {
			return fmt.Errorf("route %s: %w", everything, err)
		}
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := syscall.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return err
	}
	// Servers may listen on any IPv6 address; for IPv4 the route is enough.
	if err := os.WriteFile("/proc/sys/net/ipv6/ip_nonlocal_bind", []byte("1"), 0); err != nil {
		return err
	}
	return syscall.Mount("tmpfs", "/run", "tmpfs", 0, "")
}

// ServiceAccount puts the files at the place where client libraries look for them, below root.
func ServiceAccount(root, token, namespace string, authority []byte) error {
	dir := filepath.Join(root, "/run/secrets/kubernetes.io/serviceaccount")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, content := range map[string]string{"token": token, "namespace": namespace, "ca.crt": string(authority)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	// The libraries use the old path; in images it is a link as well.
	if root == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Join(root, "var"), 0o755); err != nil {
		return err
	}
	return os.Symlink("/run", filepath.Join(root, "var/run"))
}
