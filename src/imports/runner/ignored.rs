//! The files that an import ignores: their number, and the names of the first.

use std::mem;

use crate::imports::{types::IgnoredFile, upload::shown};

/// Maximum number of names.
const LISTED: usize = 100;

/// The files of a job that are not read.
#[derive(Debug, Default)]
pub struct Ignored {
    count: i32,
    files: Vec<IgnoredFile>,
    is_new: bool,
}

impl Ignored {
    pub fn count(&self) -> i32 {
        self.count
    }

    /// Counts a file that is not listed, such as a folder.
    pub fn pass_over(&mut self) {
        self.count += 1;
    }

    /// Counts a file and lists its name. If the list is full, a file with a
    /// message replaces one without.
    pub fn add(&mut self, name: &str, message: Option<String>) {
        self.count += 1;
        if self.files.len() >= LISTED {
            let silent = self.files.iter().rposition(|file| file.message.is_none());
            let Some(silent) = silent.filter(|_| message.is_some()) else { return };
            self.files.remove(silent);
        }
        self.files.push(IgnoredFile { name: shown(name), message });
        self.is_new = true;
    }

    /// The list as JSON, if it has changed since the last call.
    pub fn news(&mut self) -> serde_json::Result<Option<String>> {
        if mem::take(&mut self.is_new) {
            serde_json::to_string(&self.files).map(Some)
        } else {
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_with_a_message_push_out_others_and_all_are_counted() {
        let mut ignored = Ignored::default();
        assert_eq!(ignored.news().unwrap(), None);
        (0..150).for_each(|n| ignored.add(&format!("photo-{n}.jpg"), None));
        ignored.pass_over();
        ignored.add("old.hrm", Some("export it".to_owned()));
        assert_eq!((ignored.count(), ignored.files.len()), (152, LISTED));
        let last = ignored.files.last().unwrap();
        assert_eq!((last.name.as_str(), last.message.as_deref()), ("old.hrm", Some("export it")));
        assert_eq!(ignored.files[98].name, "photo-98.jpg");
        assert!(ignored.news().unwrap().is_some_and(|json| json.contains("old.hrm")));
        assert_eq!(ignored.news().unwrap(), None);
    }
}
