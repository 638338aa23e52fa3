#!/usr/bin/env bash
# Gives an installation with names like sports-log-postgres the plain names that the units have now, or takes them back.
set -euo pipefail
unset CDPATH
repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
original=("$@")

usage() {
    cat <<'TEXT'
Usage: deploy/rename.sh [--back] [--no-backup] [--dry-run] [--user NAME]

Renames the units, containers, volumes and the network of an installation: sports-log-postgres becomes
postgres with the volume postgres-data, and so on. It makes a backup, stops all services, writes this
checkout's units, and starts them. Drop-ins, additional servers and settings keep what you changed, with the
new names. Data is not copied: each volume's folder moves to the volume with the new name.

Everything is checked before anything changes: what the script does not understand, it reports and leaves
alone. After an interruption, run it again. If the names are plain already, it does nothing.

  --back        return to the former names, units and settings, with the present data and image
  --no-backup   do not make a backup first
  --dry-run     check everything and show what would be done
  --user NAME   the user that runs the services, if started as root [sports-log]
TEXT
}

user=sports-log direction=forward with_backup=1 dry_run=0
while [[ $# -gt 0 ]]; do
    case $1 in
        --user)
            [[ -n ${2-} ]] || { usage >&2; exit 2; }
            user=$2
            shift
            ;;
        --back) direction=back ;;
        --no-backup) with_backup=0 ;;
        --dry-run) dry_run=1 ;;
        --help | -h) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done

# shellcheck source=lib/common.sh
. "$repository/deploy/lib/common.sh"
# shellcheck source=lib/user.sh
. "$repository/deploy/lib/user.sh"
# shellcheck source=lib/old-names.sh
. "$repository/deploy/lib/old-names.sh"
# shellcheck source=lib/volumes.sh
. "$repository/deploy/lib/volumes.sh"
if [[ $EUID -eq 0 ]]; then
    as_user "$user" bash "$repository/deploy/rename.sh" "${original[@]}"
    exit 0
fi

readonly user_units=$config_dir/systemd/user
readonly program=$HOME/.local/bin/sports-log-backup

# The former units, wherever they are now.
units=$saved/units
[[ -e $units ]] || units=$quadlet_dir
mapfile -t servers < <(servers_in "$units")

# --- checks, before anything changes ------------------------------------------------------------

check_volume() {
    local volume
    for volume in "$1" "$2"; do
        podman volume exists "$volume" || continue
        [[ $(podman volume inspect --format '{{.Driver}} {{len .Options}}' "$volume") == "local 0" ]] ||
            die "the volume $volume has a driver or options, so its data is elsewhere: rename it by hand."
    done
    ! has_data "$2" || ! has_data "$1" || die "the volumes $1 and $2 both contain data: remove or rename the wrong one."
}

# Other containers would lose the network, or keep a volume in use.
check_containers() {
    local filter name
    for filter in "network=$old_network" "${renamed_volumes[@]/#/volume=}"; do
        filter=${filter%:*}
        while IFS= read -r name; do
            [[ -z $name || " ${old_services[*]} ${servers[*]} " == *" $name "* ]] ||
                die "the container $name uses ${filter/=/ }: stop and remove it first."
        done < <(podman ps --all --filter "$filter" --format '{{.Names}}')
    done
}

check_new_names() {
    local name
    for name in "${services[@]}"; do
        [[ $name != sports-log ]] || continue
        ! systemctl --user cat "$name.service" >/dev/null 2>&1 || die "another unit has the name $name.service."
        ! podman container exists "$name" || die "another container has the name $name."
    done
    for name in "${volumes[@]}"; do
        ! has_data "$name" || die "another volume has the name $name, and contains data."
    done
    ! podman network exists "$network" || die "another network has the name $network."
}

check_files() {
    local found
    found=$(find "$quadlet_dir" "$settings_dir" ! -type f ! -type d)
    [[ -z $found ]] || die "these are neither files nor folders, and would be lost:" $'\n'"$found"
    found=$(find "$quadlet_dir" "$settings_dir" -type f -exec cat {} + | with_plain_names | grep -vE "$kept_name" | grep -E "$old_name" || true)
    [[ -z $found ]] || die "these lines of $quadlet_dir or $settings_dir have old names in a way that is not known:" $'\n'"$found"
    found=$(grep -rlE "$old_name" "$config_dir/containers/systemd" "$user_units" | grep -vE "^($quadlet_dir|$user_units/sports-log-[^/]*)(/|\$)" || true)
    [[ -z $found ]] || die "these files have old names and are yours. Move them away, and change them before you put them back:" $'\n'"$found"
}

# --- steps, each of which can be repeated -------------------------------------------------------

back_up() {
    ((with_backup)) || return 0
    say "making a backup"
    run systemctl --user start sports-log-backup.service ||
        die "the backup failed, and nothing was changed; see: journalctl --user -u sports-log-backup"
}

# Stops everything with old and with plain names, the last first. A unit of a network or volume stays active when that is
# removed, and would not make it again.
stop_all() {
    local unit found
    for unit in sports-log-backup.timer backup.timer; do
        [[ ! -e $user_units/$unit ]] || run systemctl --user disable --now "$unit"
    done
    mapfile -t found < <(printf '%s.service\n' {"$old_network","$network"}-network "${renamed_volumes[@]/%:*/-volume}" \
        "${volumes[@]/%/-volume}" "${old_services[@]}" "${services[@]}" "${servers[@]}" | tac | awk '!seen[$0]++')
    for unit in "${found[@]}"; do
        ! systemctl --user cat "$unit" >/dev/null 2>&1 || run systemctl --user stop "$unit"
    done
}

# move FROM TO: moves a file or folder, unless it was moved before.
move() { [[ ! -e $1 ]] || { run mkdir -p -- "$(dirname -- "$2")" && run mv --no-target-directory -- "$1" "$2"; }; }

remove_network() { ! podman network exists "$1" || run podman network rm "$1" >/dev/null; }

# Keeps the former units and settings. Without units, nothing can start between the steps, not even by a reboot.
put_aside() {
    local unit
    run mkdir -p -- "$saved"
    run touch -- "$saved/unfinished"
    [[ -e $saved/units ]] || { run rm -rf -- "$saved/settings" && run cp --archive -- "$settings_dir" "$saved/settings"; }
    [[ ! -e $program || -e $saved/program ]] || run cp --archive -- "$program" "$saved/program"
    [[ -e $saved/units ]] || move "$quadlet_dir" "$saved/units"
    for unit in "$user_units"/sports-log-{backup.*,{postgres,prometheus,grafana,caddy,node-exporter,blackbox-exporter}.service.d}; do
        move "$unit" "$saved/user/$(basename -- "$unit")"
    done
    run systemctl --user daemon-reload
}

# bring_over FROM TO: copies files, with plain names in paths and lines.
bring_over() {
    local file new
    [[ -d $1 ]] || return 0
    (cd -- "$1" && find . -type f -printf '%P\n') | while IFS= read -r file; do
        new=$2/$(with_plain_names <<<"$file")
        mkdir -p -- "$(dirname -- "$new")"
        cp --archive -- "$1/$file" "$new"
        ! grep -qE "$old_name" "$1/$file" || with_plain_names <"$1/$file" >"$new"
    done
}

write_new() {
    say "writing what was changed here with the new names, then the units and settings of this checkout"
    if ! ((dry_run)); then
        bring_over "$saved/units" "$quadlet_dir"
        bring_over "$saved/user" "$user_units"
        bring_over "$saved/settings" "$settings_dir"
    fi
    # setup.sh's functions, which keep settings that exist: they need no domain.
    domain='' tls='' write_settings
    write_units
}

check_all() {
    local pair
    [[ ! -e $saved/units ]] || ! has_old_units || die "a return to the old names was interrupted. First: deploy/rename.sh --back"
    for pair in "${renamed_volumes[@]}"; do check_volume "${pair%:*}" "${pair#*:}"; done
    check_containers
    # Otherwise an interrupted run has checked this.
    if has_old_units; then
        check_new_names
        check_files
    fi
}

give_plain_names() {
    local pair
    check_all
    ! has_old_units || back_up
    hint="stopped half-way; no data is lost. Run the same command again, or: deploy/rename.sh --back"
    stop_all
    [[ ! -e $units ]] || put_aside
    remove_network "$old_network"
    for pair in "${renamed_volumes[@]}"; do move_volume "${pair%:*}" "${pair#*:}"; done
    if [[ -e $units || -e $saved/units ]]; then
        write_new
        ((dry_run)) || echo starting >"$saved/unfinished"
    fi
    hint=''
}

rename() {
    local server
    has_old_names || { say "nothing to do: the names are plain."; return; }
    [[ $(cat "$saved/unfinished" 2>/dev/null) == starting ]] || give_plain_names
    if [[ ! -e $units && ! -e $saved/units ]]; then
        say "the volumes have the plain names. Nothing is installed: run deploy/setup.sh"
        return
    fi
    hint="the names are changed. To start the services, run this again; to go back: deploy/rename.sh --back"
    start_services
    for server in "${servers[@]:1}"; do run systemctl --user start "$server.service"; done
    run rm -f -- "$saved/unfinished"
    hint=''
    say "done. The former units and settings are in $saved; to go back to them: deploy/rename.sh --back"
}

# The present units and settings are kept, too. The image stays, because the schema may need it.
keep_present() {
    local kept=$config_dir/sports-log-after-rename.XXXXXX file
    ((dry_run)) || kept=$(mktemp --directory "$kept")
    say "keeping the present units and settings in $kept"
    ((dry_run)) && return
    touch -- "$saved/unfinished"
    for file in "$quadlet_dir"/sports-log*.container.d/image.conf; do
        [[ ! -e $file ]] || install -D --mode=0644 -- "$file" "$saved/units/${file#"$quadlet_dir"/}"
    done
    [[ ! -e $settings_dir/previous-image ]] || cp -- "$settings_dir/previous-image" "$saved/settings/"
    move "$quadlet_dir" "$kept/units"
    move "$settings_dir" "$kept/settings"
    for file in "$user_units"/{backup.*,{postgres,prometheus,grafana,caddy,node-exporter,blackbox-exporter}.service.d}; do
        move "$file" "$kept/user/$(basename -- "$file")"
    done
    run systemctl --user daemon-reload
}

go_back() {
    local pair service
    [[ -e $saved/units ]] || die "there is nothing to go back to: $saved/units does not exist."
    for pair in "${renamed_volumes[@]}"; do check_volume "${pair#*:}" "${pair%:*}"; done
    hint="stopped half-way; no data is lost. Run the same command again."
    stop_all
    keep_present
    remove_network "$network"
    for pair in "${renamed_volumes[@]}"; do move_volume "${pair#*:}" "${pair%:*}"; done
    say "restoring the units and settings of $saved"
    run cp --archive --no-target-directory -- "$saved/settings" "$settings_dir"
    [[ ! -e $saved/program ]] || run cp --archive -- "$saved/program" "$program"
    [[ ! -e $saved/user ]] || run cp --archive -- "$saved/user/." "$user_units/"
    run cp --archive --no-target-directory -- "$saved/units" "$quadlet_dir"
    run systemctl --user daemon-reload
    for service in "${old_services[@]}" "${servers[@]:1}"; do run systemctl --user start "$service.service"; done
    run systemctl --user enable --now sports-log-backup.timer
    run rm -rf -- "$saved"
    hint=''
    say "done. From now on use the checkout that installed this: the scripts of this one need the plain names."
}

# Printed if the script ends early.
hint=''
trap '[[ -z $hint ]] || say "$hint"' EXIT
check_podman
if [[ $direction == back ]]; then go_back; else rename; fi
