# shellcheck shell=bash
# Functions that bin/dev, bin/test and .ci/run share, to be sourced in the repository's folder.
#
# `set_up_machine` ensures that this machine can build and run sports-log: Rust, a C compiler and the
# PostgreSQL server. It prints nothing if nothing is missing, and shows each command before it runs it
# as root. This file only uses features of bash 3.2, which macOS has.

readonly oldest_postgres=14

say() { printf 'sports-log: %s\n' "$*" >&2; }

die() {
    say "$@"
    exit 1
}

indent() { sed 's/^/    /' >&2; }

set_up_machine() {
    check_rust
    name_version

    local missing=()
    compiler_works || missing+=("a C compiler with the C library's headers")
    postgres_found || missing+=("a PostgreSQL server, version $oldest_postgres or newer")
    [[ ${#missing[@]} -gt 0 ]] || return 0

    if [[ $(uname -s) == Darwin ]]; then
        advise_macos
    elif command -v apt-get >/dev/null; then
        install_with_apt
    elif command -v dnf >/dev/null; then
        install_with_dnf
    else
        die "$(missing_sentence) Please install what is missing and start again."
    fi

    compiler_works || die "cc still does not compile a program that uses the C library."
    postgres_found || no_new_postgres "the one installed now is older or elsewhere"
}

# --- checks -------------------------------------------------------------------------------------

# name_version: makes --version of the build name its commit.
name_version() {
    local version commit
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
    commit=$(git rev-parse --short HEAD 2>/dev/null) || return 0
    export SPORTS_LOG_VERSION="$version ($commit)"
}

check_rust() {
    # After a new installation of rustup, only the next login has it on the PATH.
    PATH=$PATH:${CARGO_HOME:-${HOME-}/.cargo}/bin

    local wanted version
    wanted=$(sed -n 's/^rust-version *= *"\([^"]*\)".*/\1/p' Cargo.toml)
    if ! command -v cargo >/dev/null || ! command -v rustc >/dev/null; then
        say "cargo and rustc are missing: sports-log is built with Rust $wanted or newer."
        advise_rust
    fi
    # A rustup without a toolchain prints its own advice on standard error.
    version=$(rustc --version) || die "rustc is installed but does not run; its own message is above."
    version=${version#rustc }
    if ! at_least "$version" "$wanted"; then
        say "rustc ${version%% *} is too old: sports-log is built with Rust $wanted or newer."
        advise_rust
    fi
}

advise_rust() {
    say "If rustup is installed: rustup update stable. Otherwise, as described on https://rustup.rs:"
    echo "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh" | indent
    die "or install it from the distribution, if its version is new enough (Fedora: dnf install cargo)."
}

# at_least HAVE WANTED: compares MAJOR.MINOR.
at_least() {
    local have_major have_minor major minor _
    IFS=. read -r have_major have_minor _ <<<"$1"
    IFS=. read -r major minor _ <<<"$2"
    ((have_major > major || (have_major == major && have_minor >= minor)))
}

# The headers of the C library are a separate package, so a compiler alone is not enough.
compiler_works() {
    if [[ $(uname -s) == Darwin ]]; then
        # Without the developer tools, cc is a stub that opens a dialogue window.
        xcode-select -p >/dev/null 2>&1 || return 1
    fi
    command -v cc >/dev/null && cc -fsyntax-only -x c - <<<'#include <stdlib.h>' 2>/dev/null
}

postgres_found() { (($(newest_postgres) >= oldest_postgres)); }

# Prints the newest installed major version, or 0. Looks where the server does: Debian and Ubuntu,
# postgresql.org's packages for Fedora and related distributions, Homebrew, and the PATH.
newest_postgres() {
    local bin version newest=0
    for bin in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
        /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
        "$(dirname -- "$(command -v postgres || echo /nowhere/postgres)")"; do
        [[ -x $bin/initdb && -x $bin/pg_ctl && -x $bin/postgres ]] || continue
        version=$("$bin/postgres" --version) || continue
        version=$(leading_number "${version##*(PostgreSQL) }")
        ((version <= newest)) || newest=$version
    done
    echo "$newest"
}

leading_number() {
    local number=${1%%[!0-9]*}
    echo "${number:-0}"
}

# --- installation (`missing` is the list in set_up_machine) -------------------------------------

is_missing() { [[ ${missing[*]} == *"$1"* ]]; }

missing_sentence() {
    local sentence="Missing: ${missing[0]}"
    [[ ${#missing[@]} -eq 1 ]] || sentence+="; ${missing[1]}"
    echo "$sentence."
}

no_new_postgres() {
    die "no PostgreSQL $oldest_postgres or newer: $1. See https://www.postgresql.org/download/"
}

advise_macos() {
    say "$(missing_sentence) Please run:"
    ! is_missing compiler || echo "xcode-select --install" | indent
    ! is_missing PostgreSQL || echo "brew install postgresql@17" | indent
    exit 1
}

# as_root WHY SCRIPT: shows the script, then runs it. Returns its status.
as_root() {
    local shell=(sh -euc)
    say "$1"
    if [[ $EUID -ne 0 ]]; then
        if ! command -v sudo >/dev/null; then
            say "There is no sudo here. Please run, as root, and start again:"
            indent <<<"$2"
            exit 1
        fi
        shell=(sudo sh -euc)
    fi
    say "Running, as root:"
    indent <<<"$2"
    # No package script may wait for input. sudo asks for its password on the terminal.
    "${shell[@]}" "$2" </dev/null >&2
}

install_with_apt() {
    local packages=() why before="" offered
    why=$(missing_sentence)
    if is_missing compiler; then
        packages+=(gcc libc6-dev)
    fi
    if is_missing PostgreSQL; then
        packages+=(postgresql)
        offered=$(apt_candidate postgresql)
        if [[ -z $offered ]]; then
            # A new machine or image has no package lists. They must be known before anything is installed.
            as_root "asking apt which PostgreSQL it offers…" "apt-get -o DPkg::Lock::Timeout=120 update" ||
                die "apt-get update failed; you can also install what is missing yourself."
            offered=$(apt_candidate postgresql)
        fi
        (($(leading_number "$offered") >= oldest_postgres)) || advise_newer_apt "$offered"
        # The package creates a cluster for the whole system and starts it on port 5432, unless this
        # file exists: postgresql-common reads every *.conf of the folder.
        why+=" (sports-log.conf keeps Debian's package from starting its own database.)"
        before="mkdir -p /etc/postgresql-common/createcluster.d
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/sports-log.conf
"
    fi
    apt_install "$why" "$before" "${packages[@]}"
}

# advise_newer_apt OFFERED: Debian 11 has PostgreSQL 13, Ubuntu 20.04 has 12. In this case nothing is installed.
advise_newer_apt() {
    say "PostgreSQL $oldest_postgres or newer is needed, and apt offers ${1:-none}. PostgreSQL's own packages, as root:"
    indent <<<"apt-get install -y postgresql-common
/usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y
apt-get install -y --no-install-recommends postgresql-17"
    no_new_postgres "nothing was installed"
}

# apt_install WHY SCRIPT_BEFORE PACKAGE…
apt_install() {
    local why=$1 before=$2 script package status=0
    local update="apt-get update"$'\n'
    shift 2
    # A machine that has just started may be running its own upgrades: wait for the lock.
    script="${before}export DEBIAN_FRONTEND=noninteractive
apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 $*"
    for package; do
        if [[ -n $update && -z $(apt_candidate "$package") ]]; then
            script=$update$script
            update=""
        fi
    done

    as_root "$why" "$script" || status=$?
    # apt's status if the mirror has replaced a package since the lists were fetched.
    if ((status == 100)) && [[ -n $update ]]; then
        status=0
        as_root "The package lists may be out of date: trying again with new ones." "$update$script" || status=$?
    fi
    ((status == 0)) || die "that failed; you can also install what is missing yourself."
}

# Prints the version that apt would install, or nothing if there is none.
apt_candidate() { LC_ALL=C apt-cache policy "$1" | sed -n '/(none)/d; s/^ *Candidate: //p'; }

install_with_dnf() {
    local packages=() script="" stream
    if is_missing compiler; then
        packages+=(gcc glibc-devel)
    fi
    if is_missing PostgreSQL; then
        # dnf has one version at a time: a newer one would replace a server that may be in use, and could
        # not read its databases.
        ! rpm -q --quiet postgresql-server || no_new_postgres "an older one is installed and may be in use"
        packages+=(postgresql-server)
        say "asking dnf which PostgreSQL it offers…"
        if (($(dnf_newest_postgres) < oldest_postgres)); then
            # Rocky 8 and 9 and related distributions have an old version by default, and newer ones as modules.
            stream=$(dnf_newest_stream)
            ((stream >= oldest_postgres)) || no_new_postgres "dnf offers none"
            script="dnf -y module enable postgresql:$stream"$'\n'
        fi
    fi
    script+="dnf -y install ${packages[*]}"
    as_root "$(missing_sentence)" "$script" || die "that failed; you can also install what is missing yourself."
}

# dnf 4 ends each line by itself, dnf 5 only if the format does.
dnf_newest_postgres() {
    { dnf -q repoquery --qf 'offered %{version}\n' postgresql-server || true; } 2>/dev/null </dev/null |
        newest offered
}

dnf_newest_stream() {
    { dnf -q module list postgresql || true; } 2>/dev/null </dev/null | newest postgresql
}

# newest WORD: reads lines "WORD VERSION …" and prints the highest major version, or 0.
newest() { awk -v word="$1" '$1 == word && int($2) > max { max = int($2) } END { print max + 0 }'; }
