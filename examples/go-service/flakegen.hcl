flake {
  description = "A service in Go"
  systems     = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]
}

input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }

let {
  version = try(self.shortRev, self.dirtyShortRev, "dirty")
  source = lib::fileset::toSource({
    root    = path(".")
    fileset = lib::fileset::unions([path("go.mod"), path("main.go"), path("main_test.go")])
  })
}

package "greeter" {
  builder = pkgs.buildGoModule

  pname      = "greeter"
  version    = let.version
  src        = let.source
  vendorHash = null # no dependencies

  env     = { CGO_ENABLED = 0 }
  ldflags = ["-s", "-w", "-X main.version=${let.version}"]

  meta = {
    description = "Greets whoever asks over HTTP"
    license     = lib.licenses.mit
    mainProgram = "greeter"
  }

  variant "build" { doCheck = false }
  variant "checked" { doCheck = true }
}

alias "greeter" {
  linux  = package.greeter.checked
  darwin = package.greeter.build
}

alias "default" { default = alias.greeter }

# The layers are those of the store, so a new version is one new layer.
package "image" {
  systems = ["linux"]

  value = pkgs::dockerTools::buildLayeredImage({
    name     = "greeter"
    tag      = let.version
    contents = [pkgs.cacert]
    config = {
      Entrypoint   = ["${package.greeter.checked}/bin/greeter", "-listen", "0.0.0.0:8080"]
      ExposedPorts = { "8080/tcp" = {} }
    }
  })
}

check "gofmt" {
  value = pkgs::runCommand("greeter-gofmt", { nativeBuildInputs = [pkgs.go] }, <<-EOT
    unformatted=$(gofmt -l ${let.source})
    if [ -n "$unformatted" ]; then
      echo "run gofmt -w on: $unformatted" >&2
      exit 1
    fi
    touch $out
  EOT
  )
}

app "default" { program = lib::getExe(alias.greeter) }

shell "default" {
  inputsFrom = [package.greeter.checked]
  packages   = [pkgs.gopls]
}

formatter { value = pkgs.nixfmt }
