package main

import (
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/flakegen/flakegen/internal/require"
)

// TestNixRemoteScripts runs the scripts that build on another machine: a real sshd
// on loopback, behind which a nix-daemon works in a store of its own and says that
// it is an aarch64-darwin.
func TestNixRemoteScripts(t *testing.T) {
	require.Program(t, "nix")
	require.Program(t, "nix-daemon")
	require.Program(t, "sshd")
	require.Program(t, "ssh")
	require.Program(t, "ssh-keygen")
	require.Root(t)
	runScripts(t, func(name string) bool { return strings.HasPrefix(name, "remote_") }, func(env *testscript.Env) error {
		return startRemote(t, env)
	})
}

// startRemote starts the other machine of a script, and tells the script of it:
//
//	BUILDER    the line for the setting builders
//	REFUSED    the same with a key that the machine does not take
//	REMOTE     its folder: store is its /nix, daemons has a process id in each line,
//	           sshd is that of its server
//	NIX_SSHOPTS
func startRemote(t *testing.T, env *testscript.Env) error {
	remote := filepath.Join(env.WorkDir, "remote")
	// The socket of a daemon has a short path, and ssh reads no name with a space.
	if err := os.MkdirAll(filepath.Join(remote, "store"), 0o755); err != nil {
		return err
	}
	for _, key := range []string{"host", "client", "stranger"} {
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", key, "-f", filepath.Join(remote, key)).CombinedOutput(); err != nil {
			return fmt.Errorf("ssh-keygen: %w: %s", err, out)
		}
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	daemon, err := exec.LookPath("nix-daemon")
	if err != nil {
		return err
	}
	programs := "" // of a nix that is not installed
	if dir := os.Getenv("NIX_BIN_DIR"); dir != "" {
		programs = "export NIX_BIN_DIR='" + dir + "'"
	}
	files := map[string]string{
		"nix.conf": "system = aarch64-darwin\nsubstituters =\nsandbox = false\nbuild-users-group =\nexperimental-features = nix-command\n",
		// In a process namespace of its own, so that one kill ends the builds too.
		"daemon": fmt.Sprintf(`#!/bin/sh
echo $$ >>%[1]s/daemons
unset NIX_CONFIG NIX_REMOTE
export NIX_CONF_DIR=%[1]s NIX_USER_CONF_FILES=%[1]s/none
%[2]s
exec unshare --mount --pid --fork --kill-child --mount-proc --propagation private \
  sh -c 'mount --bind %[1]s/store /nix && exec "$@"' sh '%[3]s' "$@"
`, remote, programs, daemon),
		"sshd_config": fmt.Sprintf(`Port %d
ListenAddress 127.0.0.1
HostKey %[2]s/host
AuthorizedKeysFile %[2]s/client.pub
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
PidFile none
`, port, remote),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(remote, name), []byte(text), 0o755); err != nil {
			return err
		}
	}
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
		return err
	}
	sshd := exec.Command(require.Program(t, "sshd"), "-D", "-e", "-f", filepath.Join(remote, "sshd_config"))
	log, err := os.Create(filepath.Join(remote, "sshd.log"))
	if err != nil {
		return err
	}
	sshd.Stderr = log
	if err := sshd.Start(); err != nil {
		return err
	}
	env.Defer(func() {
		sshd.Process.Kill()
		sshd.Wait()
		log.Close()
	})
	if err := os.WriteFile(filepath.Join(remote, "sshd"), []byte(strconv.Itoa(sshd.Process.Pid)), 0o644); err != nil {
		return err
	}
	if err := answers(port); err != nil {
		return fmt.Errorf("sshd: %w", err)
	}
	hostKey, err := os.ReadFile(filepath.Join(remote, "host.pub"))
	if err != nil {
		return err
	}
	line := func(key string) string {
		return fmt.Sprintf("ssh-ng://root@127.0.0.1?remote-program=%s/daemon aarch64-darwin %s 3 1 - - %s",
			remote, filepath.Join(remote, key), base64.StdEncoding.EncodeToString(hostKey))
	}
	env.Setenv("REMOTE", remote)
	env.Setenv("BUILDER", line("client"))
	env.Setenv("REFUSED", line("stranger"))
	env.Setenv("NIX_SSHOPTS", "-p "+strconv.Itoa(port)+" -F /dev/null")
	return nil
}

// freePort is a port that nobody listened on a moment ago.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// answers waits until somebody listens on a port.
func answers(port int) error {
	var err error
	for range 100 {
		var connection net.Conn
		if connection, err = net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(port)); err == nil {
			return connection.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return err
}
