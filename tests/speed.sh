#!/usr/bin/env bash
# What requests take on companies of several sizes, on both engines: prints the tables that
# docs/performance.md quotes. `tests/speed.sh 1000 100000` takes these sizes; without any it
# takes 1,000, 100,000 and 1,000,000 events. Needs some 6 GB in the temporary folder.
set -euo pipefail
cd "$(dirname "$0")/.."
sizes=("$@")
if [ ${#sizes[@]} -eq 0 ]; then sizes=(1000 100000 1000000); fi

cargo build --locked --release
cargo test --locked --release --test speed --no-run

folder=$(mktemp -d)
server=
finish() {
    if [ -n "$server" ]; then kill "$server" && wait "$server" || true; fi
    rm -rf "$folder"
}
trap finish EXIT
export XDG_CONFIG_HOME=$folder/config XDG_DATA_HOME=$folder/data XDG_STATE_HOME=$folder/state

as_root=()
if [ "$(id -u)" -eq 0 ]; then as_root=(--user=root); fi
mariadb-install-db --no-defaults --datadir="$folder/mariadb" "${as_root[@]}" --auth-root-authentication-method=normal \
    --skip-test-db >/dev/null 2>&1
port=$((20000 + RANDOM % 20000))
mariadbd --no-defaults "${as_root[@]}" --datadir="$folder/mariadb" --socket="$folder/s" --port="$port" \
    --bind-address=127.0.0.1 --innodb-buffer-pool-size=1G --innodb-log-file-size=512M \
    --innodb-flush-log-at-trx-commit=2 --skip-name-resolve >/dev/null 2>&1 &
server=$!
until mariadb --no-defaults -uroot -S "$folder/s" -e 'SELECT 1' >/dev/null 2>&1; do sleep 0.2; done
mariadb --no-defaults -uroot -S "$folder/s" -e "CREATE USER crm@'%' IDENTIFIED BY 'only-for-tests'; GRANT ALL ON *.* TO crm@'%'"

for size in "${sizes[@]}"; do
    for url in "sqlite://$folder/$size.db" "mysql://crm:only-for-tests@127.0.0.1:$port/scale_$size"; do
        begun=$SECONDS
        target/release/epic-events --demo --scale "$size" --database-url "$url" </dev/null >/dev/null 2>&1
        printf '\n== %s events, %s: made in %s s\n' "$size" "${url%%:*}" "$((SECONDS - begun))"
        EPIC_EVENTS_SPEED_URL=$url cargo test --locked --release --test speed -- --ignored --nocapture 2>/dev/null |
            grep SPEED | sed 's/^SPEED //'
    done
done
