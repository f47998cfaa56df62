flake {
  description = "codec, a C library whose tests are a matrix"
  systems     = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]
}

input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }

package "codec" {
  name = "codec"
  src  = path("src")

  makeFlags = ["prefix=$(out)"]

  variant "build" { doCheck = false }
  variant "checked" { tests = "shards" }
  # The same tests in one derivation, to compare.
  variant "inline" { tests = "inline" }

  # 100 seeds of three modules, with and without the optimizer.
  tests {
    variants = ["debug", "release"]

    # What all seeds of a module take in one variant, in seconds.
    modules = {
      runs   = { weight = 2, chunks = 4 }
      varint = { weight = 0.4, seed = [4711, "commit"] }
      hex    = 0.1
    }
    seeds    = [1, 100]
    seed     = 4711
    fallback = 17

    # No shard is to be shorter than that, so varint and hex are one.
    least   = 0.5
    timeout = 60
    binary  = "test"

    # One program for each module, so that a change of one leaves the others alone.
    build {
      script = <<-EOT
        $CC -Wall -Werror ${each.variant == "debug" ? "-O0 -g" : "-O2"} -I. -o $tests/test \
          ${path("test/${each.module}.c")} hex.c runs.c varint.c
      EOT
    }

    run = "$tests/test ${each.first} ${each.last} ${each.seed}"
  }
}

# The tests run where a cache has them; elsewhere a build does without.
alias "codec" {
  linux  = package.codec.checked
  darwin = package.codec.build
}

alias "default" { default = alias.codec }
