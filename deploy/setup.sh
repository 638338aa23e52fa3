#!/usr/bin/env bash
# Installs sports-log and its companion services as rootless containers that systemd runs.
set -euo pipefail
unset CDPATH
repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
original=("$@")

usage() {
    cat <<'TEXT'
Usage: deploy/setup.sh --domain NAME [--tls internal|MAIL-ADDRESS] [OPTION…]

Installs sports-log, PostgreSQL, Caddy, Prometheus and Grafana as rootless Podman containers that
systemd runs. It can be run again at any time: it keeps what exists and adds what is missing.

Started as root, it creates the user with its lingering systemd, does everything else that needs root,
and continues as that user. Started as an ordinary user, it does only the rest.

  --domain NAME     the domain name of the server; required the first time, and changed later
  --tls internal    certificates from Caddy's own authority [default]
  --tls ADDRESS     certificates by ACME (Let's Encrypt), with this mail address for the account
  --user NAME       the user that runs everything, if started as root [sports-log]
  --image IMAGE     use this image, local or pulled, instead of building one from this checkout
  --firewall        open 80/tcp, 443/tcp and 443/udp in firewalld
  --no-start        install but do not start anything
  --dry-run         show what would be done
  --uninstall       stop and remove the units; keep data, secrets and settings
  --purge           with --uninstall: delete those, too, but never the backups
  --help            show this help
TEXT
}

domain='' tls='' user=sports-log from_image='' open_firewall=0 start=1 dry_run=0 uninstall=0 purge=0
while [[ $# -gt 0 ]]; do
    case $1 in
        --domain | --tls | --user | --image)
            [[ -n ${2-} ]] || { usage >&2; exit 2; }
            case $1 in
                --domain) domain=$2 ;;
                --tls) tls=$2 ;;
                --user) user=$2 ;;
                --image) from_image=$2 ;;
            esac
            shift
            ;;
        --firewall) open_firewall=1 ;;
        --no-start) start=0 ;;
        --dry-run) dry_run=1 ;;
        --uninstall) uninstall=1 ;;
        --purge) purge=1 ;;
        --help | -h) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
# Only domain names and mail addresses, without characters that are special to sed or Caddy.
[[ -z $domain || $domain =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] || { echo "--domain $domain is no domain name" >&2; exit 2; }
[[ -z $tls || $tls == internal || $tls =~ ^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$ ]] || { echo "--tls takes internal or a mail address" >&2; exit 2; }

# shellcheck source=lib/common.sh
. "$repository/deploy/lib/common.sh"
# shellcheck source=lib/host.sh
. "$repository/deploy/lib/host.sh"
# shellcheck source=lib/old-names.sh
. "$repository/deploy/lib/old-names.sh"
# shellcheck source=lib/user.sh
. "$repository/deploy/lib/user.sh"

if [[ $EUID -eq 0 ]]; then
    ((uninstall)) || prepare_host "$user"
    if ((dry_run)) && ! id "$user" >/dev/null 2>&1; then
        say "and then, as $user: $repository/deploy/setup.sh ${original[*]}"
        exit 0
    fi
    runuser -u "$user" -- test -r "$repository/deploy/setup.sh" ||
        die "$user cannot read $repository: move the repository to a folder that all users can read, such as /opt/sports-log."
    as_user "$user" bash "$repository/deploy/setup.sh" "${original[@]}"
    ! ((uninstall)) || release_host "$user"
    exit 0
fi

refuse_old_names
if ((uninstall)); then
    remove_services
    exit 0
fi
check_podman
make_secrets
write_settings
write_units
tag=$image:$(version_here)
if [[ -e $quadlet_dir/sports-log.container.d/image.conf ]]; then
    # Another image would have no effect.
    [[ -z $from_image ]] || die "upgrade.sh has chosen the image. To change it: deploy/upgrade.sh --image $from_image"
    say "keeping the image that upgrade.sh has chosen"
elif [[ -n $from_image ]]; then
    podman image exists "$from_image" || run podman pull "$from_image"
    run podman tag "$from_image" "$tag"
elif ! podman image exists "$tag"; then
    build_image "$tag"
fi
pull_images
if ((start)); then
    start_services
    say "sports-log runs at https://${domain:-$(sed -n 's/^SPORTS_LOG_DOMAIN=//p' "$settings_dir/caddy.env")}. Next steps:"
else
    say "Everything is installed. To start it: systemctl --user start caddy grafana. Next steps:"
fi
say "- create the first account: podman exec sports-log sports-log user create you@example.com --admin"
say "- configure the mail server in $settings_dir/sports-log.env, and its password: deploy/secret.sh set smtp-pass"
say "- open Grafana at http://127.0.0.1:3001 (ssh -L 3001:localhost:3001) as admin; its password: deploy/secret.sh show grafana-password"
say "- set a key to encrypt backups in $settings_dir/backup.env; see docs/OPERATIONS.md for more"
