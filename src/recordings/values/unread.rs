//! Collects invalid values of points, to warn the user.

use crate::recordings::{Reason, Recording, Refusal};

/// Maximum number of characters of a value that are shown.
const SHOWN: usize = 40;

/// Invalid positions and times of a file.
#[derive(Default)]
pub struct Unread {
    places: usize,
    /// The first invalid time.
    time: Option<String>,
}

impl Unread {
    /// Counts a point with an invalid position.
    pub fn place(&mut self) {
        self.places += 1;
    }

    /// Records a text that is not a valid time.
    pub fn time(&mut self, text: &str) {
        if self.time.is_none() && !text.is_empty() {
            let shown = text.chars().filter(|c| !c.is_control()).take(SHOWN);
            self.time = Some(shown.collect());
        }
    }

    /// Adds the findings to the result, as a warning or as a more precise error.
    pub fn report(self, read: Result<Recording, Refusal>) -> Result<Recording, Refusal> {
        match (read, self.time) {
            (Err(Refusal { reason: Reason::NoStartTime, .. }), Some(time)) => {
                let what =
                    format!("the points have unreadable or impossible times, such as {time}");
                Err(Refusal::new(Reason::NoStartTime, what))
            }
            (Ok(mut recording), _) if self.places > 0 => {
                let points = match self.places {
                    1 => "1 point has".to_owned(),
                    many => format!("{many} points have"),
                };
                let warning = format!("{points} an impossible position: the rest was read");
                recording.warnings.push(warning.into());
                Ok(recording)
            }
            (read, _) => read,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_points_cannot_say_is_told() {
        let mut unread = Unread::default();
        unread.place();
        unread.time("");
        let warnings = unread.report(Ok(Recording::default())).unwrap().warnings;
        assert_eq!(warnings, ["1 point has an impossible position: the rest was read"]);

        let no_time = || Err(Refusal::new(Reason::NoStartTime, "drawn"));
        let mut unread = Unread::default();
        unread.time("no\0on");
        unread.time("night");
        let refusal = unread.report(no_time()).unwrap_err();
        assert_eq!(refusal.message, "the points have unreadable or impossible times, such as noon");
        assert_eq!(Unread::default().report(no_time()).unwrap_err().message, "drawn");
        assert!(Unread::default().report(Ok(Recording::default())).unwrap().warnings.is_empty());
    }
}
