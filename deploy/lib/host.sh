# shellcheck shell=bash disable=SC2034,SC2154
# (Variables are shared with the scripts that source this file.)
# The part of setup.sh that needs root: a user with its own systemd, ports, firewall.

prepare_host() {
    local user=$1 uid
    command -v podman >/dev/null || die "podman is missing: dnf install podman (Rocky, Fedora), apt-get install podman (Debian 13 or newer, Ubuntu 25.04 or newer)."
    if ! id "$user" >/dev/null 2>&1; then
        say "creating the user $user, which runs everything"
        run useradd --create-home --shell /bin/bash "$user"
    fi
    if ((dry_run)) && ! id "$user" >/dev/null 2>&1; then
        uid=UID
    else
        uid=$(id -u "$user")
        if ! grep -q "^$user:" /etc/subuid || ! grep -q "^$user:" /etc/subgid; then
            run usermod --add-subuids 524288-589823 --add-subgids 524288-589823 "$user"
        fi
    fi

    # The user's services start at boot, and keep running without a login.
    [[ -e /var/lib/systemd/linger/$user ]] || run loginctl enable-linger "$user"

    # The containers run as other users, so their logs are in the system's journal.
    id -nG "$user" 2>/dev/null | grep -qw systemd-journal || run usermod --append --groups systemd-journal "$user"

    # Rocky keeps the journal in memory only, where `journalctl --user` finds nothing and a reboot ends it.
    if [[ ! -d /var/log/journal ]]; then
        run mkdir -p /var/log/journal
        run systemd-tmpfiles --create --prefix /var/log/journal
        run journalctl --flush
    fi

    # Containers copy the host's addresses when they start. If nothing else wants network-online.target,
    # Podman's units would wait for it in vain, for 90 s at each boot.
    write_file "/etc/systemd/system/user@$uid.service.d/sports-log.conf" \
        "[Unit]" "Wants=network-online.target" "After=network-online.target"
    # Ports 80 and 443 for Caddy.
    write_file /etc/sysctl.d/90-sports-log.conf "net.ipv4.ip_unprivileged_port_start = 80"
    run sysctl --quiet --load=/etc/sysctl.d/90-sports-log.conf
    run systemctl daemon-reload
    run systemctl start network-online.target

    if ((open_firewall)); then
        command -v firewall-cmd >/dev/null || die "--firewall needs firewalld, which is not installed; open 80/tcp, 443/tcp and 443/udp yourself."
        run firewall-cmd --permanent --add-service=http --add-service=https --add-port=443/udp
        run firewall-cmd --reload
    fi
    ((dry_run)) || wait_for_user_manager "$uid"
}

wait_for_user_manager() {
    run systemctl start "user@$1.service"
    for _ in {1..100}; do
        [[ ! -S /run/user/$1/bus ]] || return 0
        sleep 0.1
    done
    die "systemd of user $1 does not answer at /run/user/$1/bus: are dbus and libpam-systemd (Debian: dbus-user-session) installed?"
}

# Reverts prepare_host, except the user and its files.
release_host() {
    local user=$1 uid
    uid=$(id -u "$user" 2>/dev/null || echo UID)
    run rm -rf -- "/etc/systemd/system/user@$uid.service.d/sports-log.conf" /etc/sysctl.d/90-sports-log.conf
    run loginctl disable-linger "$user"
    run systemctl daemon-reload
    say "The user $user and its home are kept. To delete them: userdel --remove $user"
}
