# shellcheck shell=bash disable=SC2034,SC2154
# (Variables are shared with the scripts that source this file.)
# The names that units, containers, volumes and the network had before they became plain, for rename.sh and for the scripts
# that need the plain ones.

# In the order in which they start.
readonly old_services=(sports-log-postgres sports-log sports-log-caddy sports-log-node-exporter
    sports-log-blackbox-exporter sports-log-prometheus sports-log-grafana)
readonly old_network=sports-log

# OLD:PLAIN
readonly renamed_volumes=(sports-log-postgres:postgres-data sports-log-prometheus:prometheus-data
    sports-log-grafana:grafana-data sports-log-caddy-data:caddy-data sports-log-caddy-config:caddy-config)

# rename.sh keeps the former units and settings here.
readonly saved=$config_dir/sports-log-before-rename

has_old_units() { [[ -e $quadlet_dir/sports-log-postgres.container ]]; }

has_old_volumes() {
    local pair
    for pair in "${renamed_volumes[@]}"; do
        ! podman volume exists "${pair%:*}" || return 0
    done
    return 1
}

has_old_names() { has_old_units || [[ -e $saved/unfinished ]] || has_old_volumes; }

# With the plain names, PostgreSQL would start with a new, empty volume.
refuse_old_names() {
    ! has_old_names || die "this installation has names like sports-log-postgres. First run deploy/rename.sh, which gives it the plain ones (--help says how, and how to go back)."
}

# Grafana's data source, which the operator's dashboards name.
readonly kept_name='uid"?: *"?sports-log-prometheus'

# Prints the text or name on standard input with the plain names. Secrets keep theirs (sports-log-postgres-password), and so
# do the program sports-log-backup and the data source.
with_plain_names() {
    local service='postgres|prometheus|grafana|caddy|node-exporter|blackbox-exporter'
    sed -E -e "/$kept_name/b" \
        -e 's/sports-log-(postgres|prometheus|grafana)(\.volume|-volume\.service)/\1-data\2/g' \
        -e 's/sports-log-(caddy-data|caddy-config)(\.volume|-volume\.service)/\1\2/g' \
        -e 's/^(Volume=|VolumeName=)sports-log-(postgres|prometheus|grafana)(:|$)/\1\2-data\3/' \
        -e 's/^(Volume=|VolumeName=)sports-log-(caddy-data|caddy-config)(:|$)/\1\2\3/' \
        -e 's/(^|[^[:alnum:]-])sports-log(\.network|-network\.service)/\1sports-log-net\2/g' \
        -e 's/^(Network=|NetworkName=)sports-log(:|$)/\1sports-log-net\2/' \
        -e 's/sports-log-(backup\.(service|timer))/\1/g' \
        -e ":again; s/(^|[^[:alnum:]-])sports-log-($service)(\$|[^[:alnum:]-])/\1\2\3/; t again"
}

# Matches text that with_plain_names would change, or does not know.
readonly old_name='sports-log-(postgres|prometheus|grafana|caddy|node-exporter|blackbox-exporter|network|backup\.(service|timer))($|[^-]|-[^p])|sports-log\.network|^Network=sports-log(:|$)'
