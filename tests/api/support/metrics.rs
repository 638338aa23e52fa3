//! `/metrics` as Prometheus reads it.

use std::collections::BTreeMap;

use super::TestApp;

/// One scrape: every series with its labels, and its value.
pub struct Scrape(BTreeMap<String, f64>);

impl Scrape {
    pub async fn of(app: &TestApp) -> Self {
        Self::read(&app.get("/metrics").await.expect(200).text())
    }

    pub fn read(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let series = lines.map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            (series.to_owned(), value.parse().unwrap())
        });
        Self(series.collect())
    }

    /// The value of `series` (`name{label="value"}`, labels in alphabetical order), if it exists.
    pub fn get(&self, series: &str) -> Option<f64> {
        self.0.get(series).copied()
    }

    /// The value of `series`, or 0 if it does not exist yet.
    pub fn count(&self, series: &str) -> f64 {
        self.get(series).unwrap_or_default()
    }
}
