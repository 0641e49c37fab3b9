#!/bin/bash
# SPDX-License-Identifier: MIT
# Shows consolidador-ventas at work: a POS with two months of sales, a local and a VPS database on three
# private MariaDB servers, and the proof that the three agree.
#
#   sudo packaging/demo.sh [--keep] [--days N]
#     --keep     leave the servers up afterwards and say how to connect
#     --days N   so many days, 1 to 3650, ending on 2025-12-31; default 61
#
# Installs missing Debian packages (only that needs root) and builds into build/; everything else happens
# in a temporary folder that is removed at the end. Exit code 0 only if the three places agree.
set -euo pipefail
shopt -s inherit_errexit

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/demo
binary=$build/daemon/consolidadord
queries=$root/packaging/demo
servers=(pos local vps)
last_day=2025-12-31

days=61
keep=false
folder=""   # the demo's own, once there is one
differ=0    # 1 as soon as a comparison found a difference
declare -A pids=() ports=()

export LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin
bold="" green="" red="" plain=""
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'; fi

say() { printf '%s\n' "$*"; }
step() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
fail() { printf 'demo.sh: %s\n' "$*" >&2; exit 1; }
usage() { sed -n '3,/^[^#]/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0; }
refuse() { printf 'demo.sh: %s; see packaging/demo.sh --help\n' "$1" >&2; exit 64; }

# -- preparation ----------------------------------------------------------------------------------------

read_arguments() {
  while (($# > 0)); do
    case $1 in
      -h | --help) usage ;;
      --keep) keep=true; shift ;;
      --days)
        [[ ${2:-} =~ ^[1-9][0-9]{0,3}$ && ${2:-} -le 3650 ]] || refuse "--days takes 1 to 3650"
        days=$2; shift 2 ;;
      *) refuse "unknown option $1" ;;
    esac
  done
  first_day=$(date -d "$last_day -$((days - 1)) days" +%F)
}

# Under sudo, only packages need root: the rest goes on as the person who called, if they may build here.
become_caller() {
  [[ $EUID == 0 && -n ${SUDO_USER:-} && $SUDO_USER != root ]] || return 0
  local as=(setpriv --reuid "$SUDO_USER" --regid "$(id -g "$SUDO_USER")" --init-groups)
  local place=$root
  [[ ! -e $root/build ]] || place=$root/build
  [[ ! -e $build ]] || place=$build
  "${as[@]}" test -w "$place" || return 0
  exec "${as[@]}" env -u TMPDIR HOME="$(getent passwd "$SUDO_USER" | cut -d: -f6)" \
    "${BASH_SOURCE[0]}" "$@"
}

build_binary() {
  export CCACHE_DIR=$root/build/ccache
  export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}
  cd "$root"
  cmake --preset demo >/dev/null
  cmake --build --preset demo --target consolidadord
}

# -- servers --------------------------------------------------------------------------------------------

clean_up() {
  local name
  # Nothing in these servers is worth an orderly shutdown.
  for name in "${!pids[@]}"; do kill -KILL "${pids[$name]}" 2>/dev/null || true; done
  for name in "${!pids[@]}"; do wait "${pids[$name]}" 2>/dev/null || true; done
  [[ -z $folder ]] || rm -rf "$folder"
}

# Three ports on 127.0.0.1 that nobody listens on, below those that outgoing connections use.
choose_ports() {
  local first=$((20000 + RANDOM % 11000)) port name
  for ((port = first; port < first + 100; port++)); do
    ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || continue
    for name in "${servers[@]}"; do
      [[ -n ${ports[$name]:-} ]] || { ports[$name]=$port; continue 2; }
    done
    return
  done
  fail "no free ports on 127.0.0.1 from $first on"
}

# The administrator of the three servers is the calling user, over the socket, without a password.
# --force: also on a machine that cannot look its own name up.
create_data() {
  mariadb-install-db --no-defaults --datadir="$folder/pos" --user="$(id -un)" --skip-test-db --force \
    --auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" \
    --innodb-log-file-size=32M >"$folder/install.log" 2>&1 ||
    fail "mariadb-install-db failed: $(grep ERROR "$folder/install.log" || cat "$folder/install.log")"
  cp -a "$folder/pos" "$folder/local"
  cp -a "$folder/pos" "$folder/vps"
}

start_server() {
  local name=$1
  # Without --keep the server dies with this script, whatever happens to it; with --keep it outlives it.
  local launcher=(setpriv --pdeathsig KILL)
  if $keep; then launcher=(setsid); fi
  "${launcher[@]}" mariadbd --no-defaults --user="$(id -un)" --datadir="$folder/$name" \
    --socket="$folder/$name.sock" --pid-file="$folder/$name.pid" --log-error="$folder/$name.log" \
    --bind-address=127.0.0.1 --port="${ports[$name]}" --skip-name-resolve --skip-log-bin \
    --innodb-buffer-pool-size=64M --innodb-log-file-size=32M --innodb-flush-log-at-trx-commit=2 \
    --performance-schema=OFF </dev/null >/dev/null 2>&1 &
  pids[$name]=$!
}

wait_for_server() {
  local name=$1 deadline=$((SECONDS + 60))
  while ((SECONDS < deadline)); do
    ! sql "$name" "" <<<"SELECT 1" >/dev/null 2>&1 || return 0
    kill -0 "${pids[$name]}" 2>/dev/null ||
      fail "server $name ended at start: $(grep -i error "$folder/$name.log" | tail -n 5)"
    sleep 0.2
  done
  fail "server $name does not answer: $(tail -n 5 "$folder/$name.log")"
}

# Runs standard input as the administrator: sql SERVER DATABASE
sql() {
  env -i PATH="$PATH" LC_ALL="$LC_ALL" mariadb --no-defaults --host=localhost --protocol=socket \
    --socket="$folder/$1.sock" --user="$(id -un)" --default-character-set=utf8mb4 \
    --batch --raw --skip-column-names ${2:+"$2"}
}

# -- databases ------------------------------------------------------------------------------------------

with_period() { printf "SET @desde = DATE'%s', @dias = %d;\n" "$first_day" "$days"; cat "$@"; }
with_password() { printf "SET @clave = '%s';\n" "$(<"$folder/password")"; cat "$@"; }

create_pos() {
  sql pos "" <<<"CREATE DATABASE superpos"
  cat "$queries"/pos_schema.sql "$root"/sql/operativa/*.sql | sql pos superpos
  with_period "$queries/pos_sales.sql" | sql pos superpos
  sql pos superpos <"$queries/pos_contents.sql"
  with_password "$queries/pos_account.sql" | sql pos superpos
}

create_target() {
  sql "$1" "" <<<"CREATE DATABASE central"
  cat "$root"/sql/agregada/*.sql | sql "$1" central
  with_password "$queries/target_account.sql" | sql "$1" central
}

write_configuration() {
  local access="user: bot, password_file: $folder/password"
  cat >"$folder/sucursal.yaml" <<YAML
branch: {id: 99, name: Sucursal de muestra}
databases:
  operational: {host: 127.0.0.1, port: ${ports[pos]}, $access, database: superpos}
  local:       {host: 127.0.0.1, port: ${ports[local]}, $access, database: central}
  vps:         {host: 127.0.0.1, port: ${ports[vps]}, $access, database: central}
paths: {logs: $folder/logs, state: $folder/state}
YAML
}

# -- the run --------------------------------------------------------------------------------------------

# Without the caller's environment: the Python bot's variables would lead to other servers.
consolidate() {
  local start=$SECONDS
  say "\$ consolidadord --config $folder/sucursal.yaml once --from $first_day --to $last_day"
  env -i PATH="$PATH" LC_ALL="$LC_ALL" "$binary" --config "$folder/sucursal.yaml" \
    once --from "$first_day" --to "$last_day" >"$folder/summary" 2>"$folder/messages" ||
    fail "consolidadord ended with $?: $(tail -n 5 "$folder/messages" "$folder/summary")"
  say "done in $((SECONDS - start)) s"
}

# One line a day: the POS from its till lines, the targets from their ledgers.
show_days() {
  with_period "$queries/pos_days.sql" | sql pos superpos >"$folder/pos.days"
  sql local central <"$queries/target_days.sql" >"$folder/local.days"
  sql vps central <"$queries/target_days.sql" >"$folder/vps.days"
  printf '%-14s %10s %6s %14s  %-7s %s\n' day 'till lines' rows sales local vps
  join -t $'\t' -a 1 -e - -o 0,1.2,1.3,1.4,1.5,2.2,2.3 "$folder/pos.days" "$folder/local.days" |
    join -t $'\t' -a 1 -e - -o 0,1.2,1.3,1.4,1.5,1.6,1.7,2.2,2.3 - "$folder/vps.days" |
    awk -F '\t' '
      function state(rows, sales) { return rows == $4 && sales == $5 ? "equal" : rows " rows, " sales }
      { printf "%s %s %10d %6d %14s  %-7s %s\n", $1, $2, $3, $4, $5, state($6, $7), state($8, $9) }'
}

# The days that needed something, as the program's own summary says.
show_changed_days() { grep -vE 'up to date +up to date' "$folder/summary"; }

# -- the proof: our own SQL, none of the product's procedures --------------------------------------------

export_rows() {
  local name
  sql pos superpos <"$queries/pos_rows.sql" | sort >"$folder/pos.rows"
  for name in local vps; do
    sql "$name" central <"$queries/target_rows.sql" | sort >"$folder/$name.rows"
  done
  sql pos superpos <"$queries/pos_sums.sql" >"$folder/pos.sums"
  for name in local vps; do
    sql "$name" central <"$queries/target_sums.sql" >"$folder/$name.sums"
  done
}

show_sums() {
  local name sums
  printf '%-6s %10s %16s %20s %20s\n' "" rows units sales cost
  for name in "${servers[@]}"; do
    read -r -a sums <"$folder/$name.sums"
    printf '%-6s %10d %16s %20s %20s\n' "$name" "$(wc -l <"$folder/$name.rows")" "${sums[@]}"
  done
}

same() { cmp -s "$folder/pos.$1" "$folder/local.$1" && cmp -s "$folder/pos.$1" "$folder/vps.$1"; }

show_differences() {
  local name rows
  for name in local vps; do
    rows=$(comm -3 "$folder/pos.rows" "$folder/$name.rows" | wc -l)
    say "POS (-) and $name (+), $rows rows; the first ten:"
    diff -U 0 "$folder/pos.rows" "$folder/$name.rows" | grep '^[-+][^-+]' | head -n 10 || true
  done
}

# Says whether the three places agree, and notes it in `differ`.
compare_places() {
  local rows
  export_rows
  show_sums
  if same rows && same sums && [[ -s $folder/pos.rows ]]; then
    rows=$(wc -l <"$folder/pos.rows")
    say "${green}The three places are equal: all $rows rows of $days days agree, to the last decimal.$plain"
  else
    differ=1
    say "${red}THE THREE PLACES DIFFER.$plain"
    show_differences
  fi
}

show_untouched() {
  local since=$1 name
  for name in local vps; do
    printf '%-6s rows: %s\n' "$name" "$({
      say "SET @inicio = '$since';"
      cat "$queries/target_written.sql"
    } | sql "$name" central)"
  done
}

# -- afterwards -----------------------------------------------------------------------------------------

write_stop_script() {
  local name
  {
    say "# Ends the servers of this demo and removes its folder."
    for name in "${servers[@]}"; do
      say "mariadb-admin --no-defaults --protocol=socket --socket='$folder/$name.sock'" \
        "--user='$(id -un)' shutdown"
    done
    say "rm -rf '$folder'"
  } >"$folder/stop"
}

leave_running() {
  local name database
  write_stop_script
  trap - EXIT
  step "The servers stay up"
  for name in "${servers[@]}"; do
    if [[ $name == pos ]]; then database=superpos; else database=central; fi
    say "mariadb --no-defaults --socket=$folder/$name.sock --user=$(id -un) $database"
  done
  say "configuration: $folder/sucursal.yaml"
  say "bitacora:      $folder/logs/bitacora_extraccion.csv"
  say "to end them and remove the folder: sh $folder/stop"
}

prove() {
  local before
  step "Consolidating $days days, $first_day to $last_day"
  consolidate
  show_days
  tail -n 1 "$folder/summary"
  step "Comparing the three places, with SQL of this demo's own"
  compare_places
  step "A sale of an earlier day is corrected in the POS; the same run again"
  before=$(sql local "" <<<"SELECT UTC_TIMESTAMP(3)")
  sql pos superpos <"$queries/change_sale.sql"
  consolidate
  show_changed_days
  show_untouched "$before"
  compare_places
}

main() {
  local name
  read_arguments "$@"
  "$root/packaging/dependencies" run build
  become_caller "$@"
  step "Building"
  build_binary

  umask 077
  trap clean_up EXIT
  trap 'exit 130' INT TERM HUP
  folder=$(mktemp -d "${TMPDIR:-/tmp}/consolidador-demo.XXXXXX")
  step "Starting three private servers and filling the POS"
  head -c 18 /dev/urandom | base64 >"$folder/password"
  create_data
  choose_ports
  for name in "${servers[@]}"; do start_server "$name"; done
  for name in "${servers[@]}"; do wait_for_server "$name"; done
  create_pos
  create_target local
  create_target vps
  write_configuration

  prove
  if $keep; then leave_running; fi
  return "$differ"
}

main "$@"
