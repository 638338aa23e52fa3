//! The table in an archive of Strava: what people wrote of their activities, which files those
//! have, and what was logged without one.

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
use crate::priority::give_way;

/// How much of a file is looked at to see what it is.
const HEAD: usize = 4096;

/// The rows of a table.
#[derive(Debug, Default)]
pub struct Table {
    /// The name of its file.
    pub name: String,
    /// Whether it could be read to its end.
    pub is_whole: bool,
    /// Each with the number of its row.
    by_file: HashMap<String, (usize, Listed)>,
    others: Vec<(usize, Listed)>,
    /// The numbers of rows of activities without an id.
    nameless: Vec<usize>,
}

impl Table {
    /// What stands before the names of files in a table of that name; `None` when it has another.
    pub fn prefix_of(name: &str) -> Option<&str> {
        let prefix = name.strip_suffix("activities.csv")?;
        (prefix.is_empty() || prefix.ends_with(['/', '\\'])).then_some(prefix)
    }

    /// Whether a file begins as a table does: with its titles, and a row with an id.
    pub fn is_one(head: &[u8]) -> bool {
        let head = head.get(..HEAD).unwrap_or(head);
        // To make a reader takes longer than to read a line.
        if !head.contains(&b',') {
            return false;
        }
        let (titles, records) = records::read(head);
        let columns = Columns::of(&titles);
        columns.are_known()
            && records.iter().any(|record| Row::new(record, &columns).id().is_some())
    }

    /// Reads a table; what is no line of it is passed over.
    pub fn read(name: &str, mut source: impl Read, prefix: &str) -> Self {
        let mut bytes = Vec::new();
        // Of one that is damaged, what can be unpacked.
        let is_whole = source.read_to_end(&mut bytes).is_ok();
        let mut table = Self { name: name.to_owned(), is_whole, ..Self::default() };
        let (titles, records) = records::read(bytes.as_slice());
        let columns = Columns::of(&titles);
        let dates = records.iter().filter_map(|record| text(record, columns.at(Column::Date)?));
        let order = Order::of(dates);
        let mut ids = HashSet::new();
        for (number, record) in records.iter().enumerate() {
            give_way();
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
        // Some other table with numbers in its first column.
        if columns.are_known() || !table.by_file.is_empty() { table } else { Self::default() }
    }

    /// Counts those among the others whose files are not there.
    pub fn keep_files(&mut self, names: impl Iterator<Item = impl AsRef<str>>) {
        let there: HashSet<String> = names.map(|name| plain(name.as_ref())).collect();
        let missing = self.by_file.extract_if(|file, _| !there.contains(file));
        self.others.extend(missing.map(|(_, row)| row));
        self.others.sort_by_key(|(number, _)| *number);
    }

    /// Those without a file, in their order.
    pub fn without_file(&self) -> impl ExactSizeIterator<Item = &Listed> {
        self.others.iter().map(|(_, listed)| listed)
    }

    /// The numbers of those rows that have a date and no id.
    pub fn nameless(&self) -> &[usize] {
        &self.nameless
    }

    pub fn get(&self, file: &str) -> Option<&Listed> {
        self.by_file.get(&plain(file)).map(|(_, listed)| listed)
    }
}

/// A name by which a file is found again, also when it was unpacked, or packed by Windows.
fn plain(name: &str) -> String {
    let name = name.replace('\\', "/").to_lowercase();
    name.strip_suffix(".gz").map(str::to_owned).unwrap_or(name)
}
