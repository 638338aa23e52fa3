//! `reprocess`: reads stored files again, and shows the progress on a terminal.

use chrono::{NaiveDate, NaiveTime};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use indicatif::ProgressBar;
use uuid::Uuid;

use super::{CommandResult, explained, import::bar, serve::configured, user::find};
use crate::{
    activities::originals::Storage,
    config::Source,
    db::Connector,
    error::{ApiError, ApiResult},
    imports::ingest::IngestContext,
    priority::{Requests, yield_to},
    recordings::Refusal,
    reprocess::{self, Scope, Selection, StoredFile, report::Report},
};

/// The totals over all files.
#[derive(Default)]
struct Counts {
    files: u64,
    changed: u64,
    unchanged: u64,
    added: u64,
    left: u64,
    refused: u64,
}

/// Reads the files of `user` (an address or an id), or of all users, again. `since` limits this to
/// activities that began on this day or later. Lists the changes. A dry run writes nothing.
pub fn reprocess(
    source: Source,
    user: Option<&str>,
    since: Option<NaiveDate>,
    is_trial: bool,
) -> CommandResult {
    let config = configured(source)?;
    let connector = Connector::new(&config.database)?;
    let storage = Storage::new(&config.imports);
    yield_to(&Requests::default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let counts = runtime.block_on(async {
        let mut conn = connector.connect().await?;
        let user_id = match user {
            Some(user) => Some(find(&conn, user).await?.id),
            None => None,
        };
        let since = since.map(|day| day.and_time(NaiveTime::MIN).and_utc());
        let selection = Selection { user_id, since };
        let run = run(&mut conn, &storage, selection, Scope { only: None, is_trial }).await;
        run.map_err(explained)
    })?;
    let Counts { files, changed, unchanged, added, left, refused } = counts;
    println!(
        "{files} files read, {refused} refused: {changed} activities changed, {unchanged} \
         unchanged, {added} added, {left} skipped"
    );
    if is_trial {
        println!("this was a dry run: nothing was written");
    }
    Ok(())
}

async fn run(
    conn: &mut AsyncPgConnection,
    storage: &Storage,
    selection: Selection,
    scope: Scope,
) -> ApiResult<Counts> {
    let bar = bar("reading", "{pos} of {len} files")
        .map_err(|error| ApiError::internal(error.to_string()))?;
    let files = reprocess::count(conn, selection).await?;
    bar.set_length(u64::try_from(files).unwrap_or_default());
    let (mut counts, mut after) = (Counts::default(), Uuid::nil());
    while let Some(file) = reprocess::next(conn, selection, after).await? {
        after = file.id;
        counts.files += 1;
        let name = file.file_name.clone();
        match reread(conn, storage, file, scope).await? {
            Ok(report) => counts.add(&report, &name, &bar),
            Err(refusal) => {
                counts.refused += 1;
                say(&bar, &format!("{name}: skipped: {}: {}", refusal.reason, refusal.message));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(counts)
}

/// Processes one file in one transaction.
async fn reread(
    conn: &mut AsyncPgConnection,
    storage: &Storage,
    mut file: StoredFile,
    scope: Scope,
) -> ApiResult<Result<Report, Refusal>> {
    let (id, user_id) = (file.id, file.user_id);
    let content = storage.content(user_id, file.original()).await?;
    let reread = match reprocess::read(&content)? {
        Ok(reread) => reread,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let report = conn.transaction::<_, ApiError, _>(async |conn| {
        reprocess::apply(IngestContext { conn, user_id, storage }, id, &reread, scope).await
    });
    report.await.map(Ok)
}

impl Counts {
    fn add(&mut self, report: &Report, name: &str, bar: &ProgressBar) {
        self.unchanged += report.unchanged;
        for changed in &report.changed {
            self.changed += 1;
            say(bar, &changed.to_string());
        }
        for added in &report.added {
            self.added += 1;
            say(bar, &format!("{added}: new, from {name}"));
        }
        for warning in &report.warnings {
            say(bar, &format!("{name}: {warning}"));
        }
        for (id, why) in &report.left {
            self.left += 1;
            say(bar, &format!("{name}: {id} skipped: {why}"));
        }
    }
}

/// Prints a line above the progress bar, if there is one.
fn say(bar: &ProgressBar, line: &str) {
    if bar.is_hidden() {
        println!("{line}");
    } else {
        bar.println(line);
    }
}
