# shellcheck shell=bash disable=SC2034,SC2154
# (Variables are shared with the scripts that source this file.)
# The part of setup.sh that runs as the user of the services: secrets, settings, units.

check_podman() {
    local version
    command -v podman >/dev/null || die "podman is missing."
    version=$(podman version --format '{{.Client.Version}}')
    at_least "$version" "$oldest_podman" ||
        die "podman $version is too old: units that wait for health need $oldest_podman or newer (Rocky 9.5, Debian 13, Fedora 40)."
    command -v pasta >/dev/null || die "pasta is missing, the network of rootless containers: install the package passt."
    systemctl --user show-environment >/dev/null 2>&1 ||
        die "systemd of user $(id -un) does not answer. Log in as that user (ssh, machinectl shell), not with su or sudo."
    [[ $(sysctl -n net.ipv4.ip_unprivileged_port_start) -le 80 ]] ||
        die "ports 80 and 443 are for root only: run this script once as root, or: sysctl -w net.ipv4.ip_unprivileged_port_start=80"
    [[ -e /var/lib/systemd/linger/$(id -un) ]] || run loginctl enable-linger
}

make_secrets() {
    local name
    for name in "${made_secrets[@]}"; do
        secret_exists "$name" && continue
        say "making the secret $name"
        ((dry_run)) || random_value | set_secret "$name"
    done
    for name in "${optional_secrets[@]}"; do
        # Podman has no empty secrets. For sports-log, a single newline means "not set".
        secret_exists "$name" || ((dry_run)) || echo | set_secret "$name"
    done
}

# fill_in FILE: prints the file with the placeholders replaced by the options.
fill_in() { sed -e "s|DOMAIN\$|$domain|; s|^SPORTS_LOG_TLS=TLS\$|SPORTS_LOG_TLS=${tls:-internal}|" -- "$1"; }

# keep_or_write FILE EXAMPLE: writes settings once. Afterwards they belong to the operator, and are never overwritten.
keep_or_write() {
    if [[ -e $1 ]]; then
        say "keeping $1"
        return
    fi
    [[ -n $domain ]] || die "--domain is required the first time: the domain name of the server."
    say "writing $1"
    ((dry_run)) || (umask 077 && fill_in "$2" >"$1")
}

value_in() { sed -n "s/^$2=//p" "$1" 2>/dev/null || true; }

# set_value FILE NAME VALUE: changes a setting that has another value.
set_value() {
    local old
    old=$(value_in "$1" "$2")
    [[ -n $old && $old != "$3" ]] || return 0
    say "changing $2 in $1 from $old to $3; restart the services to apply it"
    ((dry_run)) || sed -i "s|^$2=.*|$2=$3|" "$1"
}

# Options that were given apply to existing settings, too. A URL that the operator chose stays.
apply_options() {
    local caddy=$settings_dir/caddy.env server=$settings_dir/sports-log.env
    if [[ -n $domain ]]; then
        [[ $(value_in "$server" APP_BASE_URL) != "https://$(value_in "$caddy" SPORTS_LOG_DOMAIN)" ]] || set_value "$server" APP_BASE_URL "https://$domain"
        set_value "$caddy" SPORTS_LOG_DOMAIN "$domain"
    fi
    [[ -z $tls ]] || set_value "$caddy" SPORTS_LOG_TLS "$tls"
}

write_settings() {
    run mkdir -p -- "$settings_dir" "$quadlet_dir" "$config_dir/systemd/user" "$HOME/.local/bin"
    keep_or_write "$settings_dir/sports-log.env" "$repository/deploy/sports-log.env.example"
    keep_or_write "$settings_dir/caddy.env" "$repository/deploy/caddy/caddy.env.example"
    keep_or_write "$settings_dir/backup.env" "$repository/deploy/backup/backup.env.example"
    apply_options
    # Files that every version overwrites.
    say "writing the configuration of PostgreSQL, Caddy, Prometheus and Grafana to $settings_dir"
    copy "$repository/deploy/postgres/init.sh" "$settings_dir/postgres/init.sh"
    copy "$repository/deploy/caddy/Caddyfile" "$settings_dir/caddy/Caddyfile"
    local file
    for file in prometheus/prometheus.yml prometheus/rules/{alerts,recording}.yml \
        grafana/provisioning/{datasources/prometheus,dashboards/sports-log}.yml grafana/dashboards/sports-log.json; do
        copy "$repository/deploy/$file" "$settings_dir/$file"
    done
    for file in prometheus/targets/{sports-log,site,certificate,alertmanager}.yml; do
        [[ -e $settings_dir/$file ]] || copy "$repository/deploy/$file" "$settings_dir/$file"
    done
    copy "$repository/deploy/blackbox/blackbox.yml" "$settings_dir/blackbox/blackbox.yml"
    ((dry_run)) && return
    sed -i "s|SERVER_NAME\$|$(value_in "$settings_dir/caddy.env" SPORTS_LOG_DOMAIN)|" "$settings_dir/blackbox/blackbox.yml"
    # Certificates from Caddy's own authority live for hours, and need no alert.
    [[ -z $domain || $(value_in "$settings_dir/caddy.env" SPORTS_LOG_TLS) == internal ]] ||
        echo "- targets: ['host.containers.internal:443']" >"$settings_dir/prometheus/targets/certificate.yml"
}

# Containers run as other users, so these files must be readable by all.
copy() {
    if ((dry_run)); then
        run install -D --mode=0644 -- "$1" "$2"
    else
        install -D --mode=0644 -- "$1" "$2"
    fi
}

write_units() {
    local file
    say "writing the units to $quadlet_dir"
    for file in "$repository"/deploy/quadlets/*; do
        copy "$file" "$quadlet_dir/$(basename -- "$file")"
    done
    for file in backup.service backup.timer; do
        copy "$repository/deploy/systemd/$file" "$config_dir/systemd/user/$file"
    done
    run install --mode=0755 -- "$repository/deploy/backup/sports-log-backup" "$HOME/.local/bin/sports-log-backup"
    # Otherwise Podman would write to the journal after each successful health check.
    write_file "$config_dir/containers/containers.conf.d/sports-log.conf" "[engine]" "healthcheck_events = false"
    run systemctl --user daemon-reload
}

# Images are pulled beforehand, with Podman's progress output: the start of a unit would be silent and might time out.
pull_images() {
    local wanted
    images_of_units | while IFS= read -r wanted; do
        podman image exists "$wanted" || pull "$wanted"
    done
}

start_services() {
    local service
    for service in "${services[@]}"; do
        say "starting $service and waiting until it is ready"
        run systemctl --user start "$service.service" ||
            die "$service does not start, see: journalctl --user -u $service.service --since -10min"
    done
    run systemctl --user enable --now backup.timer
    # Make the first backup now, so that there is one, and that problems show up today.
    run systemctl --user start backup.service
}

remove_services() {
    local service volume name
    run systemctl --user disable --now backup.timer || true
    # The network's unit, too: it would stay active, and not make the network again.
    for service in $(servers_in "$quadlet_dir") "${services[@]}" "$network-network"; do
        run systemctl --user stop "$service.service" || true
    done
    run rm -rf -- "$quadlet_dir" "$config_dir/systemd/user/backup.service" \
        "$config_dir/systemd/user/backup.timer" "$HOME/.local/bin/sports-log-backup"
    run rm -f -- "$config_dir/containers/containers.conf.d/sports-log.conf"
    run systemctl --user daemon-reload
    run podman network rm --force "$network"
    if ((purge)); then
        for volume in "${volumes[@]}"; do
            run podman volume rm --force "$volume"
        done
        for name in "${made_secrets[@]}" "${optional_secrets[@]}"; do
            ! secret_exists "$name" || run podman secret rm "sports-log-$name"
        done
        run rm -rf -- "$settings_dir"
        say "Deleted: units, volumes, secrets, settings. Kept: backups."
    else
        say "Deleted: units. Kept: volumes, secrets, settings in $settings_dir, backups. --purge deletes all but the backups."
    fi
}
