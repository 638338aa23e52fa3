//! Reports activities that arrived automatically and were refused, or read with a warning. Their
//! owner finds them among the imports.

use std::collections::HashSet;

use diesel::{
    dsl::{IntervalDsl, count_star, now},
    prelude::*,
    sql_types::Timestamptz,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{NewFile, add_file, next_number};
use crate::{
    db::{
        FetchOne, lock_name,
        schema::{import_files, imports},
    },
    imports::types::{Outcome, Status},
    recordings::Refusal,
};

/// Maximum number of files in such an import, which covers a day: an app may post
/// the same every minute.
pub const MAX_ARRIVALS: usize = 100;
const SPAN_DAYS: i32 = 1;

/// A service or app that sends activities automatically.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivitySender {
    HealthAutoExport,
    Garmin,
}

impl ActivitySender {
    /// The value of `code` in its imports.
    fn code(self) -> &'static str {
        match self {
            Self::HealthAutoExport => "health_auto_export",
            Self::Garmin => "garmin",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::HealthAutoExport => "Health Auto Export",
            Self::Garmin => "Garmin",
        }
    }
}

/// A report about something that arrived, with a name by which its owner recognizes it.
pub struct Arrival {
    pub name: String,
    pub outcome: Outcome,
    pub refusal: Option<Refusal>,
    pub warning: Option<String>,
    pub activity_ids: Vec<Uuid>,
}

impl Arrival {
    pub fn refused(name: String, refusal: Refusal) -> Self {
        let (refusal, activity_ids) = (Some(refusal), Vec::new());
        Self { name, outcome: Outcome::Refused, refusal, warning: None, activity_ids }
    }
}

/// Lists the reports in the user's import of today, in the caller's transaction. A name that is in
/// such an import of the last weeks is not listed again.
pub async fn add_arrivals(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    sender: ActivitySender,
    arrivals: &[Arrival],
) -> QueryResult<()> {
    lock_name(conn, &format!("imports {user_id}")).await?;
    let code = sender.code();
    let own = imports::table.filter(imports::user_id.eq(user_id)).filter(imports::code.eq(code));
    let names: Vec<_> = arrivals.iter().map(|arrival| &arrival.name).collect();
    let known = own.inner_join(import_files::table).filter(import_files::name.eq_any(names));
    let known = known.select(import_files::name).load(&mut conn).await?;
    let mut known: HashSet<String> = known.into_iter().collect();
    let new = arrivals.iter().filter(|arrival| known.insert(arrival.name.clone()));
    let new: Vec<_> = new.take(MAX_ARRIVALS).collect();
    if new.is_empty() {
        return Ok(());
    }
    let lately = now.into_sql::<Timestamptz>() - SPAN_DAYS.days();
    let today = own.filter(imports::created_at.gt(lately)).order(imports::created_at.desc());
    let import_id = match today.select(imports::id).first(&mut conn).await.optional()? {
        Some(id) => id,
        None => {
            let done = imports::status.eq(Status::Done.to_string());
            diesel::insert_into(imports::table)
                .values((imports::user_id.eq(user_id), done, imports::code.eq(code)))
                .returning(imports::id)
                .fetch_one(&mut conn)
                .await?
        }
    };
    let number = add_files(conn, import_id, &new).await?;
    let message = format!("{}: {}", sender.name(), summary(conn, import_id).await?);
    diesel::update(imports::table.find(import_id))
        .set((
            imports::found.eq(number),
            imports::message.eq(message),
            imports::started_at.eq(now.into_sql::<Timestamptz>().nullable()),
            imports::finished_at.eq(now.into_sql::<Timestamptz>().nullable()),
        ))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Adds as many files as there is room for; returns how many the import then has.
async fn add_files(
    conn: &AsyncPgConnection,
    import_id: Uuid,
    new: &[&Arrival],
) -> QueryResult<i32> {
    let mut number = next_number(conn, import_id).await?;
    for Arrival { name, outcome, refusal, warning, activity_ids } in new {
        if usize::try_from(number).is_ok_and(|listed| listed >= MAX_ARRIVALS) {
            break;
        }
        let file = NewFile {
            import_id,
            number,
            name,
            outcome: outcome.to_string(),
            code: refusal.as_ref().map(|refusal| refusal.reason.to_string()),
            message: refusal.as_ref().map(|refusal| &*refusal.message),
            activity_ids: activity_ids.clone(),
            files: 1,
            warning: warning.as_deref(),
        };
        add_file(conn, &file).await?;
        number += 1;
    }
    Ok(number)
}

/// How many files were refused, with the reason of the last one, and how many
/// were read with a warning.
async fn summary(mut conn: &AsyncPgConnection, import_id: Uuid) -> QueryResult<String> {
    let files = import_files::table.filter(import_files::import_id.eq(import_id));
    let refused: Vec<Option<String>> = files
        .filter(import_files::outcome.eq(Outcome::Refused.to_string()))
        .order(import_files::number)
        .select(import_files::message)
        .load(&mut conn)
        .await?;
    let warned: i64 = files
        .filter(import_files::warning.is_not_null())
        .select(count_star())
        .first(&mut conn)
        .await?;
    let why = refused.last().cloned().flatten();
    let refused = why.map(|why| format!("{} refused, the last one because {why}", refused.len()));
    let warned = (warned > 0).then(|| format!("{warned} read with a warning"));
    Ok(refused.into_iter().chain(warned).collect::<Vec<_>>().join("; "))
}
