//! Groups the lines of a table of sets into workouts.

use std::collections::HashMap;

use super::{
    columns::Column,
    rows::{Row, Table},
};

/// Returns the lines of each workout, in the order of their first lines.
pub fn workouts(table: &Table) -> Vec<Vec<&Row>> {
    let (mut places, mut workouts) = (HashMap::new(), Vec::<Vec<&Row>>::new());
    for row in &table.rows {
        let place = *places.entry(key(table, row)).or_insert(workouts.len());
        match workouts.get_mut(place) {
            Some(rows) => rows.push(row),
            None => workouts.push(vec![row]),
        }
    }
    workouts
}

/// Returns what the lines of a workout have in common.
pub fn key<'a>(table: &Table, row: &'a Row) -> [&'a str; 3] {
    [Column::Start, Column::Date, Column::Title]
        .map(|column| table.cell(row, column).unwrap_or_default())
}
