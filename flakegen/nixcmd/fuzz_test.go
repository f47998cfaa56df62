package nixcmd

import (
	"reflect"
	"strings"
	"testing"
)

func FuzzAttribute(f *testing.F) {
	for _, seed := range []string{"rts", "a.b", "", "a b", "ü", "-", "a'b"} {
		f.Add(seed, "x86_64-linux")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		attribute := Attribute{"packages", a, b}
		if (Installable{Attribute: attribute}).check() != nil {
			t.Skip("Nix has no way to name it")
		}
		if got, err := ParseAttribute(attribute.String()); err != nil || !reflect.DeepEqual(got, attribute) {
			t.Errorf("%q reads back as %q, %v", attribute.String(), []string(got), err)
		}
	})
}

func FuzzParseBuilders(f *testing.F) {
	for _, seed := range []string{"", "ssh://a", "ssh://a x,y k 2 1.5 f m h ; ssh://b # c\n", "ssh://a - - - - - - -", ";#", "ssh://a ,"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "@") {
			t.Skip("it names a file")
		}
		builders, _, err := parseBuilders(text, "/", "native")
		if err != nil {
			return
		}
		for _, b := range builders {
			if b.URI == "" || len(b.Systems) == 0 {
				t.Errorf("%q gives %+v", text, b)
			}
		}
	})
}

func FuzzParseArgs(f *testing.F) {
	for _, seed := range []string{"--option a b", "-j4 -vv", "--override-input a ./b", "--x y z --no-sandbox", "-", "--", "-j", "--no-", "--extra-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := strings.Fields(text)
		parsed, err := ParseArgs(words, "/")
		if err != nil {
			return
		}
		// Nothing is lost and nothing added.
		if got := len(parsed.settings) + len(parsed.evaluation) + len(parsed.building); got != len(words) {
			t.Errorf("%q became %+v", words, parsed)
		}
	})
}
