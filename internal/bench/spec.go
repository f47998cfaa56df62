package main

import (
	"fmt"
	"strings"
)

// manyPackages is a spec of count packages as a person would write them: shared
// attributes, a let, a heredoc, two variants, an alias.
func manyPackages(count int) string {
	var spec strings.Builder
	spec.WriteString(`flake {
  description = "Many packages"
  systems     = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]
}

input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }

let {
  llvmEnv = "export CLANG=${pkgs.clang}/bin/clang\n"
}
`)
	for n := range count {
		fmt.Fprintf(&spec, `
# Part %[1]d of the whole.
package "part%04[1]d" {
  let {
    vendored = pkgs::fetchVendored({ lockFile = path("source/Cargo.lock") })
  }

  pname             = "part-%[1]d"
  version           = "1.%[1]d"
  src               = path("source")
  nativeBuildInputs = [pkgs.makeWrapper, pkgs.removeReferencesTo]
  buildInputs = concat(
    [pkgs.zlib, pkgs.openssl],
    lib::optional(pkgs.stdenv.hostPlatform.isDarwin, pkgs.libiconv),
  )
  # The tools of the sandbox are not those of the host.
  preBuild = <<-EOT
    ${let.llvmEnv}
    export VENDORED=${let.vendored}
    echo "part %[1]d in $PWD and $${HOME}"
  EOT
  installPhase = <<-EOT
    mkdir -p $out/part
    cp part-%[1]d $out/part
  EOT

  variant "build" { doCheck = false }
  variant "checked" {
    doCheck     = true
    checkPhase  = "make test"
    buildInputs = concat(shared.buildInputs, [pkgs.wabt])
  }
}

alias "part%04[1]d" {
  linux  = package.part%04[1]d.checked
  darwin = package.part%04[1]d.build
}
`, n)
	}
	return spec.String()
}

// slowEvaluation is a spec of one package that is quick to build and takes Nix
// about a second to evaluate: it hashes 1.2 million numbers.
const slowEvaluation = `flake {
  description = "Slow to evaluate, quick to build"
  systems     = ["x86_64-linux", "aarch64-linux", "x86_64-darwin", "aarch64-darwin"]
}

input "nixpkgs" { url = "path:./hostpkgs" }

package "slow" {
  let {
    hashes = builtins::genList(fn(n, builtins::hashString("sha256", builtins::toString(n))), 1200000)
  }

  name         = "slow"
  dontUnpack   = true
  hash         = builtins::hashString("sha256", builtins::concatStringsSep("", let.hashes))
  installPhase = "echo $hash >$out\n"
}
`
