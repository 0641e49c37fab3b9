# SPDX-License-Identifier: MIT
# Bash completion of consolidadorctl.

_consolidadorctl_branches() {
  busctl --no-legend --no-pager list 2>/dev/null |
    sed -n 's/^org\.consolidador\.Ventas1\.Sucursal\([0-9]*\) .*/\1/p'
}

_consolidadorctl() {
  local commands="status sync backfill reprocess audit approve restore take-over requests cancel days day history diff pause resume reload watch wait fleet import-env"
  local options="--branch --bus --format --output --wait --audited --timeout --config --html --into --reason --from --held --revision --as-of --changes --limit --rerun --yes --help --version"
  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" command="" each
  [[ $word == "=" ]] && word=""
  [[ $before == "=" ]] && before="${COMP_WORDS[COMP_CWORD-2]}"
  for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ " $commands " == *" $each "* ]] && command="$each" && break
  done
  case "$before" in
    --branch) COMPREPLY=($(compgen -W "$(_consolidadorctl_branches)" -- "$word")); return ;;
    --bus) COMPREPLY=($(compgen -W "system session" -- "$word")); return ;;
    --format)
      local formats="table json nagios prometheus"
      [[ $command == diff || $command == history ]] && formats="table json csv html"
      COMPREPLY=($(compgen -W "$formats" -- "$word"))
      return ;;
    --output|--config|--html|--into) COMPREPLY=($(compgen -f -- "$word")); return ;;
    --from) COMPREPLY=($(compgen -W "local vps" -- "$word")); return ;;
    --audited|--timeout|--reason|--revision|--as-of|--limit|day|history|diff) return ;;
    cancel|wait)
      if [[ $word != -* ]]; then
        COMPREPLY=($(compgen -W "$(consolidadorctl requests 2>/dev/null |
          sed -n 's/^ *\([0-9][0-9]*\) .*/\1/p')" -- "$word"))
        return
      fi ;;
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
  elif [[ -z $command ]]; then
    COMPREPLY=($(compgen -W "$commands" -- "$word"))
  fi
}

complete -F _consolidadorctl consolidadorctl
