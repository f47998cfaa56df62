package doctor

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/flakegen/flakegen/internal/require"
)

// sshd starts a real sshd on loopback, which lets root log in with the key client,
// and returns the folder of its keys and its port.
func sshd(t *testing.T) (dir string, port int) {
	t.Helper()
	require.Root(t)
	program := require.Program(t, "sshd")
	keygen := require.Program(t, "ssh-keygen")
	dir, err := os.MkdirTemp("", "sshd") // a short path without spaces
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, key := range []string{"host", "client", "stranger"} {
		if out, err := exec.Command(keygen, "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, key)).CombinedOutput(); err != nil {
			t.Fatalf("ssh-keygen: %v: %s", err, out)
		}
	}
	port = freePort(t)
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "config"), fmt.Sprintf("Port %d\nListenAddress 127.0.0.1\nHostKey %[2]s/host\nAuthorizedKeysFile %[2]s/client.pub\nStrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\nPidFile none\n", port, dir))
	server := exec.Command(program, "-D", "-f", filepath.Join(dir, "config"))
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	for range 100 {
		connection, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			connection.Close()
			return dir, port
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("sshd does not answer")
	return "", 0
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// Each builder is really contacted; what it says is told in plain words.
func TestBuilders(t *testing.T) {
	daemon := require.Program(t, "nix-daemon")
	dir, port := sshd(t)
	public, err := os.ReadFile(filepath.Join(dir, "host.pub"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(filepath.Join(dir, "stranger.pub"))
	if err != nil {
		t.Fatal(err)
	}
	// Where this nix is not installed, it has a way of its own to the programs.
	programs := ""
	if bin := os.Getenv("NIX_BIN_DIR"); bin != "" {
		programs = "export NIX_BIN_DIR='" + bin + "'"
	}
	write(t, filepath.Join(dir, "daemon"), "#!/bin/sh\n"+programs+"\nexec '"+daemon+"' \"$@\"\n")
	if err := os.Chmod(filepath.Join(dir, "daemon"), 0o755); err != nil {
		t.Fatal(err)
	}
	line := func(program, key string, hostKey []byte) string {
		host := "-"
		if hostKey != nil {
			host = base64.StdEncoding.EncodeToString(hostKey)
		}
		return fmt.Sprintf("ssh-ng://root@127.0.0.1?remote-program=%s aarch64-darwin %s 3 1 - - %s", program, key, host)
	}
	good := line(filepath.Join(dir, "daemon"), filepath.Join(dir, "client"), public)
	tests := []struct {
		name, builder string
		port          int
		level         Level
		parts         []string
		system        string
	}{
		{"answers", good, port, OK, []string{"answers in ", "aarch64-darwin, 3 builds at once"}, "the builder ssh-ng://root@127.0.0.1"},
		{"takes no build", strings.Replace(good, " 3 1 ", " 0 1 ", 1), port, Note, []string{"may run no build"}, "only fetched, never built here"},
		{"refuses the key", line(filepath.Join(dir, "daemon"), filepath.Join(dir, "stranger"), public), port, Fault, []string{"it refuses the key of this user", "ssh -v root@127.0.0.1 true"}, "does not answer"},
		{"host key unknown", line(filepath.Join(dir, "daemon"), filepath.Join(dir, "client"), nil), port, Fault, []string{"its host key is not known", "ssh root@127.0.0.1 true"}, "does not answer"},
		{"host key changed", line(filepath.Join(dir, "daemon"), filepath.Join(dir, "client"), other), port, Fault, []string{"its host key is not the one that its line gives", "ssh-keyscan -t ed25519 127.0.0.1"}, "does not answer"},
		{"no nix there", line("nix-daemon-none", filepath.Join(dir, "client"), public), port, Fault, []string{"there is no nix on the PATH that ssh gives it"}, "does not answer"},
		{"no sshd there", good, freePort(t), Fault, []string{"nothing answers on its ssh port"}, "does not answer"},
		{"no such host", "ssh://ann@none.invalid aarch64-darwin", port, Fault, []string{"there is no host of that name"}, "does not answer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := options(t, "builders = "+test.builder)
			o.Nix.Env = append(o.Nix.Env, fmt.Sprintf("NIX_SSHOPTS=-p %d -F /dev/null", test.port))
			o.Repository = repository(t, "flake { systems = [\"aarch64-darwin\"] }\n"+somePackage)
			o.BuilderLimit = time.Minute
			r := Examine(t.Context(), o)
			expect(t, r, "builder", "ssh", test.level, test.parts...)
			level := Note
			if test.level == OK {
				level = OK
			}
			expect(t, r, "system", "aarch64-darwin", level, test.system)
		})
	}
}

// A builder that says nothing takes its time and no more; another is asked beside
// it. An ssh that waits stands in for a host that drops packets.
func TestSilentBuilders(t *testing.T) {
	o := options(t, "builders = ssh-ng://a aarch64-darwin ; ssh-ng://b riscv64-linux")
	bin := t.TempDir()
	write(t, filepath.Join(bin, "ssh"), "#!/bin/sh\nexec sleep 60\n")
	if err := os.Chmod(filepath.Join(bin, "ssh"), 0o755); err != nil {
		t.Fatal(err)
	}
	o.Nix.Env = append(o.Nix.Env, "PATH="+bin+":"+os.Getenv("PATH"))
	o.BuilderLimit = time.Second
	start := time.Now()
	r := Examine(t.Context(), o)
	if took := time.Since(start); took > o.BuilderLimit+10*time.Second {
		t.Errorf("it took %s", took)
	}
	expect(t, r, "builder", "ssh-ng://a", Fault, "no answer in 1 s", "ssh a true")
	expect(t, r, "builder", "ssh-ng://b", Fault, "no answer in 1 s")
	expect(t, r, "nix", "nix", OK)

	// The limit for all together, and an interrupt, leave what is known. Both come well
	// after all but builders has answered, as fast as this machine is just now.
	alone := o
	alone.Nix = options(t).Nix
	start = time.Now()
	expect(t, Examine(t.Context(), alone), "nix", "nix", OK)
	known := 2*time.Second + 2*time.Since(start).Round(time.Second/2)
	o.Limit, o.BuilderLimit = known, time.Minute
	r = Examine(t.Context(), o)
	expect(t, r, "nix", "nix", OK)
	expect(t, r, "builder", "builders", Note, "no answer within "+seconds(known))
	if r.Interrupted {
		t.Error("a limit is no interrupt")
	}
	o.Limit = time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), known)
	defer cancel()
	start = time.Now()
	r = Examine(ctx, o)
	if took := time.Since(start); took > known+10*time.Second {
		t.Errorf("an interrupt took %s", took)
	}
	expect(t, r, "nix", "nix", OK)
	if !r.Interrupted || len(about(r, "builder", "")) > 0 {
		t.Errorf("%+v", r)
	}
}
