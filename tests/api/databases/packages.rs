//! `bin/lib/setup.sh` reports a PostgreSQL that is too old before it installs anything.

use std::process::Command;

use crate::support::process::said;

/// A machine without PostgreSQL and without package lists. With lists, it offers version
/// `$OFFERED`.
const MACHINE: &str = r#"
. bin/lib/setup.sh
check_rust() { :; }
compiler_works() { :; }
postgres_found() { [[ -n ${installed-} ]]; }
uname() { echo Linux; }
apt-get() { :; }
apt-cache() { [[ -z ${updated-} ]] || printf '%s:\n  Candidate: %s\n' "$2" "$OFFERED"; }
as_root() {
    echo "AS ROOT: $2"
    [[ $2 != *update* ]] || updated=yes
    [[ $2 != *install* ]] || installed=yes
}
set_up_machine
"#;

#[test]
fn a_postgresql_that_is_too_old_is_not_installed() {
    for (offered, is_new_enough) in
        [("13+225+deb11u1", false), ("12+214ubuntu0.1", false), ("15+248", true)]
    {
        let mut bash = Command::new("bash");
        bash.args(["-euo", "pipefail", "-c", MACHINE]).env("OFFERED", offered);
        let output = bash.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.success(), is_new_enough, "{offered}: {said}");
        assert!(said.contains("AS ROOT: apt-get -o DPkg::Lock::Timeout=120 update"), "{said}");
        let installs = said.contains("AS ROOT") && said.contains("--no-install-recommends -o");
        assert_eq!(installs, is_new_enough, "{offered}: {said}");
        if !is_new_enough {
            assert!(said.contains(&format!("apt offers {offered}")), "{said}");
            assert!(said.contains("apt.postgresql.org.sh"), "{said}");
        }
    }
}
