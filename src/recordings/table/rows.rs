//! A table: its titles, lines and cells.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};

use super::{
    Decimal, Order,
    columns::{Column, Known, known},
    dates, quotes,
    title_unit::TitleUnit,
};
use crate::recordings::{Entry, Format, Reason, Refusal, refusal::go_on, text::folded};

/// A hundred sets per day for years.
const MAX_ROWS: usize = 200_000;

/// Number of lines in which titles are searched. The name of the table, or a spreadsheet's note
/// about its separator, may be above the titles.
const LINES_ABOVE: usize = 3;

/// Maximum number of line breaks in the titles.
const MAX_BROKEN: usize = 50;

/// Words in the titles of tables that contain times, but no sport.
const OTHER_TABLES: [&str; 6] = ["sleep", "asleep", "schlaf", "sommeil", "goal", "bedtime"];

/// What apps write for a missing value.
const NOTHING: [&str; 15] = [
    "-",
    "--",
    "---",
    "–",
    "—",
    "n/a",
    "#n/a",
    "n.a.",
    "na",
    "<na>",
    "null",
    "none",
    "nil",
    "nan",
    "undefined",
];

/// Returns whether a cell means that there is no value.
pub fn is_nothing(cell: &str) -> bool {
    cell.is_empty() || NOTHING.iter().any(|word| word.eq_ignore_ascii_case(cell))
}

/// The line of titles.
pub struct Heading {
    pub format: Format,
    pub delimiter: u8,
    /// The folded titles.
    pub titles: Vec<String>,
    pub columns: Vec<Option<Known>>,
    /// End of the line in the text, and the number of lines up to it.
    pub end: usize,
    pub lines: u64,
}

/// Converts carriage returns, the only line endings of some old spreadsheets, to newlines.
pub fn with_newlines(text: &str) -> Cow<'_, str> {
    if text.contains('\n') { text.into() } else { text.replace('\r', "\n").into() }
}

/// Returns the line of titles, if one of the first lines belongs to a supported table.
pub fn heading(text: &str) -> Option<Heading> {
    let (mut end, mut lines) = (0, 0);
    for _ in 0..LINES_ABOVE {
        let line = first_line(text.get(end..).unwrap_or_default());
        end += line.len();
        lines += line.split_inclusive('\n').count() as u64;
        let delimiters = [b',', b';', b'\t', b'|'].into_iter();
        // Creating a reader takes longer than reading a line.
        let mut delimiters = delimiters.filter(|delimiter| line.as_bytes().contains(delimiter));
        let found = delimiters.find_map(|delimiter| {
            let record = records(line, delimiter).next()?.ok()?;
            let titles: Vec<_> = record.iter().map(folded).collect();
            let columns: Vec<_> = record.iter().map(known).collect();
            let format = format_of(&titles, &columns)?;
            Some(Heading { format, delimiter, titles, columns, end, lines })
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Returns a line, including the lines to which its quotes extend. A title may contain a line
/// break.
fn first_line(text: &str) -> &str {
    let is_open = |line: &str| line.matches('"').count() % 2 == 1;
    let mut ends = text.match_indices('\n').map(|(at, _)| at + 1).chain([text.len()]);
    let first = text.get(..ends.next().unwrap_or_default()).unwrap_or_default();
    if !is_open(first) {
        return first;
    }
    let mut longer = ends.take(MAX_BROKEN).filter_map(|end| text.get(..end));
    longer.find(|line| !is_open(line)).unwrap_or(first)
}

fn format_of(titles: &[String], columns: &[Option<Known>]) -> Option<Format> {
    let has = |column: Column| columns.iter().flatten().any(|known| known.column == column);
    let any = |columns: &[Column]| columns.iter().any(|column| has(*column));
    let is_other = |title: &String| OTHER_TABLES.iter().any(|word| title.contains(word));
    if !any(&[Column::Date, Column::Start]) || titles.iter().any(is_other) {
        return None;
    }
    if has(Column::Exercise) && any(&[Column::Reps, Column::Weight, Column::Seconds]) {
        return Some(Format::Sets);
    }
    let has_sport = any(&[Column::Sport, Column::Exercise]);
    let times = [Column::Duration, Column::Time, Column::Elapsed, Column::Moving, Column::Seconds];
    let has_distance = has(Column::Distance);
    let is_log = if any(&times) { has_sport || has_distance } else { has_sport && has_distance };
    is_log.then_some(Format::Activities)
}

fn records(text: &str, delimiter: u8) -> csv::StringRecordsIntoIter<&[u8]> {
    let mut builder = ReaderBuilder::new();
    builder.delimiter(delimiter).has_headers(false).flexible(true);
    builder.from_reader(text.as_bytes()).into_records()
}

/// A parsed table.
pub struct Table {
    pub titles: Vec<String>,
    pub columns: Vec<Option<Known>>,
    pub rows: Vec<Row>,
    /// Numbers of the lines with an unclosed quote.
    pub broken: Vec<u64>,
    has_semicolons: bool,
}

/// A line of a table, with its number in the file.
pub struct Row {
    pub line: u64,
    pub record: StringRecord,
}

impl Row {
    /// Returns the warning about an unreadable value.
    pub fn unread(&self, name: &str, cell: &str) -> Cow<'static, str> {
        format!("line {}: the {name} “{}” cannot be read", self.line, short(cell)).into()
    }
}

/// Shortens a cell for a message.
pub fn short(cell: &str) -> String {
    cell.chars().take(40).collect()
}

impl Table {
    /// Fails with `unknown_format` if no titles are recognised.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let text = &with_newlines(text);
        let Some(Heading { delimiter, titles, columns, end, lines, .. }) = heading(text) else {
            let what = "the first line has no known column titles";
            return Err(Refusal::new(Reason::UnknownFormat, what));
        };
        let parts = quotes::parts(text.get(end..).unwrap_or_default(), delimiter);
        let mut rows = Vec::new();
        for (above, part) in parts.whole {
            for record in records(part, delimiter) {
                go_on()?;
                let record = record.map_err(Refusal::malformed)?;
                if rows.len() == MAX_ROWS {
                    let what = format!("a table can have at most {MAX_ROWS} lines: split it");
                    return Err(Refusal::new(Reason::TooLarge, what));
                }
                let line = lines + above + record.position().map_or(0, |position| position.line());
                if record.iter().any(|cell| !cell.trim().is_empty()) {
                    rows.push(Row { line, record });
                }
            }
        }
        let broken = parts.broken.into_iter().map(|above| lines + above + 1).collect();
        Ok(Self { titles, columns, rows, broken, has_semicolons: delimiter == b';' })
    }

    /// Returns an error entry for each broken line.
    pub fn lost(&self) -> impl Iterator<Item = Entry> {
        self.broken.iter().map(|line| Entry {
            name: format!("line {line}"),
            source: None,
            recording: None,
            original: None,
            session: Err(Refusal::new(Reason::Malformed, "a quote in the row is not closed")),
            warnings: Vec::new(),
        })
    }

    /// Returns whether the table has this column.
    pub fn has(&self, column: Column) -> bool {
        self.place(column).is_some()
    }

    pub fn place(&self, column: Column) -> Option<usize> {
        let is_it = |known: &Option<Known>| known.as_ref().is_some_and(|k| k.column == column);
        self.columns.iter().position(is_it)
    }

    /// Returns the unit in the title of a column.
    pub fn unit(&self, column: Column) -> TitleUnit<'_> {
        let known = self.place(column).and_then(|place| self.columns.get(place)?.as_ref());
        let itself = (column == Column::Seconds).then_some("s");
        TitleUnit(known.and_then(|known| known.unit.as_deref()).or(itself))
    }

    /// Returns the cell of a row in a column, or `None` if it has no value.
    pub fn cell<'a>(&self, row: &'a Row, column: Column) -> Option<&'a str> {
        let cell = row.record.get(self.place(column)?)?.trim();
        (!is_nothing(cell)).then_some(cell)
    }

    /// Returns all values in a column.
    pub fn cells(&self, column: Column) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(move |row| self.cell(row, column))
    }

    /// Returns the decimal separator of the table's numbers.
    pub fn decimal(&self) -> Decimal {
        let numbers = [
            Column::Distance,
            Column::Duration,
            Column::Calories,
            Column::HeartRate,
            Column::Ascent,
            Column::Descent,
            Column::Weight,
            Column::Rpe,
            Column::Cadence,
        ];
        let cells = numbers.into_iter().flat_map(|column| self.cells(column));
        let (mut points, mut commas) = (0, 0);
        for shown in cells.filter_map(Decimal::shown_by) {
            if shown == Decimal::Point { points += 1 } else { commas += 1 }
        }
        let is_comma = commas > points || commas == points && self.has_semicolons;
        if is_comma { Decimal::Comma } else { Decimal::Point }
    }

    /// Returns the order of day and month in the table's dates. Fails if it is unknown.
    pub fn order(&self) -> Result<Order, Refusal> {
        let is_day_first = self.columns.iter().flatten().any(|known| known.is_day_first);
        let cells = self.cells(Column::Start).chain(self.cells(Column::Date));
        dates::order(cells, is_day_first).ok_or_else(|| {
            let what = "the dates do not distinguish day and month: write them as 2024-05-04";
            Refusal::new(Reason::Malformed, what)
        })
    }
}
