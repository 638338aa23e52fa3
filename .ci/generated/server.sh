# Sourced by run and by .ci/packages/run: a server with its document in $home, and accounts.
# shellcheck shell=bash

binary=$(realpath "${CARGO_TARGET_DIR:-target}/${SPORTS_LOG_PROFILE:-release}/sports-log")
export SPORTS_LOG_API=http://localhost:3400
password="seven silver swans"

# Under /tmp, because the user that PostgreSQL runs as must be able to enter the folder.
home=$(mktemp -d /tmp/sports-log-generated.XXXXXX)
chmod 755 "$home"
server=
finish() {
    local status=$?
    if [[ -n $server ]]; then
        kill "$server" 2>/dev/null || true
        wait "$server" || status=$?
    fi
    # If clients ran, their logs were printed.
    [[ $status -eq 0 || -e $home/table ]] || tail -n 20 "$home/server.log"
    rm -rf -- "$home"
    exit "$status"
}
trap finish EXIT

BIND_ADDR=127.0.0.1:3400 APP_BASE_URL=$SPORTS_LOG_API "$binary" dev --dir "$home/data" >"$home/server.log" 2>&1 &
server=$!
for _ in {1..150}; do
    curl -fs "$SPORTS_LOG_API/readyz" >/dev/null && break
    kill -0 "$server"
    sleep 0.2
done
curl -fsS "$SPORTS_LOG_API/openapi.json" >"$home/openapi.json"

post() { curl -fsS "$SPORTS_LOG_API$1" -H 'Content-Type: application/json' -d "$2" >/dev/null; }

# register EMAIL: creates an account.
register() {
    local mail='' token
    post /auth/register "{\"email\": \"$1\", \"password\": \"$password\"}"
    for _ in {1..50}; do
        mail=$(grep -lsF "$1" "$home"/data/mailbox/*.eml | head -n 1) || true
        [[ -n $mail ]] && break
        sleep 0.2
    done
    token=$(sed -n 's/^.*verify-email#token=\([A-Za-z0-9_-]\{43\}\).*$/\1/p' "$mail" | head -n 1)
    post /auth/verify-email "{\"token\": \"$token\"}"
}
