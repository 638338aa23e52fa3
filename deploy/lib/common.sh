# shellcheck shell=bash disable=SC2034,SC2154
# (Variables are shared with the scripts that source this file.)
# Functions that the scripts of deploy/ share, to be sourced.

# Since 5.0, Podman supports a unit's Notify=healthy and drop-ins of Quadlets.
readonly oldest_podman=5.0
readonly config_dir=${XDG_CONFIG_HOME:-$HOME/.config}
readonly settings_dir=$config_dir/sports-log
readonly quadlet_dir=$config_dir/containers/systemd/sports-log
readonly image=localhost/sports-log

# Secrets that setup.sh makes, and optional ones.
readonly made_secrets=(postgres-password database-password jwt-secret server-key oauth-token-key grafana-password)
readonly optional_secrets=(jwt-secret-previous server-key-previous oauth-token-key-previous smtp-pass
    twilio-auth-token google-client-secret facebook-client-secret oidc-client-secret
    garmin-client-secret garmin-webhook-secret)

# In the order in which they start.
readonly services=(postgres sports-log caddy node-exporter blackbox-exporter prometheus grafana)
readonly volumes=(postgres-data prometheus-data grafana-data caddy-data caddy-config)
readonly network=sports-log-net

dry_run=${dry_run:-0}

say() { printf 'sports-log: %s\n' "$*" >&2; }

die() {
    say "$@"
    exit 1
}

# run COMMAND…: shows the command, and runs it unless this is a dry run.
run() {
    printf '    %s\n' "$*" >&2
    ((dry_run)) || "$@"
}

# write_file FILE LINE…: writes the file, unless it has this content already.
write_file() {
    local file=$1
    shift
    [[ $(cat -- "$file" 2>/dev/null) != "$(printf '%s\n' "$@")" ]] || return 0
    say "writing $file"
    ((dry_run)) && return
    mkdir -p -- "$(dirname -- "$file")"
    printf '%s\n' "$@" >"$file"
}

# at_least HAVE WANTED: compares MAJOR.MINOR.
at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

# as_user USER COMMAND…: from root, runs the command as the user of the services, with access to its systemd.
as_user() {
    local user=$1 uid home
    shift
    uid=$(id -u "$user")
    home=$(getent passwd "$user" | cut -d : -f 6)
    cd -- "$home" || die "the home of $user, $home, does not exist."
    runuser -u "$user" -- env -i HOME="$home" USER="$user" LANG="${LANG:-C.UTF-8}" \
        TERM="${TERM:-dumb}" PATH="$home/.local/bin:/usr/local/bin:/usr/bin:/usr/local/sbin:/usr/sbin:/bin" \
        XDG_RUNTIME_DIR="/run/user/$uid" DBUS_SESSION_BUS_ADDRESS="unix:path=/run/user/$uid/bus" "$@"
}

secret_exists() { podman secret inspect "sports-log-$1" >/dev/null 2>&1; }

# set_secret NAME: sets the secret to the value on standard input.
set_secret() { podman secret create --replace "sports-log-$1" - >/dev/null; }

# Prints a random value of 256 bits, without characters that need quoting anywhere.
random_value() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

# servers_in FOLDER: prints sports-log, and the servers that were added as described in docs/OPERATIONS.md: sports-log-2, …
servers_in() {
    local quadlet
    echo sports-log
    for quadlet in "$1"/sports-log-[0-9]*.container; do
        [[ ! -e $quadlet ]] || basename -- "$quadlet" .container
    done
}

version_here() { sed -n 's/^version = "\(.*\)"/\1/p' "$repository/Cargo.toml" | head -n 1; }

# Runs git in this checkout, which another user may own.
git_here() { git -c safe.directory="$repository" -C "$repository" "$@"; }

# The third-party images: those of the units, and those that the Dockerfile builds on.
images_of_units() { sed -n 's/^Image=//p' "$repository"/deploy/quadlets/*.container | grep -v "^$image:"; }
images_to_build_on() {
    local version
    version=$(sed -n 's/^ARG RUST_VERSION=//p' "$repository/Dockerfile")
    sed -n 's/^FROM \([^ ]*\).*/\1/p' "$repository/Dockerfile" | sed "s/\${RUST_VERSION}/$version/"
}

digest_of() { sed -n "s|^$1 \(sha256:[0-9a-f]\{64\}\)\$|\1|p" "$repository/deploy/images.lock"; }

# pull IMAGE: pulls the image by its digest, if that is known.
pull() {
    local digest
    digest=$(digest_of "$1")
    if [[ -z $digest ]]; then
        say "no digest of $1 is known (see deploy/pin-images.sh): pulling it by its tag"
        run podman pull --quiet "$1"
    else
        run podman pull --quiet "${1%:*}@$digest"
        run podman tag "${1%:*}@$digest" "$1"
    fi
}

# build_image TAG: builds the image from this checkout.
build_image() {
    local revision base
    images_to_build_on | while IFS= read -r base; do
        [[ -z $(digest_of "$base") ]] || pull "$base"
    done
    revision=$(git_here rev-parse HEAD 2>/dev/null || echo unknown)
    say "building $1: this takes some minutes the first time"
    run podman build --tag "$1" --build-arg "VERSION=$(version_here)" --build-arg "REVISION=$revision" "$repository"
}
