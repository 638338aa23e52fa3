//! What points say of themselves and cannot be: their owner is told.

use crate::recordings::{Reason, Recording, Refusal};

/// Letters of a text that are shown.
const SHOWN: usize = 40;

#[derive(Default)]
pub struct Unread {
    places: usize,
    /// The first one.
    time: Option<String>,
}

impl Unread {
    /// Takes note of a point without a position that can be.
    pub fn place(&mut self) {
        self.places += 1;
    }

    /// Takes note of a text where a time should be.
    pub fn time(&mut self, text: &str) {
        if self.time.is_none() && !text.is_empty() {
            let shown = text.chars().filter(|c| !c.is_control()).take(SHOWN);
            self.time = Some(shown.collect());
        }
    }

    /// What was read of the points, or why not, with what else is to be said of them.
    pub fn tell(self, read: Result<Recording, Refusal>) -> Result<Recording, Refusal> {
        match (read, self.time) {
            (Err(Refusal { reason: Reason::NoStartTime, .. }), Some(time)) => {
                let what =
                    format!("its points have times that cannot be read or be true, such as {time}");
                Err(Refusal::new(Reason::NoStartTime, what))
            }
            (Ok(mut recording), _) if self.places > 0 => {
                let points = match self.places {
                    1 => "1 point has".to_owned(),
                    many => format!("{many} points have"),
                };
                let warning = format!("{points} no position that can be: the rest was read");
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
        let warnings = unread.tell(Ok(Recording::default())).unwrap().warnings;
        assert_eq!(warnings, ["1 point has no position that can be: the rest was read"]);

        let no_time = || Err(Refusal::new(Reason::NoStartTime, "drawn"));
        let mut unread = Unread::default();
        unread.time("no\0on");
        unread.time("night");
        let refusal = unread.tell(no_time()).unwrap_err();
        assert_eq!(
            refusal.message,
            "its points have times that cannot be read or be true, such as noon"
        );
        assert_eq!(Unread::default().tell(no_time()).unwrap_err().message, "drawn");
        assert!(Unread::default().tell(Ok(Recording::default())).unwrap().warnings.is_empty());
    }
}
