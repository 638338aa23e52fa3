//! Registrations that await verification.

use diesel::{
    dsl::{IntervalDsl, not, now},
    prelude::*,
    sql_types::Timestamptz,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    credentials::{Digest, EmailAddress},
    db::{
        FetchOne,
        schema::{local_credentials, registrations, users},
    },
};

/// The lifetime of a verification token.
const VERIFY_HOURS: i32 = 24;

/// A registration to store until it is verified.
#[derive(Insertable)]
#[diesel(table_name = registrations)]
pub struct NewRegistration<'a> {
    pub id: Uuid,
    pub password_hash: &'a str,
    pub display_name: Option<&'a str>,
    pub verify_token: Digest,
    pub invitation_id: Option<Uuid>,
}

/// A registration that is being verified.
#[derive(Queryable, Selectable)]
#[diesel(table_name = registrations)]
pub struct PendingRegistration {
    pub user_id: Uuid,
    pub password_hash: String,
    pub display_name: Option<String>,
    pub invitation_id: Option<Uuid>,
}

pub async fn delete_expired_registrations(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
) -> QueryResult<()> {
    let expired = registrations::table
        .filter(registrations::user_id.eq(user_id))
        .filter(registrations::verify_expires.le(now));
    diesel::delete(expired).execute(&mut conn).await.map(drop)
}

pub async fn insert_registration(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    registration: &NewRegistration<'_>,
) -> QueryResult<()> {
    diesel::insert_into(registrations::table)
        .values((
            registration,
            registrations::user_id.eq(user_id),
            registrations::verify_expires.eq(now.into_sql::<Timestamptz>() + VERIFY_HOURS.hours()),
        ))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Extends the newest registration of an unverified address to 24 hours from now.
/// Returns its user and id.
pub async fn extend_newest_registration(
    mut conn: &AsyncPgConnection,
    email: &EmailAddress,
) -> QueryResult<Option<(Uuid, Uuid)>> {
    let newest: Option<Uuid> = users::table
        .inner_join(local_credentials::table)
        .inner_join(registrations::table)
        .filter(users::email.eq(email.as_str()))
        .filter(not(local_credentials::email_verified))
        .order(registrations::created_at.desc())
        .select(registrations::id)
        .first(&mut conn)
        .await
        .optional()?;
    let Some(newest) = newest else {
        return Ok(None);
    };
    diesel::update(registrations::table.find(newest))
        .set(registrations::verify_expires.eq(now.into_sql::<Timestamptz>() + VERIFY_HOURS.hours()))
        .returning((registrations::user_id, registrations::id))
        .fetch_one(&mut conn)
        .await
        .optional()
}

pub async fn find_registration(
    mut conn: &AsyncPgConnection,
    digests: &[Digest],
) -> QueryResult<Option<PendingRegistration>> {
    registrations::table
        .filter(registrations::verify_token.eq_any(digests))
        .filter(registrations::verify_expires.gt(now))
        .select(PendingRegistration::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// Makes the registration's password the account's. False if the address has already been verified.
pub async fn activate(
    mut conn: &AsyncPgConnection,
    registration: &PendingRegistration,
) -> QueryResult<bool> {
    let unproven = local_credentials::table
        .find(registration.user_id)
        .filter(not(local_credentials::email_verified));
    let updated = diesel::update(unproven)
        .set((
            local_credentials::password_hash.eq(&registration.password_hash),
            local_credentials::email_verified.eq(true),
            local_credentials::updated_at.eq(now),
        ))
        .execute(&mut conn)
        .await?;
    Ok(updated == 1)
}
