#!/usr/bin/env bash
# Replaces the running version of sports-log with another one, and puts the old one back if that fails.
set -euo pipefail
unset CDPATH
repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
original=("$@")

usage() {
    cat <<'TEXT'
Usage: deploy/upgrade.sh [--image IMAGE | --rollback] [--no-backup] [--user NAME]

Builds the image of this checkout (run git pull first), or uses IMAGE. Makes a backup, brings the schema
up to date while the old version runs, and restarts sports-log with the new image. If it does not become
healthy, the old image is put back. Requests wait for some seconds during the restart. Several servers are
restarted one after the other, so that no request waits.

  --image IMAGE   use this image, local or pulled
  --rollback      go back to the previous image
  --no-backup     do not make a backup first
  --user NAME     the user that runs the services, if started as root [sports-log]
TEXT
}

user=sports-log wanted='' rollback=0 with_backup=1
while [[ $# -gt 0 ]]; do
    case $1 in
        --image | --user)
            [[ -n ${2-} ]] || { usage >&2; exit 2; }
            if [[ $1 == --image ]]; then wanted=$2; else user=$2; fi
            shift
            ;;
        --rollback) rollback=1 ;;
        --no-backup) with_backup=0 ;;
        --help | -h) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done

# shellcheck source=lib/common.sh
. "$repository/deploy/lib/common.sh"
# shellcheck source=lib/old-names.sh
. "$repository/deploy/lib/old-names.sh"
if [[ $EUID -eq 0 ]]; then
    as_user "$user" bash "$repository/deploy/upgrade.sh" "${original[@]}"
    exit 0
fi

refuse_old_names
previous_file=$settings_dir/previous-image

image_in_use() { podman container inspect sports-log --format '{{.ImageName}}' 2>/dev/null || sed -n 's/^Image=//p' "$quadlet_dir/sports-log.container"; }

mapfile -t servers < <(servers_in "$quadlet_dir")

# use_image IMAGE: sets the image for the next start, and for every boot.
use_image() {
    local server drop_ins
    for server in "${servers[@]}"; do
        drop_ins=$quadlet_dir/$server.container.d
        mkdir -p -- "$drop_ins"
        printf '[Container]\nImage=%s\n' "$1" >"$drop_ins/image.new"
        mv -- "$drop_ins/image.new" "$drop_ins/image.conf"
    done
    systemctl --user daemon-reload
}

# Restarts one server after the other, each when the one before it is healthy.
restart_servers() {
    local server
    for server in "${servers[@]}"; do
        systemctl --user restart "$server.service" || return
    done
}

# migrate IMAGE: runs the migrations of an image in a separate container, with the settings and secrets of sports-log.container
# and its drop-ins. Settings that the new version would refuse are refused here.
migrate() {
    local options
    mapfile -t options < <(shopt -s nullglob
        sed -n 's/^Environment=/--env=/p; s/^Secret=/--secret=/p' "$quadlet_dir"/sports-log.container{,.d/*.conf})
    # LOG_FORMAT=text, because the container does not have the journal's socket.
    podman run --rm --name sports-log-migrate --network "$network" --read-only --cap-drop all \
        --security-opt no-new-privileges --env-file "$settings_dir/sports-log.env" \
        "${options[@]}" --env=LOG_FORMAT=text "$1" migrate
}

old=$(image_in_use)
if ((rollback)); then
    wanted=$(cat "$previous_file" 2>/dev/null) || die "there was no upgrade yet, so there is nothing to go back to."
    podman image exists "$wanted" || die "the previous image, $wanted, does not exist any more."
elif [[ -n $wanted ]]; then
    podman image exists "$wanted" || run podman pull "$wanted"
else
    wanted=$image:$(version_here)-$(git_here rev-parse --short HEAD 2>/dev/null || date -u +%Y%m%d%H%M%S)
    build_image "$wanted"
fi
[[ $wanted != "$old" ]] || die "$wanted is already running."

if ((with_backup)) && ! ((rollback)); then
    say "making a backup"
    systemctl --user start backup.service || die "the backup failed, and nothing was changed; see: journalctl --user -u backup"
fi
if ! ((rollback)); then
    say "bringing the schema up to date while the old version runs"
    migrate "$wanted" || die "the migration failed and was undone; the old version, $old, goes on serving."
fi
say "restarting with $wanted instead of $old"
use_image "$wanted"
if restart_servers; then
    echo "$old" >"$previous_file"
    say "done. To go back: deploy/upgrade.sh --rollback"
    exit 0
fi
say "the new version does not become healthy; putting $old back. Its log: journalctl _SYSTEMD_USER_UNIT=sports-log.service --since -15min"
use_image "$old"
restart_servers || die "the old version does not become healthy either."
die "$old serves again."
