#!/usr/bin/env bash
# Runs a command, or a shell, as the user of the services, with access to its systemd and Podman. For root.
set -euo pipefail
unset CDPATH
repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
    cat <<'TEXT'
Usage: deploy/as.sh [--user NAME] [COMMAND…]

Runs COMMAND, or a shell, as the user that runs the services: sports-log, or the one of --user. `su` and
`sudo` do not give access to the user's systemd; this does. For example:

  deploy/as.sh systemctl --user restart sports-log
TEXT
}

# shellcheck source=lib/common.sh
. "$repository/deploy/lib/common.sh"

user=sports-log
case ${1-} in
    --user)
        user=${2-}
        shift 2 || { usage >&2; exit 2; }
        ;;
    --help | -h) usage; exit 0 ;;
esac
[[ $EUID -eq 0 ]] || die "as.sh is for root."
id "$user" >/dev/null 2>&1 || die "there is no user $user; deploy/setup.sh creates it."
[[ $# -gt 0 ]] || set -- bash
as_user "$user" "$@"
