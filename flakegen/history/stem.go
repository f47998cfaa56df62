package history

// Stem is a store name without its version, as Nix tells them apart: the version
// begins behind the first dash that no letter follows (builtins.parseDrvName).
func Stem(name string) string {
	for i := 0; i+1 < len(name); i++ {
		next := name[i+1] | 0x20
		if name[i] == '-' && (next < 'a' || next > 'z') {
			return name[:i]
		}
	}
	return name
}
