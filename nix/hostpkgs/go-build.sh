# The phases of buildGoModule, and of the derivation that fetches its modules.

# --- modules: fixed output, so the network and the host's settings may be used --------------------------

configureModules() {
  runHook preConfigure
  # The host's module cache is read as if it were a proxy, and never written.
  local cache proxies
  cache=$(go env GOMODCACHE)
  proxies=$(go env GOPROXY)
  export GOENV=off GOPROXY="file://$cache/cache/download,$proxies"
  export GO111MODULE=on GOTOOLCHAIN=local GOFLAGS=-modcacherw
  export GOPATH="$TMPDIR/go" GOMODCACHE="$TMPDIR/go/pkg/mod" GOCACHE="$TMPDIR/go-cache"
  cd "$modRoot"
  runHook postConfigure
}

buildModules() {
  runHook preBuild
  if [[ -d vendor ]]; then
    echo "vendor folder exists, please set 'vendorHash = null;' in your expression" >&2
    exit 10
  fi
  go mod vendor
  mkdir -p vendor
  runHook postBuild
}

installModules() {
  runHook preInstall
  cp -r --reflink=auto vendor "$out"
  if [[ -z $(ls -A "$out") ]]; then
    echo "vendor folder is empty, please set 'vendorHash = null;' in your expression" >&2
    exit 10
  fi
  runHook postInstall
}

# --- the package: offline ---------------------------------------------------------------------------------

configurePackage() {
  runHook preConfigure
  export GOENV=off GOPROXY=off GOSUMDB=off
  export GOPATH="$TMPDIR/go" GOCACHE="$TMPDIR/go-cache"
  cd "$modRoot"
  if [[ -n ${goModules-} ]]; then
    rm -rf vendor
    cp -r --reflink=auto "$goModules" vendor
  fi
  runHook postConfigure
}

# goFolders SUFFIX: the folders to look at, with files of that suffix where subPackages says nothing
goFolders() {
  local exclude='/_|examples|Godeps|testdata|/vendor(/|$)' more
  if [[ -n ${subPackages-} ]]; then
    printf './%s\n' $subPackages
    return
  fi
  for more in ${excludedPackages-}; do exclude+="|$more"; done
  find . -type f -name "*$1.go" -printf '%h\n' | sort -u | grep -Ev "$exclude" || true
}

# runGo COMMAND FIELDS FLAG… -- FOLDER…: for the folders whose package has one of these Go files
runGo() {
  local command=$1 fields=$2 flags=(-p "${NIX_BUILD_CORES:-1}") packages
  shift 2
  if [[ -n ${tags-} ]]; then flags+=("-tags=${tags// /,}"); fi
  if [[ -n ${ldflags-} ]]; then flags+=("-ldflags=$ldflags"); fi
  while [[ $1 != -- ]]; do flags+=("$1"); shift; done
  shift
  if [[ $# -eq 0 ]]; then echo "no Go packages to $command" >&2; return; fi
  packages=$(go list -e ${tags:+"-tags=${tags// /,}"} -f "{{if or $fields}}{{.ImportPath}}{{end}}" "$@")
  if [[ -z $packages ]]; then echo "no Go packages to $command" >&2; return; fi
  go "$command" "${flags[@]}" $packages
}

buildPackage() {
  runHook preBuild
  runGo install ".GoFiles .CgoFiles" -- $(goFolders "")
  runHook postBuild
}

checkPackage() {
  runHook preCheck
  # Tests may look for files by the paths in their own binaries.
  export GOFLAGS=${GOFLAGS//-trimpath/}
  runGo test ".TestGoFiles .XTestGoFiles" -vet=off ${checkFlags-} -- $(goFolders _test)
  runHook postCheck
}

installPackage() {
  runHook preInstall
  mkdir -p "$out"
  if [[ -d $GOPATH/bin ]]; then cp -r "$GOPATH/bin" "$out"; fi
  runHook postInstall
}
