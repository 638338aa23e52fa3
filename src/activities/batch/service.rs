//! Business rules of batches.

use std::collections::HashMap;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{
    changing,
    parsing::Parsed,
    store,
    types::{OnExisting, Outcome, Recorded, Results},
};
use crate::{
    activities::{
        self,
        merging::{self, Candidate},
        types::NewActivity,
    },
    credentials::Identity,
    error::{ApiError, ApiResult, ErrorCode},
    idempotency::{self, IdempotencyKey},
    state::WorkerState,
};

/// Stores the valid activities, then carries out the valid changes and deletions. `on_existing`
/// decides about activities that exist. If everything must succeed (`is_atomic`), fails with the
/// first refusal.
pub async fn carry_out(
    state: &WorkerState,
    identity: Identity,
    key: Option<IdempotencyKey>,
    parsed: Parsed,
    (is_atomic, on_existing): (bool, OnExisting),
) -> ApiResult<Results> {
    let (items, item_errors) = split(parsed.activities);
    let (updates, update_errors) = split(parsed.updates);
    let (deletes, delete_errors) = split(parsed.deletes);
    let mut conn = state.pool.get().await?;
    let (recorded, created) = conn
        .transaction::<_, ApiError, _>(async |conn| {
            if let Some(recorded) = idempotency::answered(conn, identity, key.as_ref()).await? {
                return Ok((recorded, 0));
            }
            let targets = updates.iter().map(|(target, _)| target).chain(&deletes);
            let targets: Vec<_> = targets.map(|target| target.id).collect();
            if !targets.is_empty() {
                activities::lock_names(conn, identity.user_id).await?;
                store::lock_targets(conn, identity, &targets).await?;
            }
            let kept = keep(conn, identity, items, on_existing).await?;
            let updated = changing::update(conn, identity, updates).await?;
            let deleted = changing::delete(conn, identity, deletes).await?;
            if is_atomic {
                let lists = [("activities", &kept), ("updates", &updated), ("deletes", &deleted)];
                lists.into_iter().try_for_each(|(name, outcomes)| none_refused(name, outcomes))?;
            }
            let is_new = |outcome: &&Outcome| matches!(outcome, Outcome::Created { .. });
            let created = kept.iter().filter(is_new).count();
            let recorded = Recorded {
                results: of_each(kept, &item_errors),
                updates: of_each(updated, &update_errors),
                deletes: of_each(deleted, &delete_errors),
            };
            idempotency::record(conn, identity, key.as_ref(), &recorded).await?;
            Ok((recorded, created))
        })
        .await?;
    state.metrics.activities_created.inc_by(u64::try_from(created).unwrap_or_default());
    Ok(Results {
        results: complete(recorded.results, item_errors),
        updates: complete(recorded.updates, update_errors),
        deletes: complete(recorded.deletes, delete_errors),
    })
}

/// The outcome of each item of the request; `None` for those that have an error.
fn of_each(outcomes: Vec<Outcome>, errors: &[Option<Outcome>]) -> Vec<Option<Outcome>> {
    let mut outcomes = outcomes.into_iter();
    errors.iter().map(|error| if error.is_none() { outcomes.next() } else { None }).collect()
}

/// The outcomes with the errors.
fn complete(recorded: Vec<Option<Outcome>>, errors: Vec<Option<Outcome>>) -> Vec<Outcome> {
    let each = recorded.into_iter().zip(errors);
    each.map(|(outcome, error)| outcome.or(error).unwrap_or_else(refused)).collect()
}

/// The error of the whole batch for the first refused item.
fn none_refused(list: &str, outcomes: &[Outcome]) -> ApiResult<()> {
    let refused = outcomes.iter().enumerate().find_map(|(index, outcome)| match outcome {
        Outcome::Error(error) => Some(error.of_item(list, index)),
        _ => None,
    });
    refused.map_or(Ok(()), Err)
}

/// Outcome in a repeated request: an earlier version of the server refused the activity,
/// which would be valid now.
fn refused() -> Outcome {
    let message =
        "the activity was rejected in the first request; send it with another Idempotency-Key";
    Outcome::Error(ApiError::new(ErrorCode::ValidationFailed, message).into())
}

/// The valid items, and for each item of the request its error, if it has one.
fn split<T>(parsed: Vec<ApiResult<T>>) -> (Vec<T>, Vec<Option<Outcome>>) {
    let mut items = Vec::with_capacity(parsed.len());
    let errors = parsed.into_iter().map(|item| match item {
        Ok(item) => {
            items.push(item);
            None
        }
        Err(error) => Some(Outcome::Error(error.into())),
    });
    let errors = errors.collect();
    (items, errors)
}

/// The name of an activity: its `source`, and its `external_id` if it has one.
type Name = (String, Option<String>);

fn name(item: &NewActivity) -> Name {
    (item.source.to_string(), item.external_id().map(str::to_owned))
}

/// Stores activities as [`upsert`] does, except those whose chosen ids are in use. With
/// [`OnExisting::Keep`], activities whose names exist or were deleted are left out, too.
pub async fn keep(
    conn: &AsyncPgConnection,
    identity: Identity,
    items: Vec<NewActivity>,
    on_existing: OnExisting,
) -> ApiResult<Vec<Outcome>> {
    activities::lock_names(conn, identity.user_id).await?;
    let used = store::ids_in_use(conn, identity, &items).await?;
    let mut left = match on_existing {
        OnExisting::Replace => HashMap::new(),
        OnExisting::Keep => left_alone(conn, identity, &items).await?,
    };
    let (mut new, mut outcomes) = (Vec::new(), Vec::with_capacity(items.len()));
    for item in items {
        let by_id = item.id.and_then(|id| used.get(&id)).map(|used| used.outcome(on_existing));
        let outcome = by_id.or_else(|| left.remove(&name(&item)));
        if outcome.is_none() {
            new.push(item);
        }
        outcomes.push(outcome);
    }
    let mut written = upsert(conn, identity, new).await?.into_iter();
    Ok(outcomes.into_iter().filter_map(|outcome| outcome.or_else(|| written.next())).collect())
}

/// The activities whose names exist or were deleted.
async fn left_alone(
    conn: &AsyncPgConnection,
    identity: Identity,
    items: &[NewActivity],
) -> ApiResult<HashMap<Name, Outcome>> {
    let known = store::lock_known(conn, identity, items).await?.into_iter();
    let mut left: HashMap<Name, Outcome> = known
        .map(|row| {
            let kept = Outcome::Kept { id: row.id, revision: row.revision };
            ((row.source, row.external_id), kept)
        })
        .collect();
    // Query this after locking: an activity that was being deleted is now either locked or gone.
    for row in store::deleted(conn, identity, items).await? {
        let name = (row.source, Some(row.external_id));
        left.entry(name).or_insert(Outcome::Deleted { id: row.activity_id });
    }
    Ok(left)
}

/// Writes activities in the caller's transaction. Existing ones, by `source` and `external_id`, are
/// updated. Those that another source has already logged are merged with the existing ones. Returns
/// one outcome per activity, in order.
pub async fn upsert(
    conn: &AsyncPgConnection,
    identity: Identity,
    items: Vec<NewActivity>,
) -> ApiResult<Vec<Outcome>> {
    activities::lock_names(conn, identity.user_id).await?;
    let known = store::lock_known(conn, identity, &items).await?;
    let known: HashMap<_, _> =
        known.iter().map(|row| ((row.source.clone(), row.external_id.clone()), row)).collect();
    let may_merge: Vec<_> = items
        .iter()
        .map(|item| !known.contains_key(&name(item)) && !item.source.is_manual())
        .collect();
    // Look up all matches now, although later rounds look again: they must be locked before
    // the revisions are taken.
    let same = find_same(conn, identity, items.iter()).await?;
    let how_many = i64::try_from(items.len()).map_err(ApiError::internal)?;
    let last = store::take_revisions(conn, identity, how_many).await?;
    let after = last.ok_or_else(ApiError::invalid_access_token)? - how_many;
    let (rounds, mut written) = (rounds(&items, &may_merge), HashMap::new());
    for round in 0..=rounds.iter().copied().max().unwrap_or_default() {
        let places = (after + 1..).zip(&items).zip(&same).zip(&may_merge).zip(&rounds);
        let mut places: Vec<store::Item<'_>> = places
            .filter(|(_, in_round)| **in_round == round)
            .map(|((((revision, item), same), may_merge), _)| {
                (revision, item, same.filter(|_| *may_merge))
            })
            .collect();
        if round > 0 {
            let again = find_same(conn, identity, places.iter().map(|(_, item, _)| *item)).await?;
            places.iter_mut().zip(again).for_each(|((.., same), found)| *same = found);
        }
        for row in store::write(conn, identity.user_id, &places).await? {
            if let (true, Some(shown)) = (row.is_new, row.merged_into) {
                merging::merge(conn, identity.user_id, shown, row.id).await?;
            }
            written.insert(row.revision, row);
        }
    }
    let rows = written.values().map(|row| row.merged_into);
    let shown: Vec<_> = rows.chain(known.values().map(|row| row.merged_into)).flatten().collect();
    // A merged record is reported as the activity that is shown for it.
    let shown =
        if shown.is_empty() { HashMap::new() } else { store::revisions(conn, &shown).await? };
    let answered = |id: Uuid, revision: i64, merged_into: Option<Uuid>| match merged_into {
        Some(id) => (id, shown.get(&id).copied().unwrap_or(revision)),
        None => (id, revision),
    };
    let outcomes =
        (after + 1..).zip(&items).map(|(revision, item)| match written.remove(&revision) {
            Some(row) => {
                let (id, revision) = answered(row.id, row.revision, row.merged_into);
                Ok(match (row.is_new, row.merged_into) {
                    (true, None) => Outcome::Created { id, revision },
                    (true, Some(_)) => Outcome::Merged { id, revision },
                    (false, _) => Outcome::Updated { id, revision },
                })
            }
            None => known
                .get(&name(item))
                .map(|row| answered(row.id, row.revision, row.merged_into))
                .map(|(id, revision)| Outcome::Unchanged { id, revision })
                .ok_or_else(|| {
                    ApiError::internal(format!("revision {revision} was neither written nor found"))
                }),
        });
    outcomes.collect()
}

/// For each item, the same activity if it is already in the log.
async fn find_same<'a>(
    conn: &AsyncPgConnection,
    identity: Identity,
    items: impl Iterator<Item = &'a NewActivity>,
) -> ApiResult<Vec<Option<Uuid>>> {
    let candidates: Vec<_> = items.map(Candidate::of).collect();
    merging::find_same(conn, identity.user_id, &candidates, None).await
}

/// The round in which each item is written. An item that may be merged is written after all earlier
/// items that may be the same activity: those of another source that start at nearly the same time.
fn rounds(items: &[NewActivity], may_merge: &[bool]) -> Vec<usize> {
    let mut rounds: Vec<usize> = Vec::with_capacity(items.len());
    for (item, may_merge) in items.iter().zip(may_merge) {
        let window = Candidate::of(item).window();
        let before = items.iter().zip(&rounds).filter(|(other, _)| {
            *may_merge
                && other.source != item.source
                && (other.started_at - item.started_at).abs() <= window
        });
        let after = before.map(|(_, round)| round + 1).max();
        rounds.push(after.unwrap_or_default());
    }
    rounds
}
