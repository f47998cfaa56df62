package nixcmd

import "testing"

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]struct {
		version Version
		text    string
	}{
		"nix (Nix) 2.8.0\n":                       {Version{"Nix", "2.8.0", ""}, "2.8.0"},
		"nix (Nix) 2.32pre20250919_27d4ab0\n":     {Version{"Nix", "2.32pre20250919_27d4ab0", ""}, "2.32pre20250919_27d4ab0"},
		"nix (Lix, like Nix) 2.91.1\nSystem type": {Version{"Lix", "2.91.1", ""}, "2.91.1 (Lix)"},
		"nix (Determinate Nix 3.6.2) 2.29.0\n":    {Version{"Determinate Nix", "2.29.0", "3.6.2"}, "2.29.0 (Determinate Nix 3.6.2)"},
	} {
		got, err := ParseVersion(text)
		if err != nil || got != want.version || got.String() != want.text {
			t.Errorf("ParseVersion(%q) = %#v (%s), %v", text, got, got, err)
		}
	}
	for _, text := range []string{"", "nix", "Nix 2.8", "nix (Nix)"} {
		if v, err := ParseVersion(text); err == nil {
			t.Errorf("ParseVersion(%q) = %#v, want an error", text, v)
		}
	}
}

func TestVersionAtLeast(t *testing.T) {
	for number, want := range map[string]bool{
		"2.25.3": false, "2.26": true, "2.26.0": true, "2.26pre1": true, "2.8.0": false, "3.0": true, "new": false,
	} {
		if got := (Version{Number: number}).AtLeast(2, 26); got != want {
			t.Errorf("%s at least 2.26: %v", number, got)
		}
	}
}

func TestVersionOfTheRealNix(t *testing.T) {
	v, err := realNix(t, t.TempDir()).Version(t.Context())
	if err != nil || !v.AtLeast(2, 4) || v.Vendor == "" {
		t.Errorf("%#v, %v", v, err)
	}
}
