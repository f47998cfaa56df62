package nixcmd

import (
	"strings"
	"testing"
)

func TestWithoutPasswords(t *testing.T) {
	for text, want := range map[string]string{
		"https://me:secret@x.example/a?b=c":         "https://me:…@x.example/a?b=c",
		"https://me:se@cret:@x.example":             "https://me:…@x.example",
		"https://secret@x.example":                  "https://…@x.example",
		"'https://:secret@x' and http://a:secret@b": "'https://:…@x' and http://a:…@b",
		"ssh-ng://me@mac?ssh-key=/k@y":              "ssh-ng://me@mac?ssh-key=/k@y",
		"git+ssh://git:secret@host/x":               "git+ssh://git:…@host/x",
		"git+ssh://git@host/x":                      "git+ssh://git@host/x",
		"https://me:sec/ret@x.example https://z/@":  "https://me:…@x.example https://z/@",
		"https://me:sec#r?t@x.example/a":            "https://me:…@x.example/a",
		"https://x.example/a@b":                     "https://x.example/a@b",
		"https://x.example:8080/a@b":                "https://x.example:8080/a@b",
		"http://[::1]/a@b http://[::1]:80/a@b":      "http://[::1]/a@b http://[::1]:80/a@b",
		"https://x.example: 404, mail me@x":         "https://x.example: 404, mail me@x",
		"https://x.example, mail me@x":              "https://x.example, mail me@x",
		"file:///home/me@x":                         "file:///home/me@x",
		"no URI, me:secret@x":                       "no URI, me:secret@x",
		"://":                                       "://",
		"":                                          "",
	} {
		if got := WithoutPasswords(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	// Neither the command of an error nor what Nix said shows one.
	kept := &tail{}
	kept.Write([]byte("error: unable to download 'https://me:secret@x.example/nix-cache-info'\n"))
	err := &Error{Program: "nix", Args: []string{"--store", "https://me:secret@x.example", "--option", "substituters", "https://secret@y https://z"}, Stderr: kept.String(), Err: ErrInterrupted}
	if text := err.Error(); strings.Contains(text, "secret") || !strings.Contains(text, "https://…@y https://z") || !strings.Contains(text, "me:…@x.example/nix-cache-info") {
		t.Error(text)
	}
}
