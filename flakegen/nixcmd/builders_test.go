package nixcmd

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestParseBuilders(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "machines"), "# all of them\n\nssh://file aarch64-linux # one\n@more\n")
	writeFile(t, filepath.Join(dir, "more"), "ssh://more")
	writeFile(t, filepath.Join(dir, "circle"), "@circle")
	one := func(uri string, systems ...string) Builder {
		if systems == nil {
			systems = []string{"native"}
		}
		return Builder{URI: uri, Systems: systems, MaxJobs: 1, SpeedFactor: 1, Features: []string{}, MandatoryFeatures: []string{}}
	}
	full := Builder{
		URI: "ssh-ng://root@h?remote-program=x", Systems: []string{"aarch64-darwin", "x86_64-darwin"}, SSHKey: "/key", MaxJobs: 4,
		SpeedFactor: 2.5, Features: []string{"kvm", "big"}, MandatoryFeatures: []string{"big"}, HostKey: "c3No",
	}
	for text, want := range map[string][]Builder{
		"":                                   {},
		"  \n ;;":                            {},
		"ssh://a":                            {one("ssh://a")},
		"ssh://a - - - - - - -":              {one("ssh://a")},
		"ssh://a x,y":                        {one("ssh://a", "x", "y")},
		"ssh://a x ; ssh://b y\nssh://c # z": {one("ssh://a", "x"), one("ssh://b", "y"), one("ssh://c")},
		"# ssh://a":                          {},
		"@/no/such/file":                     {},
		"@" + dir + "/machines ; ssh://z":    {one("ssh://file", "aarch64-linux"), one("ssh://more"), one("ssh://z")},
		"@machines":                          {one("ssh://file", "aarch64-linux"), one("ssh://more")},
		"ssh-ng://root@h?remote-program=x aarch64-darwin,x86_64-darwin /key 4 2.5 kvm,big big c3No": {full},
	} {
		got, unread, err := parseBuilders(text, dir, "native")
		for i := range got {
			if got[i].Features == nil {
				got[i].Features = []string{}
			}
			if got[i].MandatoryFeatures == nil {
				got[i].MandatoryFeatures = []string{}
			}
		}
		if err != nil || len(unread) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%q:\n got %+v, %v, %v\nwant %+v", text, got, unread, err, want)
		}
	}
	for text, want := range map[string]string{
		"ssh://a x - many":     "number of jobs",
		"ssh://a x - 1 faster": "speed factor",
		"@circle":              "in a circle",
	} {
		if got, _, err := parseBuilders(text, dir, "native"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

// A folder can be opened and not be read, also by root.
func TestUnreadableBuildersAreNotNone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "machines")
	if err := os.Mkdir(file, 0o755); err != nil {
		t.Fatal(err)
	}
	got, unread, err := parseBuilders("ssh://a\n@"+file, "/", "native")
	if err != nil || len(got) != 1 || len(unread) != 1 || unread[0] != file {
		t.Errorf("%+v, %q, %v", got, unread, err)
	}
}
