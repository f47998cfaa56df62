# makeWrapper PROGRAM WRAPPER [--set V X] [--set-default V X] [--unset V] [--prefix V SEP X]
#                             [--suffix V SEP X] [--add-flags TEXT] [--append-flags TEXT] [--chdir DIR]
makeWrapper() {
  local original=$1 wrapper=$2 before= after=
  shift 2
  if [[ ! -x $original ]]; then echo "makeWrapper: $original is not an executable file" >&2; return 1; fi
  mkdir -p "$(dirname "$wrapper")"
  {
    echo '#!/bin/bash'
    while [[ $# -gt 0 ]]; do
      case $1 in
        --set) printf 'export %s=%q\n' "$2" "$3"; shift 3 ;;
        --set-default) printf 'export %s=${%s-%q}\n' "$2" "$2" "$3"; shift 3 ;;
        --unset) printf 'unset %s\n' "$2"; shift 2 ;;
        --prefix) printf 'export %s=%q${%s:+%q$%s}\n' "$2" "$4" "$2" "$3" "$2"; shift 4 ;;
        --suffix) printf 'export %s=${%s:+$%s%q}%q\n' "$2" "$2" "$2" "$3" "$4"; shift 4 ;;
        --add-flags) before+=" $2"; shift 2 ;;
        --append-flags) after+=" $2"; shift 2 ;;
        --chdir) printf 'cd %q\n' "$2"; shift 2 ;;
        *) echo "makeWrapper: unknown argument $1" >&2; return 1 ;;
      esac
    done
    printf 'exec -a "$0" %q%s "$@"%s\n' "$original" "$before" "$after"
  } >"$wrapper"
  chmod +x "$wrapper"
}

# wrapProgram PROGRAM …: in place
wrapProgram() {
  local program=$1 hidden
  hidden=$(dirname "$program")/.$(basename "$program")-wrapped
  shift
  mv "$program" "$hidden"
  makeWrapper "$hidden" "$program" "$@"
}
