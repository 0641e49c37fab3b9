# SPDX-License-Identifier: MIT
# Ends the script that reads this where one of the words is an option that ctest does not have: ctest runs
# everything then.
refuse_unknown_options() {
  for word in "$@"; do
    case $word in
      --*)
        ! command -v ctest >/dev/null || ctest --help | grep -qE -e "${word%%=*}([ ,=]|\$)" || {
          echo "unknown option $word; see $0 --help" >&2
          exit 64
        } ;;
    esac
  done
}
