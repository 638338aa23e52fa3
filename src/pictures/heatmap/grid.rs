//! Where the days of a year are: in columns of weeks, in one block or, if narrow, in two.

use chrono::{Datelike, NaiveDate, Weekday};

use crate::{
    pictures::drawing::{Layout, Svg},
    stats::{Period, WeekStart},
};

/// Space above a block, for the months.
const MONTHS: f64 = 22.0;

/// Maximum number of weeks that a year touches, and half a year.
const WEEKS: f64 = 54.0;
const HALF_WEEKS: f64 = 28.0;

/// The cells of the days.
pub struct Grid {
    year: i32,
    week_start: WeekStart,
    layout: Layout,
    top: f64,
    pub left: f64,
    pub cell: f64,
    pub pitch: f64,
}

impl Grid {
    /// Creates a grid below `top`.
    pub fn new(year: i32, week_start: WeekStart, layout: Layout, top: f64) -> Self {
        let (cell, pitch) = if layout.is_narrow() { (8.0, 10.0) } else { (11.0, 14.0) };
        let left = layout.margin() + if layout.is_narrow() { 30.0 } else { 34.0 };
        Self { year, week_start, layout, top, left, cell, pitch }
    }

    /// Width of the picture.
    pub fn width(&self) -> f64 {
        self.right() + self.pitch - self.cell + 1.0 + self.layout.margin()
    }

    /// Right edge of the last column.
    pub fn right(&self) -> f64 {
        let weeks = if self.layout.is_narrow() { HALF_WEEKS } else { WEEKS };
        self.left + weeks * self.pitch - (self.pitch - self.cell + 1.0)
    }

    /// Bottom of the last block.
    pub fn bottom(&self) -> f64 {
        self.block_top(self.blocks() - 1) + 7.0 * self.pitch
    }

    /// Returns the left and the top of a day's cell.
    pub fn place(&self, day: NaiveDate) -> (f64, f64) {
        let block = self.block(day);
        let first = NaiveDate::from_ymd_opt(self.year, 1 + block * 6, 1).unwrap_or(day);
        let days = (day - Period::Week(self.week_start).first_day(first)).num_days();
        let (column, row) = ((days / 7) as f64, (days % 7) as f64);
        (self.left + column * self.pitch, self.block_top(block) + row * self.pitch)
    }

    pub fn days(&self) -> impl Iterator<Item = NaiveDate> {
        let first = NaiveDate::from_ymd_opt(self.year, 1, 1);
        let year = self.year;
        first.into_iter().flat_map(|day| day.iter_days()).take_while(move |day| day.year() == year)
    }

    pub fn draw_labels(&self, svg: &mut Svg) {
        for day in self.days().filter(|day| day.day() == 1) {
            let (x, _) = self.place(day);
            let y = self.block_top(self.block(day)) - 8.0;
            svg.text("muted", (x, y), &day.format("%b").to_string());
        }
        // Label the days of the second week of a block, which is always complete.
        for block in 0..self.blocks() {
            let in_block = self.days().filter(|day| self.block(*day) == block);
            for day in in_block.skip(7).take(7) {
                if matches!(day.weekday(), Weekday::Mon | Weekday::Wed | Weekday::Fri) {
                    let (_, y) = self.place(day);
                    let place = (self.layout.margin(), y + self.cell - 1.5);
                    svg.text("muted", place, &day.format("%a").to_string());
                }
            }
        }
    }

    fn blocks(&self) -> u32 {
        if self.layout.is_narrow() { 2 } else { 1 }
    }

    /// Returns the block of a day: the first or the second half of the year, if there are two.
    fn block(&self, day: NaiveDate) -> u32 {
        if self.layout.is_narrow() { day.month0() / 6 } else { 0 }
    }

    fn block_top(&self, block: u32) -> f64 {
        self.top + MONTHS + f64::from(block) * (7.0 * self.pitch + MONTHS + 4.0)
    }
}
