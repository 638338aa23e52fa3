#!/usr/bin/env bash
# Sets, shows and lists the secrets of sports-log, which Podman stores for the user of the services.
set -euo pipefail
unset CDPATH
repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
    cat <<'TEXT'
Usage: deploy/secret.sh [--user NAME] COMMAND

  list          list the secrets, and whether they are set
  set NAME      read the value from the terminal, without showing it, or from standard input
  make NAME     set a new random value; the old one becomes NAME-previous, if there is such a secret
  show NAME     print the value
  unset NAME    unset an optional secret

Started as root, it acts for the user that runs the services: sports-log, or the one of --user.
A change takes effect after a restart: systemctl --user restart sports-log
TEXT
}

# shellcheck source=lib/common.sh
. "$repository/deploy/lib/common.sh"

user=sports-log
if [[ ${1-} == --user ]]; then
    user=${2-}
    shift 2 || { usage >&2; exit 2; }
fi
if [[ $EUID -eq 0 && ${1-} != *help && ${1-} != -h ]]; then
    as_user "$user" bash "$repository/deploy/secret.sh" "$@"
    exit 0
fi

is_known() { [[ " ${made_secrets[*]} ${optional_secrets[*]} " == *" $1 "* ]] || die "there is no secret $1; see: deploy/secret.sh list"; }

value_of() { podman secret inspect --showsecret --format '{{.SecretData}}' "sports-log-$1"; }

case ${1-}:$# in
    list:1)
        for name in "${made_secrets[@]}" "${optional_secrets[@]}"; do
            if secret_exists "$name" && [[ -n $(value_of "$name") ]]; then echo "$name  set"; else echo "$name  not set"; fi
        done
        ;;
    set:2)
        is_known "$2"
        if [[ -t 0 ]]; then read -rsp "$2: " value && echo >&2; else value=$(cat); fi
        [[ -n $value ]] || die "the value is empty; to unset the secret: deploy/secret.sh unset $2"
        printf %s "$value" | set_secret "$2"
        ;;
    make:2)
        is_known "$2"
        if [[ " ${optional_secrets[*]} " == *" $2-previous "* ]]; then value_of "$2" | set_secret "$2-previous"; fi
        random_value | set_secret "$2"
        ;;
    show:2) is_known "$2" && value_of "$2" ;;
    unset:2)
        is_known "$2"
        [[ " ${optional_secrets[*]} " == *" $2 "* ]] || die "$2 is required and cannot be unset."
        echo | set_secret "$2"
        ;;
    help:1 | --help:1 | -h:1) usage ;;
    *) usage >&2; exit 2 ;;
esac
