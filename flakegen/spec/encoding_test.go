package spec_test

import (
	"testing"
	"testing/fstest"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/spec"
)

func TestEncodings(t *testing.T) {
	const fine = "flake { systems = [\"x86_64-linux\"] }\ninput \"nixpkgs\" { url = \"x\" }\npackage \"p\" {\n  a = \"b\"\n}\n"
	tests := []struct{ name, text, want string }{
		{"lines that end in CR LF", "flake { systems = [\"x86_64-linux\"] }\r\ninput \"nixpkgs\" { url = \"x\" }\r\npackage \"p\" {\r\n  a = <<-EOT\r\n    b\r\n  EOT\r\n}\r\n", ""},
		{"no newline at the end", "flake { systems = [\"x86_64-linux\"] }", ""},
		{"a byte order mark", "\ufeff" + fine, ""},
		{"bytes that are no UTF-8", fine + "locals { a = \"\xff\" }\n", "Not UTF-8"},
		{"a NUL", fine + "let { a = \"\x00\" }\n", "No Nix string for this text"},
		{"such bytes in a comment", fine + "# \xff\n", "Not UTF-8"},
		{"such bytes in a name", fine + "let { \xff = 1 }\n", "Not UTF-8"},
		{"UTF-16", "f\x00l\x00a\x00k\x00e\x00", "Argument or block definition required"},
		{"nothing", "", "No flake block"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rendering, err := generate.Tree(fstest.MapFS{spec.FileName: {Data: []byte(test.text)}})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(rendering.Diagnostics) > 0 {
				got = rendering.Diagnostics[0].Summary
			}
			if got != test.want || len(rendering.Diagnostics) > 1 {
				t.Errorf("got %v, want %q", rendering.Diagnostics, test.want)
			}
		})
	}
}
