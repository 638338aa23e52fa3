//! The table in a Strava archive: what people wrote about their activities, the files of these, and
//! the activities that were logged without a file.

mod columns;
mod dates;
mod records;
mod values;

use std::{
    collections::{HashMap, HashSet},
    io::Read,
};

use self::{
    columns::{Column, Columns},
    dates::Order,
    values::{Row, text},
};
use super::listed::Listed;
use crate::priority::yield_if_due;

/// How many bytes of a file are inspected to recognize a table.
const HEAD: usize = 4096;

/// The rows of a table.
#[derive(Debug, Default)]
pub struct Table {
    /// The name of the table's file.
    pub name: String,
    /// Whether it was read to its end.
    pub is_whole: bool,
    /// Activities by their files, each with the number of its row.
    by_file: HashMap<String, (usize, Listed)>,
    others: Vec<(usize, Listed)>,
    /// The numbers of rows without an id.
    nameless: Vec<usize>,
}

impl Table {
    /// The prefix of file names in a table called `name`; `None` if that is not a table's name.
    pub fn prefix_of(name: &str) -> Option<&str> {
        let prefix = name.strip_suffix("activities.csv")?;
        (prefix.is_empty() || prefix.ends_with(['/', '\\'])).then_some(prefix)
    }

    /// Whether a file starts like a table: with its titles, and a row with an id.
    pub fn is_one(head: &[u8]) -> bool {
        let head = head.get(..HEAD).unwrap_or(head);
        // Creating a reader takes longer than reading a line.
        if !head.contains(&b',') {
            return false;
        }
        let (titles, records) = records::read(head);
        let columns = Columns::of(&titles);
        columns.are_known()
            && records.iter().any(|record| Row::new(record, &columns).id().is_some())
    }

    /// Reads a table; lines that are not rows of it are skipped.
    pub fn read(name: &str, mut source: impl Read, prefix: &str) -> Self {
        let mut bytes = Vec::new();
        // If the table is damaged, the part that can be unpacked is read.
        let is_whole = source.read_to_end(&mut bytes).is_ok();
        let mut table = Self { name: name.to_owned(), is_whole, ..Self::default() };
        let (titles, records) = records::read(bytes.as_slice());
        let columns = Columns::of(&titles);
        let dates = records.iter().filter_map(|record| text(record, columns.at(Column::Date)?));
        let order = Order::of(dates);
        let mut ids = HashSet::new();
        for (number, record) in records.iter().enumerate() {
            yield_if_due();
            let row = Row::new(record, &columns);
            if row.is_nameless(order) {
                table.nameless.push(number + 1);
            }
            let listed = row.listed(order).filter(|listed| ids.insert(listed.id.clone()));
            let Some(mut listed) = listed else { continue };
            for warning in &mut listed.warnings {
                warning.insert_str(0, &format!("row {}: ", number + 1));
            }
            let file = row.file().map(|file| plain(&format!("{prefix}{file}")));
            match file.filter(|file| !table.by_file.contains_key(file)) {
                Some(file) => {
                    table.by_file.insert(file, (number, listed));
                }
                None => table.others.push((number, listed)),
            }
        }
        // Another table with numbers in its first column is not read.
        if columns.are_known() || !table.by_file.is_empty() { table } else { Self::default() }
    }

    /// Adds the activities whose files are missing to those without a file.
    pub fn keep_files(&mut self, names: impl Iterator<Item = impl AsRef<str>>) {
        let there: HashSet<String> = names.map(|name| plain(name.as_ref())).collect();
        let missing = self.by_file.extract_if(|file, _| !there.contains(file));
        self.others.extend(missing.map(|(_, row)| row));
        self.others.sort_by_key(|(number, _)| *number);
    }

    /// The activities without a file, in the order of their rows.
    pub fn without_file(&self) -> impl ExactSizeIterator<Item = &Listed> {
        self.others.iter().map(|(_, listed)| listed)
    }

    /// The numbers of rows that have a date but no id.
    pub fn nameless(&self) -> &[usize] {
        &self.nameless
    }

    pub fn get(&self, file: &str) -> Option<&Listed> {
        self.by_file.get(&plain(file)).map(|(_, listed)| listed)
    }
}

/// A normalized name, which also matches a file that was unpacked, or packed on Windows.
fn plain(name: &str) -> String {
    let name = name.replace('\\', "/").to_lowercase();
    name.strip_suffix(".gz").map(str::to_owned).unwrap_or(name)
}
