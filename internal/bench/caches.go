package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nix-community/go-nix/pkg/narinfo/signature"
	"github.com/nix-community/go-nix/pkg/nixbase32"

	"github.com/flakegen/flakegen/flakegen/store"
	"github.com/flakegen/flakegen/flakegen/substituter"
)

// How many paths the cache has and derivations the closure, and how many paths
// each refers to: about what a system of NixOS has.
const (
	cachePaths         = 5000
	closureDerivations = 2000
	cacheReferences    = 10
)

// readers are the measures of what flakegen reads by itself where Nix has a
// command: a closure of derivations, and a cache on this machine. The other side of
// flakegen is this program again. Stop ends the server of the cache.
func readers(ctx context.Context, self, work string, runs int) (measures []measure, stop func(), err error) {
	root, err := chain(ctx, work, closureDerivations)
	if err != nil {
		return nil, nil, err
	}
	key, paths, err := fillCache(filepath.Join(work, "cache"), cachePaths)
	if err != nil {
		return nil, nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	server := &http.Server{Handler: http.FileServer(http.Dir(filepath.Join(work, "cache"))), ReadHeaderTimeout: time.Minute}
	go server.Serve(listener)
	uri := "http://" + listener.Addr().String()
	names := filepath.Join(work, "paths")
	if err := os.WriteFile(names, []byte(strings.Join(paths, "\n")), 0o644); err != nil {
		return nil, nil, err
	}
	nix := []string{"nix", "--extra-experimental-features", "nix-command"}
	return []measure{
		{
			name:     fmt.Sprintf("a closure of %d derivations read, and shown by Nix", closureDerivations),
			flakegen: side{dir: work, argv: []string{self, "closure", root}},
			// Later Nix takes it as another name of `nix derivation show`.
			other: side{dir: work, argv: append(nix[:3:3], "show-derivation", "--recursive", root)},
			aim:   1, runs: runs,
		},
		{
			name:     fmt.Sprintf("a cache asked for %d paths, and asked by Nix", cachePaths),
			flakegen: side{dir: work, argv: []string{self, "ask", uri, key, names}},
			// What it learned in the run before does not count.
			other: side{dir: work, argv: append(append(nix[:3:3], "path-info", "--store", uri,
				"--option", "narinfo-cache-positive-ttl", "0", "--option", "narinfo-cache-negative-ttl", "0"), paths...)},
			aim: 1, runs: max(runs/4, 5),
		},
	}, func() { server.Close() }, nil
}

// chain has Nix write so many derivations, each of which needs up to three before
// it, and returns the last.
func chain(ctx context.Context, work string, length int) (string, error) {
	file := filepath.Join(work, "chain.nix")
	if err := os.WriteFile(file, fmt.Appendf(nil, `let
  all = builtins.foldl' (all: i: all // { "n${toString i}" = derivation {
    name = "bench-${toString i}"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-e" "-c" "exit 1" ];
    buildPhase = builtins.concatStringsSep "\n" (builtins.genList (k: "echo \"line ${toString k}\" && test -e \"$x\"") 60);
    inputs = map (k: all."n${toString k}") (builtins.filter (k: k >= 0 && k < i) [ (i - 1) (i - 7) (i / 2) ]);
  }; }) { } (builtins.genList (i: i) %d);
in builtins.foldl' (_: i: all."n${toString i}".drvPath) "" (builtins.genList (i: i) %[1]d)
`, length), 0o644); err != nil {
		return "", err
	}
	text, err := (side{dir: work, argv: []string{"nix", "--extra-experimental-features", "nix-command", "eval", "--raw", "--file", file}}).output(ctx)
	return strings.TrimSpace(text), err
}

// fillCache writes the narinfos of a cache, signed by the key that it returns.
func fillCache(dir string, count int) (key string, paths []string, err error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", nil, err
	}
	secret, public, err := signature.GenerateKeypair("bench-1", nil)
	if err != nil {
		return "", nil, err
	}
	files := map[string]string{"nix-cache-info": "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n"}
	hash := "sha256:" + nixbase32.EncodeToString(make([]byte, sha256.Size))
	for i := range count {
		sum := sha256.Sum256(fmt.Append(nil, i))
		base := nixbase32.EncodeToString(sum[:20])
		path := fmt.Sprintf("/nix/store/%s-package-%d", base, i)
		full := slices.Sorted(slices.Values(paths[max(0, len(paths)-cacheReferences):]))
		var references []string
		for _, other := range full {
			references = append(references, filepath.Base(other))
		}
		s, err := secret.Sign(nil, fmt.Sprintf("1;%s;%s;%d;%s", path, hash, 4096, strings.Join(full, ",")))
		if err != nil {
			return "", nil, err
		}
		files[base+".narinfo"] = fmt.Sprintf("StorePath: %s\nURL: nar/%s.nar.xz\nCompression: xz\nFileHash: %s\nFileSize: 1024\nNarHash: %[3]s\nNarSize: 4096\nReferences: %[4]s\nSig: %s\n",
			path, base, hash, strings.Join(references, " "), s)
		paths = append(paths, path)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return "", nil, err
		}
	}
	return public.String(), paths, nil
}

// readClosure is flakegen's side of the first measure.
func readClosure(root string, stderr io.Writer) int {
	c, err := store.ReadClosure(context.Background(), "", []string{root})
	if err == nil && len(c.Sorted()) != closureDerivations {
		err = fmt.Errorf("it has %d derivations", len(c.Sorted()))
	}
	return exit(err, stderr)
}

// askCache is flakegen's side of the second measure.
func askCache(uri, key, file string, stderr io.Writer) int {
	return exit(func() error {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		ctx := context.Background()
		caches, err := substituter.Open(ctx, substituter.Settings{Substituters: []string{uri}, TrustedPublicKeys: []string{key}, RequireSigs: true})
		if err != nil {
			return err
		}
		defer caches.Close()
		answers, err := caches.Ask(ctx, strings.Fields(string(text)))
		if err != nil {
			return err
		}
		for _, a := range answers {
			if a.Offer == nil {
				return fmt.Errorf("no answer for %s", a.Path)
			}
		}
		return nil
	}(), stderr)
}

func exit(err error, stderr io.Writer) int {
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}
