//! Lists of activities in the archives of services, which are handled before and after the files.

use std::{io::Read, mem};

use super::{
    archive::Archive, garmin::Summaries, job::Job, listed::Listed, stop::JobEnd, strava::Table,
    unpack::Budgeted,
};
use crate::recordings::{MAX_FILE_BYTES, Reason, Refusal};

impl<F: Fn((i32, i32))> Job<'_, F> {
    /// Reads the table of a Strava archive, and stores its activities without a file.
    pub fn table_of(&mut self, archive: &mut Archive) -> Result<Table, JobEnd> {
        let found = archive.file_names().flatten().find_map(|name| {
            Table::prefix_of(&name).map(|prefix| (name.to_string(), prefix.to_owned()))
        });
        let Some((name, prefix)) = found else { return Ok(Table::default()) };
        let Ok(entry) = archive.by_name(&name) else { return Ok(Table::default()) };
        let limited = entry.take(MAX_FILE_BYTES as u64);
        let source = Budgeted { source: limited, left: &mut self.budget };
        let mut table = Table::read(&name, source, &prefix);
        self.check()?;
        table.keep_files(archive.file_names().flatten());
        self.all_logged(table.without_file().map(|listed| (&*name, listed)))?;
        self.refuse_nameless(&table)?;
        Ok(table)
    }

    /// Refuses the rows without an id, which could not be recognized in another import.
    fn refuse_nameless(&mut self, table: &Table) -> Result<(), JobEnd> {
        self.found(table.nameless().len())?;
        for row in table.nameless() {
            let refusal = Refusal::new(Reason::Malformed, "this row has no activity ID");
            self.file(&format!("{}: row {row}", table.name), Err(refusal), None)?;
        }
        Ok(())
    }

    /// Lists the name of a list that is damaged. The list does not count as a
    /// file; its activities do.
    pub fn pass_over_list(&mut self, name: &str, is_whole: bool) -> Result<(), JobEnd> {
        if is_whole {
            return self.used();
        }
        let what = "this list is damaged: the entries before the damage were read";
        self.ignore(name, Some(what.to_owned()))
    }

    /// Reads a Strava table that is not in its archive.
    pub fn walk_table(&mut self, name: &str, source: impl Read) -> Result<(), JobEnd> {
        let limited = source.take(MAX_FILE_BYTES as u64);
        let mut table = Table::read(name, Budgeted { source: limited, left: &mut self.budget }, "");
        self.check()?;
        table.keep_files(std::iter::empty::<&str>());
        self.pass_over_list(name, table.is_whole)?;
        self.all_logged(table.without_file().map(|listed| (name, listed)))?;
        self.refuse_nameless(&table)
    }

    /// Reads the lists of a Garmin archive, for its files and those of archives in it. Returns the
    /// previous lists, which [`Self::leave_garmin`] takes back.
    pub fn enter_garmin(
        &mut self,
        called: &str,
        archive: &mut Archive,
    ) -> Result<Option<Summaries>, JobEnd> {
        let names: Vec<String> =
            archive.file_names().flatten().map(|name| name.into_owned()).collect();
        let lists: Vec<&String> = names.iter().filter(|name| Summaries::is_list(name)).collect();
        let is_archive =
            Summaries::is_sign(called) || names.iter().any(|name| Summaries::is_sign(name));
        if !is_archive || lists.is_empty() && self.summaries.is_archive {
            return Ok(None);
        }
        let mut summaries = Summaries::of_archive();
        for name in lists {
            let Ok(entry) = archive.by_name(name) else { continue };
            summaries.read(name, Budgeted { source: entry, left: &mut self.budget });
            self.check()?;
        }
        summaries.settle();
        Ok(Some(mem::replace(&mut self.summaries, summaries)))
    }

    /// Stores the listed activities without a recording, and restores the previous lists.
    pub fn leave_garmin(&mut self, outer: Option<Summaries>) -> Result<(), JobEnd> {
        let Some(outer) = outer else { return Ok(()) };
        let mut summaries = mem::replace(&mut self.summaries, outer);
        let left: Vec<(String, Listed)> = summaries.without_file();
        self.all_logged(left.iter().map(|(list, listed)| (&**list, listed)))
    }

    /// Reads a Garmin list that is not in its archive.
    pub fn walk_summaries(&mut self, name: &str, source: impl Read) -> Result<(), JobEnd> {
        let mut summaries = Summaries::default();
        let is_list = summaries.read(name, Budgeted { source, left: &mut self.budget });
        self.check()?;
        if !is_list {
            let what = "this list contains no activities";
            return self.file(name, Err(Refusal::new(Reason::NotAnActivity, what)), None);
        }
        summaries.settle();
        self.pass_over_list(name, summaries.list(name).unwrap_or(true))?;
        let left = summaries.without_file();
        self.all_logged(left.iter().map(|(list, listed)| (&**list, listed)))
    }
}
