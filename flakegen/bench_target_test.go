package flakegen

import "testing"

func TestCutRevision(t *testing.T) {
	for _, test := range []struct {
		word, name, revision string
		ok                   bool
	}{
		{"rts", "rts", "", false},
		{"rts@HEAD~1", "rts", "HEAD~1", true},
		{"rts@{1}", "rts", "{1}", true},
		{"rts@main@{yesterday}", "rts", "main@{yesterday}", true},
		{"rts@feature/x", "rts", "feature/x", true},
		{"rts@", "rts", "", true},
		{"@HEAD", "", "HEAD", true},
		{".#rts", ".#rts", "", false},
		{".#rts@v1.2", ".#rts", "v1.2", true},
		{".#packages.x86_64-linux.rts@HEAD^", ".#packages.x86_64-linux.rts", "HEAD^", true},
		{"git+ssh://git@github.com/x/y#rts", "git+ssh://git@github.com/x/y#rts", "", false},
		{"git+ssh://git@github.com/x/y", "git+ssh://git@github.com/x/y", "", false},
		{"./folder@2", "./folder@2", "", false},
	} {
		name, revision, ok := cutRevision(test.word)
		if name != test.name || revision != test.revision || ok != test.ok {
			t.Errorf("%q is %q, %q, %v", test.word, name, revision, ok)
		}
	}
}
