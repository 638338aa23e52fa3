//! The memory limit of the process, as set by the operator or a control group.

use std::{fs, path::Path};

use super::{source::Source, units::Bytes};

/// The limit beyond which the system kills the process.
#[derive(Clone, Copy, Debug)]
pub struct MemoryConfig {
    /// In bytes. `None` if there is no limit.
    pub limit: Option<u64>,
}

impl MemoryConfig {
    pub(super) fn read(s: &mut Source) -> Self {
        let set: Option<Bytes> = s.optional("MEMORY_LIMIT");
        let groups = || {
            let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
            limit_of_groups(Path::new("/sys/fs/cgroup"), &own)
        };
        Self { limit: set.map(|Bytes(bytes)| bytes).or_else(groups) }
    }
}

/// The lowest limit of the process's control groups, which are folders below `root`. `own`
/// is the content of its `/proc/self/cgroup`; see cgroups(7). A container cannot see the
/// groups above its own.
fn limit_of_groups(root: &Path, own: &str) -> Option<u64> {
    let limits = own.lines().flat_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, group) = (parts.next()?, parts.next()?);
        let (root, file) = match controllers {
            "" => (root.to_owned(), "memory.max"),
            "memory" => (root.join("memory"), "memory.limit_in_bytes"),
            _ => return None,
        };
        let group = root.join(group.trim_start_matches('/'));
        let groups = group.ancestors().take_while(|group| group.starts_with(&root));
        // Without a limit, the value is "max", or a number near 2^63 in version 1.
        let limits = groups.filter_map(|group| {
            fs::read_to_string(group.join(file)).ok()?.trim().parse::<u64>().ok()
        });
        limits.filter(|limit| *limit < 1 << 60).min()
    });
    limits.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_limit_of_all_groups_counts() {
        let root = tempfile::tempdir().unwrap();
        let limit = |folder: &str, file: &str, text: &str| {
            let folder = root.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(file), text).unwrap();
        };
        let own = "0::/system.slice/sports-log.service\n";
        assert_eq!(limit_of_groups(root.path(), own), None);
        limit("system.slice/sports-log.service", "memory.max", "max\n");
        assert_eq!(limit_of_groups(root.path(), own), None);
        limit("system.slice", "memory.max", "1073741824\n");
        assert_eq!(limit_of_groups(root.path(), own), Some(1 << 30));
        limit("system.slice/sports-log.service", "memory.max", "536870912\n");
        assert_eq!(limit_of_groups(root.path(), own), Some(512 << 20));
        // Version 1 of control groups.
        limit("memory/docker/ab", "memory.limit_in_bytes", "268435456\n");
        let own = "11:cpu,cpuacct:/docker/ab\n9:memory:/docker/ab\n";
        assert_eq!(limit_of_groups(root.path(), own), Some(256 << 20));
        limit("memory/docker/ab", "memory.limit_in_bytes", "9223372036854771712\n");
        assert_eq!(limit_of_groups(root.path(), own), None);
    }
}
