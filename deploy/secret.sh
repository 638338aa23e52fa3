#!/usr/bin/env bash
# Sets, shows and lists the secrets of sports-log, which Podman keeps for the user of the services.
set -euo pipefail
unset CDPATH
repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
    cat <<'TEXT'
Usage: deploy/secret.sh COMMAND

  list          the names, and whether they are set
  set NAME      take the value from the terminal, which does not show it, or from standard input
  make NAME     make a new random value; one that was there becomes NAME-previous, where there is such a name
  show NAME     print the value
  unset NAME    forget the value of an optional one

A service sees the change after its restart: systemctl --user restart sports-log
TEXT
}

# shellcheck source=lib/common.sh
. "$repository/deploy/lib/common.sh"

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
        [[ -n $value ]] || die "an empty value is none; to forget it: deploy/secret.sh unset $2"
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
        [[ " ${optional_secrets[*]} " == *" $2 "* ]] || die "sports-log cannot do without $2."
        echo | set_secret "$2"
        ;;
    help:1 | --help:1 | -h:1) usage ;;
    *) usage >&2; exit 2 ;;
esac
