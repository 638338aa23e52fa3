//! `import`: imports local files into a user's log, and shows the progress on a terminal.

use std::{path::PathBuf, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use uuid::Uuid;

use super::{
    CommandError, CommandResult, explained, serve::configured, tables::plain_table, user::find,
};
use crate::{
    activities::originals::Storage,
    config::{Config, Source},
    db::Connector,
    imports::{
        folder::{Input, collect},
        local::{self, Report},
        runner::{Ended, ImportContext, run_here},
        store::{self, ClaimedImport},
        types::Counts,
    },
    jobs::Stopping,
    priority::Requests,
    telemetry::Metrics,
};

/// The maximum number of rejected files to list. Garmin's archive has thousands of files that
/// are not activities.
const MAX_SHOWN: usize = 50;

/// Imports `paths`, including the contents of folders, into the log of `user` (an address or an
/// id). This is the same job as that of an upload: if it is interrupted, a server continues it.
pub fn import(source: Source, user: &str, paths: &[PathBuf]) -> CommandResult {
    let config = configured(source)?;
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)?;
    }
    if files.is_empty() {
        return Err("these paths contain no files".into());
    }
    let connector = Connector::new(&config.database)?;
    // Not an actix system, because reading files blocks, and starts its own runtime.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let job = runtime.block_on(receive(&config, &connector, user, &files))?;
    let parts = ImportContext {
        connector: connector.clone(),
        config: config.imports.clone(),
        storage: Storage::new(&config.imports),
        metrics: Metrics::new()?.imports,
        stopping: Stopping::default(),
        requests: Requests::default(),
    };
    let bar = bar("reading", "{pos} of {len} files")?;
    let ended = run_here(&parts, &job, |(found, over)| {
        bar.set_length(u64::try_from(found).unwrap_or_default());
        bar.set_position(u64::try_from(over).unwrap_or_default());
    });
    bar.finish_and_clear();
    let report = runtime.block_on(async {
        let conn = connector.connect().await?;
        local::report(&conn, job.id).await.map_err(explained)
    })?;
    show(job.id, &report);
    match ended {
        Ended::Done if report.tally.counts.refused == 0 => Ok(()),
        Ended::Done => Err("some files were refused".into()),
        Ended::Failed => Err(format!("the import failed: {}", report.why).into()),
        Ended::NotNow => {
            Err("the import was interrupted; a running server will continue it".into())
        }
    }
}

async fn receive(
    config: &Config,
    connector: &Connector,
    user: &str,
    files: &[Input],
) -> Result<ClaimedImport, CommandError> {
    let mut conn = connector.clone().with_generic_plans().connect().await?;
    let owner = find(&conn, user).await?;
    let bar = bar("loading", "{bytes} of {total_bytes}")?;
    bar.set_length(files.iter().map(Input::size).sum());
    let received = local::receive(&mut conn, owner.id, files, |bytes| bar.inc(bytes)).await;
    bar.finish_and_clear();
    let (id, bytes) = received.map_err(explained)?;
    Ok(store::start_own(&conn, id, bytes, config.imports.lease).await?)
}

/// A progress bar. It is drawn only on a terminal.
pub(super) fn bar(what: &'static str, how_far: &str) -> Result<ProgressBar, CommandError> {
    let template = format!("{{msg}} {{wide_bar}} {how_far}, {{eta}} left");
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template(&template)?);
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    Ok(bar)
}

fn show(id: Uuid, Report { tally, refused, warned, ignored, .. }: &Report) {
    let Counts { imported, merged, duplicate, refused: all_refused, activities } = tally.counts;
    println!(
        "{imported} files imported as {activities} activities, {merged} merged with others, \
         {duplicate} already known, {all_refused} refused"
    );
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    show_table(refused.iter().take(MAX_SHOWN).map(|file| {
        let name = match file.files {
            1 => file.name.clone(),
            files => format!("{} and {} more", file.name, files - 1),
        };
        vec![name, text(&file.code), text(&file.message)]
    }));
    let others = refused.len().saturating_sub(MAX_SHOWN);
    if others > 0 {
        println!(
            "and {others} more; their owner gets the full list from GET /imports/{id}?outcome=refused"
        );
    }
    if tally.warnings > 0 {
        println!("{} imported with a warning:", tally.warnings);
        show_table(warned.iter().map(|file| vec![file.name.clone(), text(&file.warning)]));
    }
    if !ignored.is_empty() {
        println!("ignored in archives:");
        show_table(ignored.iter().map(|file| vec![file.name.clone(), text(&file.message)]));
    }
}

fn show_table(rows: impl Iterator<Item = Vec<String>>) {
    let mut table = plain_table();
    table.add_rows(rows);
    if !table.is_empty() {
        println!("{table}");
    }
}
