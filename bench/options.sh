# Sourced by the benchmarks, in the repository's root. allow "--flag --option=" "$@": prints the calling script's first comment for --help, and refuses any argument
# that is not named; a name that ends in = takes the next argument as its value.
allow() {
  local known=" $1 "
  shift
  while [ $# -gt 0 ]; do
    case "$known" in
      *" $1 "*) shift ;;
      *" $1= "*)
        [ $# -gt 1 ] || { echo "$1: found no value, wanted one" >&2; exit 2; }
        shift 2 ;;
      *)
        if [ "$1" = --help ]; then
          sed -n '2,/^[^#]/s/^# \{0,1\}//p' "bench/$(basename "$0")"
          exit 0
        fi
        echo "$0: found $1, wanted some of$(sed 's/=/ VALUE/g' <<<"${known% }"); $0 --help says more" >&2
        exit 2 ;;
    esac
  done
}
