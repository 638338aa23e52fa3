#!/usr/bin/env bash
# Puts another version of sports-log in place of the one that runs, and the old one back if it fails.
set -euo pipefail
unset CDPATH
repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
original=("$@")

usage() {
    cat <<'TEXT'
Usage: deploy/upgrade.sh [--image IMAGE | --rollback] [--no-backup] [--user NAME]

Builds the image of this checkout (git pull first), or takes IMAGE; backs up; brings the schema up to
date while the old version serves; restarts sports-log with the new image, which is started when it is
healthy; and puts the old image back when it does not become so. Requests wait meanwhile, some seconds;
where there are several servers, they are restarted one after the other, and nothing waits.

  --image IMAGE   an image that is there or can be pulled
  --rollback      back to the image before
  --no-backup     when the last backup is recent enough for you
  --user NAME     the user that runs the services, when started by root [sports-log]
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
if [[ $EUID -eq 0 ]]; then
    as_user "$user" bash "$repository/deploy/upgrade.sh" "${original[@]}"
    exit 0
fi

previous_file=$settings_dir/previous-image

image_in_use() { podman container inspect sports-log --format '{{.ImageName}}' 2>/dev/null || sed -n 's/^Image=//p' "$quadlet_dir/sports-log.container"; }

# sports-log, and the servers that docs/OPERATIONS.md adds to it: sports-log-2, …
servers=(sports-log)
for quadlet in "$quadlet_dir"/sports-log-[0-9]*.container; do
    [[ ! -e $quadlet ]] || servers+=("$(basename -- "$quadlet" .container)")
done

# use_image IMAGE: at the next start, and at every boot.
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

# One after the other, each when the one before it is healthy.
restart_servers() {
    local server
    for server in "${servers[@]}"; do
        systemctl --user restart "$server.service" || return
    done
}

# The migrations of an image, by a container of its own, with the settings and secrets that sports-log.container and its drop-ins
# give the server: what the new version would refuse, it refuses here.
migrate() {
    local options
    mapfile -t options < <(shopt -s nullglob
        sed -n 's/^Environment=/--env=/p; s/^Secret=/--secret=/p' "$quadlet_dir"/sports-log.container{,.d/*.conf})
    # The journal's socket is not there.
    podman run --rm --name sports-log-migrate --network sports-log --read-only --cap-drop all \
        --security-opt no-new-privileges --env-file "$settings_dir/sports-log.env" \
        "${options[@]}" --env=LOG_FORMAT=text "$1" migrate
}

old=$(image_in_use)
if ((rollback)); then
    wanted=$(cat "$previous_file" 2>/dev/null) || die "no upgrade was made yet: there is nothing to go back to."
    podman image exists "$wanted" || die "the image before, $wanted, is not here any more."
elif [[ -n $wanted ]]; then
    podman image exists "$wanted" || run podman pull "$wanted"
else
    wanted=$image:$(version_here)-$(git_here rev-parse --short HEAD 2>/dev/null || date -u +%Y%m%d%H%M%S)
    build_image "$wanted"
fi
[[ $wanted != "$old" ]] || die "$wanted is what runs already."

if ((with_backup)) && ! ((rollback)); then
    say "backing up"
    systemctl --user start sports-log-backup.service || die "the backup failed, and nothing was changed: journalctl --user -u sports-log-backup"
fi
if ! ((rollback)); then
    say "bringing the schema up to date, while the old version serves"
    migrate "$wanted" || die "the migration failed and was undone; the old version, $old, goes on serving."
fi
say "from $old to $wanted"
use_image "$wanted"
if restart_servers; then
    echo "$old" >"$previous_file"
    say "done. To go back: deploy/upgrade.sh --rollback"
    exit 0
fi
say "the new version does not become healthy; putting $old back. What it said: journalctl _SYSTEMD_USER_UNIT=sports-log.service --since -15min"
use_image "$old"
restart_servers || die "and the old version does not become healthy either."
die "$old serves again."
