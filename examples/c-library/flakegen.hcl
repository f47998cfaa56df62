flake {
  description = "Ring buffers in C"
  systems     = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]
}

input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }

package "ring" {
  pname   = "ring"
  version = "1.2.0"
  # What is built, and no more: a change elsewhere builds nothing anew.
  src = lib::fileset::toSource({
    root    = path(".")
    fileset = lib::fileset::unions([path("Makefile"), path("include"), path("src"), path("test")])
  })

  outputs      = ["out", "dev"]
  makeFlags    = ["VERSION=${final.version}"]
  installFlags = ["prefix=$(out)", "includedir=$(dev)/include"]

  enableParallelBuilding = true

  meta = {
    description = "Ring buffers of bytes"
    license     = lib.licenses.mit
    platforms   = lib.platforms.unix
  }

  variant "build" { doCheck = false }

  variant "checked" {
    doCheck     = true
    checkTarget = "check"
  }
}

alias "ring" {
  linux  = package.ring.checked
  darwin = package.ring.build
}

alias "default" { default = alias.ring }

# The tests once more, where the compiler adds a check to each operation.
check "sanitized" {
  systems = ["linux"]

  value = package::ring::checked::overrideAttrs(fn(old, {
    pname = "${old.pname}-sanitized"
    env   = { CFLAGS = "-O1 -g -fsanitize=undefined -fno-sanitize-recover=all" }
  }))
}

# A program of somebody else, built against what is installed.
check "installed" {
  systems = ["linux"]

  value = pkgs::runCommandCC("ring-installed", { buildInputs = [package.ring.checked] }, <<-EOT
    cat > main.c <<'END'
    #include <ring.h>

    int main(void) { return (int)ring_of(0, 0).count; }
    END
    $CC -o main main.c -lring
    ./main
    touch $out
  EOT
  )
}

shell "default" {
  inputsFrom = [package.ring.checked]
  packages   = [pkgs.gdb]
}
