#!/usr/bin/env bash
# Moves the database to another major version of PostgreSQL, and keeps the former one to go back to.
set -euo pipefail
unset CDPATH
repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
original=("$@")

usage() {
    cat <<'TEXT'
Usage: deploy/upgrade-postgres.sh (IMAGE | --back) [--dry-run] [--user NAME]

Moves the database of sports-log to the version of IMAGE, such as docker.io/library/postgres:17.6-alpine.
It stops sports-log, so that nothing is written any more; makes a backup and verifies it; sets the volume
aside; starts the new version with a new volume; restores the backup, and starts sports-log. Requests fail
meanwhile: for about three times as long as a backup takes.

If a step fails before the new version is started, sports-log goes on with the old one. Other databases than
that of sports-log stay in the volume postgres-data-before, which is kept until you remove it.

  --back        return to the former version and its data; what was written since the upgrade stays in
                the volume postgres-data-after, but is no longer in the log
  --dry-run     show what would be done
  --user NAME   the user that runs the services, if started as root [sports-log]
TEXT
}

user=sports-log wanted='' back=0 dry_run=0
while [[ $# -gt 0 ]]; do
    case $1 in
        --user)
            [[ -n ${2-} ]] || { usage >&2; exit 2; }
            user=$2
            shift
            ;;
        --back) back=1 ;;
        --dry-run) dry_run=1 ;;
        --help | -h) usage; exit 0 ;;
        -*) usage >&2; exit 2 ;;
        *) [[ -z $wanted ]] || { usage >&2; exit 2; }; wanted=$1 ;;
    esac
    shift
done
# One of the two.
[[ -n $wanted ]] && ((back)) && { usage >&2; exit 2; }
[[ -n $wanted ]] || ((back)) || { usage >&2; exit 2; }

# shellcheck source=lib/common.sh
. "$repository/deploy/lib/common.sh"
# shellcheck source=lib/old-names.sh
. "$repository/deploy/lib/old-names.sh"
# shellcheck source=lib/volumes.sh
. "$repository/deploy/lib/volumes.sh"
if [[ $EUID -eq 0 ]]; then
    as_user "$user" bash "$repository/deploy/upgrade-postgres.sh" "${original[@]}"
    exit 0
fi
refuse_old_names

# The last drop-in of the unit, so that its image is the one that is used.
readonly chosen=$quadlet_dir/postgres.container.d/zz-upgrade.conf
readonly before=postgres-data-before after=postgres-data-after
# While this folder exists, the units of the servers do not start, not even after a reboot: they would find no data.
readonly work=$HOME/sports-log-upgrade
mapfile -t servers < <(servers_in "$quadlet_dir")

query() { podman exec postgres psql --username postgres --no-align --tuples-only --command "$1"; }

# major IMAGE: the major version of PostgreSQL in an image.
major() { podman run --rm --network none --entrypoint postgres "$1" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/'; }

# with_backups COMMAND…: the upgrade's own backup stays here and is not encrypted, because the private key may be elsewhere.
with_backups() { BACKUP_DIR=$work BACKUP_AFTER='' BACKUP_AGE_RECIPIENT='' BACKUP_GPG_RECIPIENT='' BACKUP_MIGRATE='' run "$HOME/.local/bin/sports-log-backup" "$@"; }

start_servers() {
    local server
    for server in "${servers[@]}"; do run systemctl --user start "$server.service"; done
    run systemctl --user start backup.timer
}

stop_servers() { run systemctl --user stop backup.timer backup.service "${servers[@]/%/.service}"; }

# The volume's unit would stay active, and not make the volume again.
stop_postgres() { run systemctl --user stop postgres.service postgres-data-volume.service; }

check() {
    local new old size free volume
    if [[ -e $work ]]; then
        ! podman volume exists "$before" || die "an upgrade was interrupted, and its data is in $before. First: deploy/upgrade-postgres.sh --back"
        run rm -rf -- "$work"
    fi
    podman image exists "$wanted" || run podman pull --quiet "$wanted"
    new=$(major "$wanted") && old=$(query "SELECT current_setting('server_version_num')::int / 10000")
    ((new > old)) || die "$wanted is PostgreSQL $new, and $old is running: only a newer one can be upgraded to."
    for volume in "$before" "$after"; do
        ! podman volume exists "$volume" || die "the volume $volume of an earlier upgrade is still there. If you do not need it: podman volume rm $volume"
    done
    size=$(query "SELECT pg_database_size('sports_log')")
    free=$(df --output=avail --block-size=1 -- "$HOME" | tail -n 1)
    ((free > 2 * size)) || die "$((free >> 20)) MiB are free, and the upgrade may need $((2 * size >> 20)) MiB."
    say "upgrading from PostgreSQL $old to $new; the database has $((size >> 20)) MiB"
}

# Called if the script ends before the volume was set aside.
go_on() {
    local status=$?
    ((status == 0)) && return
    run rm -rf -- "$work"
    start_servers || true
    say "nothing was changed; sports-log goes on with the old version."
    exit "$status"
}

upgrade() {
    local file=FILE empty
    check
    trap go_on EXIT
    run mkdir -p -m 0700 -- "$work"
    stop_servers
    with_backups create
    with_backups verify
    ((dry_run)) || file=$(find "$work" -name '*.json')
    stop_postgres
    trap 'say "the new version does not work. To go back: deploy/upgrade-postgres.sh --back"' EXIT
    move_volume postgres-data "$before"
    run rm -f -- "$chosen.before"
    [[ ! -e $chosen ]] || run cp -- "$chosen" "$chosen.before"
    write_file "$chosen" "[Container]" "Image=$wanted"
    run systemctl --user daemon-reload
    run systemctl --user start postgres.service
    with_backups restore "$file"
    if ! ((dry_run)); then
        # The image has made an empty database, which was kept.
        empty=$(query "SELECT datname FROM pg_database WHERE datname LIKE 'sports\\_log\\_before\\_%'")
        query "DROP DATABASE $empty" >/dev/null
    fi
    run rm -rf -- "$work"
    start_servers
    trap - EXIT
    say "done. The former data is in the volume $before. When you no longer need it: podman volume rm $before"
}

# Each step can be repeated, should it be interrupted.
go_back() {
    podman volume exists "$before" || [[ -e $work ]] || die "there is no volume $before to go back to."
    ! has_data "$after" || ! has_data postgres-data || ! has_data "$before" || die "the volume $after is still there: podman volume rm $after"
    run mkdir -p -m 0700 -- "$work"
    stop_servers
    stop_postgres
    ! has_data "$before" || move_volume postgres-data "$after"
    move_volume "$before" postgres-data
    if [[ -e $chosen.before ]]; then run cp -- "$chosen.before" "$chosen"; else run rm -f -- "$chosen"; fi
    run rm -rf -- "$work" "$chosen.before"
    run systemctl --user daemon-reload
    run systemctl --user start postgres.service
    start_servers
    say "done. What was written with the newer version is in the volume $after."
}

if ((back)); then go_back; else upgrade; fi
