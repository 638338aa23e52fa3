//! SQL statements for totals by day.

use chrono::NaiveDate;
use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{BoxedSqlQuery, SqlQuery},
    sql_types::{Array, Date, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{Days, types::TotalsOfDays};
use crate::{
    credentials::{Identity, live_session},
    db::schema::profiles,
    stats::Period,
};

/// Selects the stored totals.
const KEPT: &str =
    "SELECT day, activity_type, activities, duration_secs, distance_mm, elevation_gain_mm, calories
    FROM activity_days WHERE user_id = $1";

/// Computes the same columns from the activities, by days of zone $5. The range is widened by two
/// days, because no two zones are two days apart.
const COMPUTED: &str = "SELECT (started_at AT TIME ZONE $5)::date AS day, activity_type, 1 AS activities,
        duration_secs::bigint, millimetres(distance_meters) AS distance_mm,
        millimetres(elevation_gain_meters) AS elevation_gain_mm, coalesce(calories, 0)::bigint AS calories
    FROM activities
    WHERE user_id = $1 AND merged_into IS NULL
      AND started_at >= coalesce($2, date '-infinity') - 2 AND started_at <= coalesce($3, date 'infinity') + 2";

/// How totals are grouped into buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    All,
    Period(Period),
    ActivityType,
}

/// Totals of one bucket.
#[derive(QueryableByName)]
pub struct Bucket {
    /// First day of the period, when grouped by period.
    #[diesel(sql_type = Nullable<Date>)]
    pub first_day: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Text>)]
    pub activity_type: Option<String>,
    #[diesel(embed)]
    pub of: TotalsOfDays,
}

/// Returns the time zone of the user's stored totals, or `None` if the session has ended.
pub async fn zone(mut conn: &AsyncPgConnection, identity: Identity) -> QueryResult<Option<String>> {
    live_session(identity)
        .inner_join(profiles::table)
        .select(profiles::time_zone)
        .first(&mut conn)
        .await
        .optional()
}

/// Returns the buckets with activities, in ascending order.
pub async fn by(
    mut conn: &AsyncPgConnection,
    days: &Days,
    group: Group,
) -> QueryResult<Vec<Bucket>> {
    let (first_day, activity_type) = match group {
        Group::All => ("NULL::date".to_owned(), "NULL::text"),
        Group::Period(period) => (first_day(period), "NULL::text"),
        Group::ActivityType => ("NULL::date".to_owned(), "activity_type"),
    };
    // Group by day first: a day with two sports then counts as one day, and its period is computed
    // once. The sums are `float8`, which is exact for whole numbers below 2^53 and much faster than
    // `numeric`, PostgreSQL's type for sums of `bigint`.
    let statement = format!(
        "SELECT {first_day} AS first_day, activity_type, sum(activities)::bigint AS activities, count(*) AS active_days,
                sum(duration_secs)::bigint AS duration_secs, sum(distance_mm) / 1000 AS distance_meters,
                sum(elevation_gain_mm) / 1000 AS elevation_gain_meters, sum(calories)::bigint AS calories,
                min(day) AS first, max(day) AS last
         FROM (SELECT day, {activity_type} AS activity_type, sum(activities) AS activities,
                      sum(duration_secs::float8) AS duration_secs, sum(distance_mm::float8) AS distance_mm,
                      sum(elevation_gain_mm::float8) AS elevation_gain_mm, sum(calories::float8) AS calories
               FROM ({{days}}) d GROUP BY 1, 2) d
         GROUP BY 1, 2 ORDER BY 1, 2"
    );
    query(days, &statement).load(&mut conn).await
}

/// Returns the totals of all days.
pub async fn total(conn: &AsyncPgConnection, days: &Days) -> QueryResult<TotalsOfDays> {
    let all = by(conn, days, Group::All).await?.pop();
    Ok(all.map(|bucket| bucket.of).unwrap_or_default())
}

/// Returns the days with an activity, in ascending order. In eastern time zones, the last hours of
/// the year 9999 belong to the year 10000, which RFC 3339 cannot represent. They count for the last
/// day of 9999.
pub async fn active(mut conn: &AsyncPgConnection, days: &Days) -> QueryResult<Vec<NaiveDate>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Date)]
        day: NaiveDate,
    }
    let statement =
        "SELECT DISTINCT least(day, date '9999-12-31') AS day FROM ({days}) d ORDER BY day";
    let rows: Vec<Row> = query(days, statement).load(&mut conn).await?;
    Ok(rows.into_iter().map(|row| row.day).collect())
}

/// Builds `statement` with the selected days as `{days}`.
fn query(days: &Days, statement: &str) -> BoxedSqlQuery<'static, Pg, SqlQuery> {
    let source = format!(
        "SELECT * FROM ({}) d WHERE day >= coalesce($2, date '-infinity') AND day <= coalesce($3, date 'infinity')
            AND (cardinality($4) = 0 OR activity_type = ANY ($4))",
        if days.is_kept { KEPT } else { COMPUTED }
    );
    let query = diesel::sql_query(statement.replace("{days}", &source))
        .into_boxed()
        .bind::<SqlUuid, _>(days.user_id)
        .bind::<Nullable<Date>, _>(days.from)
        .bind::<Nullable<Date>, _>(days.to)
        .bind::<Array<Text>, _>(days.types.clone());
    if days.is_kept { query } else { query.bind::<Text, _>(days.zone.name()) }
}

/// SQL expression for the first day of the period that contains `day`.
fn first_day(period: Period) -> String {
    match period {
        Period::Day => "day".to_owned(),
        Period::Week(start) => {
            format!("day - (extract(isodow FROM day)::int + 7 - {}) % 7", start.iso_number())
        }
        Period::Month => "date_trunc('month', day)::date".to_owned(),
        Period::Year => "date_trunc('year', day)::date".to_owned(),
    }
}
