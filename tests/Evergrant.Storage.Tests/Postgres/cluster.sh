#!/usr/bin/env bash
# Runs a PostgreSQL cluster of its own in a folder, with fsync on, until standard input ends; then removes the folder.
# Each line on standard input kills the server at once and starts it again.
# Prints "ready" when it can be connected to (host = the folder, user evergrant). Arguments: folder, then settings as name=value.
set -euo pipefail

folder=$1
shift
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[[ -n $bin ]] || bin=$(dirname "$(command -v initdb)")

# PostgreSQL does not run as root.
as=()
mkdir -m 0700 "$folder"
if ((EUID == 0)); then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    chown "$user" "$folder"
    as=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups)
fi
cd "$folder"

run() { "${as[@]}" "$@" </dev/null >>"$folder/log" 2>&1; }
stop() {
    run "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop || true
    rm -rf "$folder"
}
trap stop EXIT
trap : INT TERM

[[ ${#as[@]} == 0 ]] && : >"$folder/log" || "${as[@]}" touch "$folder/log"
settings="-k $folder -c listen_addresses= -c max_connections=200"
for setting in "$@"; do settings+=" -c $setting"; done
run "$bin/initdb" -N -D "$folder/data" -U evergrant -A trust -E UTF8 --locale=C || { cat "$folder/log"; exit 1; }
run "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/server.log" -o "$settings" start || { cat "$folder/log" "$folder/server.log"; exit 1; }
echo ready
while read -r; do
    run "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/server.log" -m immediate restart
    echo ready
done
