# Sourced by run and screenshots: a server with a log of its own, and what drives a browser.
# shellcheck shell=bash

web_port=3500
export SPORTS_LOG_API=http://localhost:$web_port
# The distribution's own browser; playwright's would be a download of 150 MB.
SPORTS_LOG_BROWSER=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "no chromium is installed"
    exit 1
}
export SPORTS_LOG_BROWSER

binary=$PWD/${CARGO_TARGET_DIR:-target}/${SPORTS_LOG_PROFILE:-release}/sports-log
[[ -x $binary ]] || binary=${CARGO_TARGET_DIR:-target}/${SPORTS_LOG_PROFILE:-release}/sports-log
# Under /tmp, where the user that PostgreSQL runs as can look, whoever we are.
home=$(mktemp -d /tmp/sports-log-web.XXXXXX)
chmod 755 "$home"
export SPORTS_LOG_MAILBOX=$home/data/mailbox
server=
finish() {
    local status=$?
    if [[ -n $server ]]; then
        kill "$server" 2>/dev/null || true
        wait "$server" || status=$?
    fi
    [[ $status -eq 0 ]] || grep -v '"level":"INFO"' "$home/log" | tail -n 20
    rm -rf -- "$home"
    exit "$status"
}
trap finish EXIT

# Everybody is at one address here, and all mails go to a few. The other services are those of services.mjs.
services=http://localhost:3501
BIND_ADDR=127.0.0.1:$web_port APP_BASE_URL=$SPORTS_LOG_API AUTH_LIMIT_ADDRESS=off AUTH_LIMIT_IDENTIFIER=off \
    MESSAGE_LIMIT_RECIPIENT=off MESSAGE_LIMIT_RECIPIENT_DAY=off WEBHOOK_ALLOWED_NETWORKS=127.0.0.0/8,::1/128 \
    INVITES_PER_USER=2 OIDC_ISSUER=$services OIDC_CLIENT_ID=sports-log OIDC_CLIENT_SECRET=secret \
    GARMIN_PERSONAL_URL=$services/garmin GARMIN_POLL_SECS=1 \
    "$binary" dev --dir "$home/data" >"$home/log" 2>&1 &
server=$!
cp -r .ci/web "$home/check"
(cd "$home/check" && npm ci --no-audit --no-fund --silent)
for _ in {1..150}; do
    curl -fs "$SPORTS_LOG_API/readyz" >/dev/null && break
    kill -0 "$server" || exit 1
    sleep 0.2
done
