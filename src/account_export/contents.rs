//! The contents of the zip, in their order.

use std::time::Duration;

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::{
    archive::Archive,
    format::{
        ACCOUNT, ACTIVITIES, CSV, ExportedOriginal, ExportedStreams, ListedFile, ORIGINALS,
        PROFILE, hex, streams_path,
    },
    store::{self, ClaimedExport},
};
use crate::{
    activities::{
        export::{Format, Pieces},
        originals::Storage,
        streams::{Form, Reading, StreamsText},
    },
    error::{ApiError, ApiResult},
    http::Written,
    jobs::Stopping,
};

/// Maximum number of activities read at a time. Fewer are read if they exceed a mebibyte.
const PIECE: i64 = 16;

/// An export in progress.
pub struct Contents<'a> {
    /// In a transaction that sees the account as it was at the start.
    pub reader: &'a AsyncPgConnection,
    pub writer: &'a AsyncPgConnection,
    pub job: &'a ClaimedExport,
    pub lease: Duration,
    pub storage: &'a Storage,
    pub stopping: &'a Stopping,
    pub found: i64,
    pub done: i64,
}

impl Contents<'_> {
    /// Creates the whole zip; returns its number of bytes. `None` if the job was taken over or
    /// deleted, or if the server is shutting down.
    pub async fn make(mut self) -> ApiResult<Option<i64>> {
        store::tell_time_in_utc(self.reader).await?;
        let user_id = self.job.user_id;
        let (activities, pieces) = store::count(self.reader, user_id).await?;
        self.found = pieces;
        let mut archive = Archive::new(self.writer, self.job);
        let mut content = Vec::new();
        if let Some(profile) = store::profile(self.reader, user_id).await? {
            content.push(archive.add(PROFILE.to_owned(), profile.as_str().as_bytes()).await?);
        }
        let parts = [
            self.activities(&mut archive, &mut content).await?,
            self.streams(&mut archive, &mut content).await?,
            self.originals(&mut archive, &mut content).await?,
        ];
        if parts.contains(&None) {
            return Ok(None);
        }
        let account = store::account(self.reader, user_id).await?;
        let about = vec![
            self.csv(&mut archive).await?,
            archive.add(ACCOUNT.to_owned(), account.as_str().as_bytes()).await?,
        ];
        let activities = u64::try_from(activities).unwrap_or_default();
        archive.finish(activities, content, about).await.map(Some)
    }

    /// Records that `done` more pieces are done. `None` if the work has to stop.
    async fn go_on(&mut self, done: usize) -> ApiResult<Option<()>> {
        self.done += i64::try_from(done).unwrap_or_default();
        let progress = (self.found, self.done);
        let is_ours = store::hold(self.writer, self.job, self.lease, progress).await?;
        Ok((is_ours && !self.stopping.has_begun()).then_some(()))
    }

    async fn activities(
        &mut self,
        archive: &mut Archive<'_>,
        content: &mut Vec<ListedFile>,
    ) -> ApiResult<Option<()>> {
        archive.begin(ACTIVITIES.to_owned())?;
        // Activities that others refer to come first.
        for refers in [false, true] {
            let (user_id, mut after) = (self.job.user_id, store::start());
            loop {
                let lines = store::lines(self.reader, user_id, refers, after, PIECE).await?;
                for line in &lines {
                    archive.write(line.json.as_bytes()).await?;
                    archive.write(b"\n").await?;
                }
                let Some(last) = lines.last() else { break };
                after = (last.started_at, last.id);
                if self.go_on(lines.len()).await?.is_none() {
                    return Ok(None);
                }
            }
        }
        content.push(archive.end()?);
        Ok(Some(()))
    }

    async fn streams(
        &mut self,
        archive: &mut Archive<'_>,
        content: &mut Vec<ListedFile>,
    ) -> ApiResult<Option<()>> {
        let mut after = Uuid::nil();
        while let Some(next) = store::streams(self.reader, self.job.user_id, after).await? {
            after = next.activity_id;
            let reading = Reading::of(next.data)?;
            let (started_at, breaks) = (reading.started_at, reading.breaks.clone());
            let (outline, series) = (
                ExportedStreams { started_at, breaks, series: Vec::new() },
                reading.series.clone(),
            );
            let mut text = StreamsText::new(reading, series, &outline, Form::Pairs)?;
            archive.begin(streams_path(after))?;
            loop {
                let (piece, has_more) = text.write_piece()?;
                archive.write(&piece).await?;
                if !has_more {
                    break;
                }
            }
            content.push(archive.end()?);
            if self.go_on(1).await?.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(()))
    }

    async fn originals(
        &mut self,
        archive: &mut Archive<'_>,
        content: &mut Vec<ListedFile>,
    ) -> ApiResult<Option<()>> {
        let (mut after, mut list) = (Vec::new(), Vec::new());
        while let Some(next) = store::original(self.reader, self.job.user_id, &after).await? {
            let user_id = self.job.user_id;
            let (digest, file_name) = (next.sha256.clone(), next.file_name.clone());
            let bytes = self.storage.content(user_id, next).await?;
            let sha256 = hex(&digest);
            let path = format!("originals/{sha256}{}", ending(&file_name));
            content.push(archive.add(path.clone(), &bytes).await?);
            let original = ExportedOriginal { sha256, file_name, path };
            serde_json::to_writer(&mut list, &original).map_err(ApiError::internal)?;
            list.push(b'\n');
            after = digest;
            if self.go_on(1).await?.is_none() {
                return Ok(None);
            }
        }
        content.push(archive.add(ORIGINALS.to_owned(), &list).await?);
        Ok(Some(()))
    }

    /// A table for people and their spreadsheets.
    async fn csv(&mut self, archive: &mut Archive<'_>) -> ApiResult<ListedFile> {
        archive.begin(CSV.to_owned())?;
        archive.write(Format::Csv.head().as_bytes()).await?;
        let (mut after, mut pieces) = (Uuid::nil(), Pieces::default());
        loop {
            let user_id = self.job.user_id;
            let sizes = store::sizes(self.reader, user_id, after, pieces.look_at()).await?;
            let Some(fitting) = pieces.fitting(&sizes) else { return archive.end() };
            let piece = store::shown(self.reader, user_id, after, fitting).await?;
            let Some(last) = piece.last() else { return archive.end() };
            after = last.summary.id;
            archive.write(&Format::Csv.write(&piece, false)?).await?;
        }
    }
}

/// The extension of a file name, which tells people and programs what it is.
fn ending(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, ending))
            if ending.len() <= 5 && ending.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            format!(".{}", ending.to_ascii_lowercase())
        }
        _ => String::new(),
    }
}
