# shellcheck shell=bash disable=SC2154
# (Variables are shared with the scripts that source this file.)
# Moving data between Podman's volumes, which Podman cannot rename.

folder_of() { podman volume inspect --format '{{.Mountpoint}}' "$1"; }

# The folder belongs to a user of the container, so only root of the user namespace can look into it.
has_data() {
    podman volume exists "$1" && [[ -n $(podman unshare find "$(folder_of "$1")" -mindepth 1 -print -quit 2>/dev/null) ]]
}

# move_volume FROM TO: a rename moves the data at once, and replaces nothing but an empty folder.
move_volume() {
    podman volume exists "$1" || return 0
    say "moving the data of the volume $1 to $2"
    ((dry_run)) && return
    podman volume exists "$2" || run podman volume create "$2" >/dev/null
    ! has_data "$1" || run podman unshare mv --no-target-directory -- "$(folder_of "$1")" "$(folder_of "$2")"
    run podman volume rm "$1" >/dev/null
}
