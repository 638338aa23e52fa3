//! Refusals of what an app posts by itself, where its owner looks for them: among the imports.

use std::collections::HashSet;

use diesel::{
    dsl::{IntervalDsl, now},
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

/// What such an import says in `code`.
const CODE: &str = "health_auto_export";

/// An import has at most this many, and is of one day: an app may post the same every minute.
const MOST: usize = 100;
const SPAN_DAYS: i32 = 1;

/// A workout that was not taken, and what its owner can tell it by.
pub struct Refused {
    pub name: String,
    pub refusal: Refusal,
}

/// Lists what was refused in the user's import of today, in the caller's transaction. What the last
/// weeks' imports have already is not listed again.
pub async fn add_refused(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    refused: &[Refused],
) -> QueryResult<()> {
    lock_name(conn, &format!("imports {user_id}")).await?;
    let own = imports::table.filter(imports::user_id.eq(user_id)).filter(imports::code.eq(CODE));
    let names: Vec<_> = refused.iter().map(|refused| &refused.name).collect();
    let known = own.inner_join(import_files::table).filter(import_files::name.eq_any(names));
    let known = known.select(import_files::name).load(&mut conn).await?;
    let mut known: HashSet<String> = known.into_iter().collect();
    let new: Vec<_> =
        refused.iter().filter(|refused| known.insert(refused.name.clone())).take(MOST).collect();
    let Some(last) = new.last() else { return Ok(()) };
    let lately = now.into_sql::<Timestamptz>() - SPAN_DAYS.days();
    let today = own.filter(imports::created_at.gt(lately)).order(imports::created_at.desc());
    let import_id = match today.select(imports::id).first(&mut conn).await.optional()? {
        Some(id) => id,
        None => {
            let done = imports::status.eq(Status::Done.to_string());
            diesel::insert_into(imports::table)
                .values((imports::user_id.eq(user_id), done, imports::code.eq(CODE)))
                .returning(imports::id)
                .fetch_one(&mut conn)
                .await?
        }
    };
    let mut number = next_number(conn, import_id).await?;
    for refused in &new {
        if usize::try_from(number).is_ok_and(|listed| listed >= MOST) {
            break;
        }
        let file = NewFile {
            import_id,
            number,
            name: &refused.name,
            outcome: Outcome::Refused.to_string(),
            code: Some(refused.refusal.reason.to_string()),
            message: Some(&refused.refusal.message),
            activity_ids: Vec::new(),
            files: 1,
            warning: None,
        };
        add_file(conn, &file).await?;
        number += 1;
    }
    let message = format!("Health Auto Export: {number} refused, because {}", last.refusal.message);
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
