package nixcmd

import (
	"strings"
	"unicode"
)

// flag says what is known of a flag of nix build.
type flag struct {
	class    class
	operands int
	// reference is which operand is a flake reference, 0 for none.
	reference int
	// refusal says why the flag cannot be passed on, and what to do instead.
	refusal string
}

// class says which commands a flag goes to.
type class int

const (
	setting    class = iota // all of them
	evaluation              // those that evaluate
	building                // nix build alone
)

// flags are those that are no settings. A test holds this table and the lists of
// settings below to the nix that it finds: every flag of its `build` command is
// here, with as many operands.
var flags = map[string]flag{
	"--option":  {class: setting, operands: 2},
	"--offline": {class: setting},
	"--refresh": {class: setting},
	// A third value of the setting sandbox.
	"--relaxed-sandbox": {class: setting},
	"-j":                {class: setting, operands: 1}, // max-jobs

	"--arg":                 {class: evaluation, operands: 2},
	"--arg-from-file":       {class: evaluation, operands: 2},
	"--argstr":              {class: evaluation, operands: 2},
	"--eval-store":          {class: evaluation, operands: 1},
	"--impure":              {class: evaluation},
	"--include":             {class: evaluation, operands: 1},
	"-I":                    {class: evaluation, operands: 1},
	"--inputs-from":         {class: evaluation, operands: 1, reference: 1},
	"--no-registries":       {class: evaluation},
	"--no-update-lock-file": {class: evaluation},
	"--no-write-lock-file":  {class: evaluation},
	"--override-flake":      {class: evaluation, operands: 2, reference: 2},
	"--override-input":      {class: evaluation, operands: 2, reference: 2},
	"--recreate-lock-file":  {class: evaluation},
	"--reference-lock-file": {class: evaluation, operands: 1},
	"--update-input":        {class: evaluation, operands: 1},

	// They write a lock file.
	"--commit-lock-file": {class: building},
	"--output-lock-file": {class: building, operands: 1},
	// They change what a build does.
	"--profile": {class: building, operands: 1},
	"--rebuild": {class: building},
	"--repair":  {class: building},
	// They change what it says; the answers of other commands are parsed.
	"--debug":            {class: building},
	"--print-build-logs": {class: building},
	"-L":                 {class: building},
	"--quiet":            {class: building},
	"--verbose":          {class: building},
	"-v":                 {class: building},

	"--arg-from-stdin":  {operands: 1, refusal: "it would read flakegen's own input; use --arg or --arg-from-file"},
	"--debugger":        {refusal: "it needs the terminal for itself; run nix build --debugger"},
	"--derivation":      {refusal: "flakegen builds outputs, not .drv files; run nix build --derivation"},
	"--dry-run":         {refusal: "write it before the --, it is a flag of flakegen build"},
	"--expr":            {operands: 1, refusal: "flakegen builds outputs of the flake; run nix build --expr"},
	"--file":            {operands: 1, refusal: "flakegen builds outputs of the flake; run nix build --file"},
	"-f":                {operands: 1, refusal: "flakegen builds outputs of the flake; run nix build --file"},
	"--help":            {refusal: "run nix build --help"},
	"--json":            {refusal: "write it before the --, it is a flag of flakegen build"},
	"--log-format":      {operands: 1, refusal: "flakegen reads Nix's internal-json itself; see flakegen watch"},
	"--no-link":         {refusal: "write it before the --, it is a flag of flakegen build"},
	"--no-pretty":       {refusal: "flakegen reads Nix's JSON itself"},
	"--out-link":        {operands: 1, refusal: "write it before the --, it is a flag of flakegen build"},
	"-o":                {operands: 1, refusal: "write --out-link before the --, it is a flag of flakegen build"},
	"--pretty":          {refusal: "flakegen reads Nix's JSON itself"},
	"--print-out-paths": {refusal: "flakegen build --json has the paths"},
	"--stdin":           {refusal: "name what to build before the --"},
	"--version":         {refusal: "run nix --version"},
}

// switches are the settings that are true or false: --NAME and --no-NAME.
var switches = words(`
	abort-on-warn accept-flake-config allow-dirty allow-dirty-locks
	allow-import-from-derivation allow-new-privileges allow-symlinked-store
	allow-unsafe-native-code-during-evaluation always-allow-substitutes
	auto-allocate-uids auto-optimise-store builders-use-substitutes
	compress-build-log debugger-on-trace debugger-on-warn enforce-determinism
	eval-cache fallback filter-syscalls fsync-metadata fsync-store-paths http2
	ignore-try impersonate-linux-26 keep-build-log keep-derivations
	keep-env-derivations keep-failed keep-going keep-outputs
	nix-shell-always-looks-for-shell-nix
	nix-shell-shebang-arguments-relative-to-script preallocate-contents
	print-missing pure-eval require-drop-supplementary-groups require-sigs
	restrict-eval run-diff-hook sandbox sandbox-fallback show-trace substitute
	sync-before-registering trace-function-calls trace-import-from-derivation
	trace-verbose trust-tarballs-from-git-forges use-case-hack use-cgroups
	use-registries use-sqlite-wal use-xdg-base-directories warn-dirty
	warn-short-path-literals`)

// lists are the settings that hold several values: --NAME VALUE, and
// --extra-NAME VALUE to add to them.
var lists = words(`
	access-tokens allowed-impure-host-deps allowed-uris allowed-users build-hook
	experimental-features extra-platforms hashed-mirrors ignored-acls impure-env
	nix-path plugin-files sandbox-paths secret-key-files substituters
	system-features trusted-public-keys trusted-substituters trusted-users`)

// values are the other settings: --NAME VALUE.
var values = words(`
	bash-prompt bash-prompt-prefix bash-prompt-suffix build-dir
	build-poll-interval build-users-group builders commit-lock-file-summary
	commit-lockfile-summary connect-timeout cores diff-hook download-attempts
	download-buffer-size download-speed eval-attrset-update-layer-rhs-threshold
	eval-profile-file eval-profiler eval-profiler-frequency eval-system
	external-builders flake-registry gc-reserved-space http-connections id-count
	json-log-path lint-absolute-path-literals lint-short-path-literals
	lint-url-literals log-lines max-build-log-size max-call-depth max-free
	max-jobs max-silent-time max-substitution-jobs min-free
	min-free-check-interval nar-buffer-size narinfo-cache-meta-ttl
	narinfo-cache-negative-ttl narinfo-cache-positive-ttl netrc-file
	post-build-hook pre-build-hook repeat sandbox-build-dir sandbox-dev-shm-size
	ssl-cert-file stalled-download-timeout start-id store system tarball-ttl
	timeout upgrade-nix-store-path-url user-agent-suffix
	warn-large-path-threshold`)

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// lookUpFlag finds a flag as the user wrote it; ok is false for an unknown one.
func lookUpFlag(word string) (f flag, ok bool) {
	if f, ok = flags[word]; ok {
		return f, true
	}
	name, long := strings.CutPrefix(word, "--")
	if !long {
		return lookUpCluster(word)
	}
	if no, ok := strings.CutPrefix(name, "no-"); ok && switches[no] || switches[name] {
		return flag{class: setting}, true
	}
	// extra-platforms is itself the name of a list: --extra-extra-platforms.
	if extra, ok := strings.CutPrefix(name, "extra-"); ok && lists[extra] || lists[name] || values[name] {
		return flag{class: setting, operands: 1}, true
	}
	return flag{}, false
}

// lookUpCluster knows several letters behind one hyphen: -j4, -vvv, -Lv.
func lookUpCluster(word string) (flag, bool) {
	letters := strings.TrimPrefix(word, "-")
	if number, ok := strings.CutPrefix(letters, "j"); ok {
		digits := strings.IndexFunc(number, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
		return flag{class: setting}, digits
	}
	for _, letter := range letters {
		if f, ok := flags["-"+string(letter)]; !ok || f.operands > 0 {
			return flag{}, false
		}
	}
	return flag{class: building}, letters != ""
}
