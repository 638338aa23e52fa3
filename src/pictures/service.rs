//! From what is kept to a picture.

use chrono::{Datelike, Days as Span, NaiveDate};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::{
    chart::Chart,
    disclosure::{Disclosure, Uncovered},
    drawing::{Theme, Units},
    heatmap::Heatmap,
    letters::readable,
    png::png,
    route::Route,
    store,
    subject::Subject,
    track::Track,
    types::{DaysOptions, HeatmapOptions, Look, Picture, WeeklyOptions},
    weekly::Weekly,
};
use crate::{
    accounts::TimeZone,
    activities::streams::Streams,
    auth::Identity,
    error::{ApiError, ApiResult},
    state::WorkerState,
    stats::{
        Period,
        days::{self, Days, Group, Totals},
    },
};

/// What is yet to be drawn: nothing more is read for it.
type Drawing = Box<dyn FnOnce(Theme, Units) -> ApiResult<Result<String, Uncovered>> + Send>;

/// The picture of a user's log as SVG, or so many pixels wide as PNG. That it may be seen was found out
/// before. [`Uncovered`] for a track that needs other zones; 404 without such an activity; 503 `busy`
/// when too many are drawn.
pub async fn paint(
    state: &WorkerState,
    user_id: Uuid,
    picture: Picture,
    look: Look,
    width: Option<u32>,
) -> ApiResult<Result<Vec<u8>, Uncovered>> {
    let (drawing, units) = {
        let conn = state.pool.get().await?;
        let (units, zone) = store::preferences(&conn, user_id).await?;
        let zone: TimeZone = zone.parse().map_err(ApiError::internal)?;
        let drawing = match picture {
            Picture::Route { activity_id, disclosure } => {
                let recorded = recorded(&conn, user_id, activity_id, width.is_some()).await?;
                route(recorded, disclosure)
            }
            Picture::Chart { activity_id, disclosure } => {
                let recorded = recorded(&conn, user_id, activity_id, width.is_some()).await?;
                chart(recorded, disclosure)
            }
            Picture::Heatmap(options) => heatmap(&conn, user_id, zone, options).await?,
            Picture::Weekly(options) => weekly(&conn, user_id, zone, options).await?,
        };
        // A profile has no other units.
        (drawing, look.units.unwrap_or_else(|| units.parse().unwrap_or_default()))
    };
    let theme = if width.is_some() { look.theme.settled() } else { look.theme };
    let draw = move || match (drawing(theme, units)?, width) {
        (Err(uncovered), _) => Ok(Err(uncovered)),
        (Ok(svg), None) => Ok(Ok(svg.into_bytes())),
        (Ok(svg), Some(width)) => png(&svg, width).map(Ok),
    };
    state.painter.paint(draw).await
}

/// The same of one's own log. 401 when the session has ended.
pub async fn paint_own(
    state: &WorkerState,
    identity: Identity,
    picture: Picture,
    look: Look,
    width: Option<u32>,
) -> ApiResult<Vec<u8>> {
    identity.confirm(&*state.pool.get().await?).await?;
    let painted = paint(state, identity.user_id, picture, look, width).await?;
    painted.map_err(|_| ApiError::internal("zones of a picture that leaves nothing out"))
}

/// An activity and its packed streams; without what its title has that a PNG cannot show.
async fn recorded(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    activity_id: Uuid,
    is_png: bool,
) -> ApiResult<(Subject, Option<Vec<u8>>)> {
    let recorded = store::recorded(conn, user_id, activity_id).await?;
    let (mut subject, data) = recorded.ok_or_else(ApiError::not_found)?.into_parts();
    if is_png {
        subject.title = subject.title.and_then(|title| readable(&title));
    }
    Ok((subject, data))
}

fn route((subject, data): (Subject, Option<Vec<u8>>), disclosure: Disclosure) -> Drawing {
    Box::new(move |theme, units| {
        let streams = data.map(|data| Streams::unpack(&data)).transpose()?;
        Ok(disclosure.of(subject, streams).map(|(subject, streams)| {
            let track = streams.map(Track::of).unwrap_or_default();
            Route { subject, track }.draw(theme, units)
        }))
    })
}

fn chart((subject, data): (Subject, Option<Vec<u8>>), disclosure: Disclosure) -> Drawing {
    Box::new(move |theme, units| {
        let streams = data.map(|data| Streams::unpack(&data)).transpose()?;
        Ok(disclosure
            .of(subject, streams)
            .map(|(subject, streams)| Chart::new(subject, streams.as_ref()).draw(theme, units)))
    })
}

async fn heatmap(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    zone: TimeZone,
    HeatmapOptions { year, days: options }: HeatmapOptions,
) -> ApiResult<Drawing> {
    let (mut days, today) = days_of(user_id, zone, &options)?;
    let year = year.unwrap_or_else(|| today.year());
    (days.from, days.to) = Heatmap::range(year).unzip();
    let buckets = days::by(conn, &days, Group::Period(Period::Day)).await?;
    let DaysOptions { metric, week_start, types, .. } = options;
    let days = by_first_day(buckets).collect();
    let heatmap = Heatmap { year, today, week_start, metric, types, days };
    Ok(Box::new(move |theme, units| Ok(Ok(heatmap.draw(theme, units)))))
}

async fn weekly(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    zone: TimeZone,
    WeeklyOptions { weeks, days: options }: WeeklyOptions,
) -> ApiResult<Drawing> {
    let (mut days, today) = days_of(user_id, zone, &options)?;
    let week = Period::Week(options.week_start);
    let last = week.first_day(today);
    let before = Span::new(7 * u64::from(weeks.saturating_sub(1)));
    let first = last.checked_sub_days(before).unwrap_or(last);
    (days.from, days.to) = (Some(first), Some(week.last_day(last)));
    let found: std::collections::BTreeMap<_, _> =
        by_first_day(days::by(conn, &days, Group::Period(week)).await?).collect();
    let all = first.iter_weeks().take_while(|week| *week <= last);
    let weeks = all.map(|week| (week, found.get(&week).copied().unwrap_or_default())).collect();
    let DaysOptions { metric, types, .. } = options;
    let weekly = Weekly { metric, types, weeks };
    Ok(Box::new(move |theme, units| Ok(Ok(weekly.draw(theme, units)))))
}

/// The user's days, and which of them is today.
fn days_of(user_id: Uuid, kept: TimeZone, options: &DaysOptions) -> ApiResult<(Days, NaiveDate)> {
    let asked = options.tz.as_deref().map(str::parse::<TimeZone>).transpose();
    let zone = asked.map_err(ApiError::internal)?.unwrap_or(kept);
    let types = options.types.clone();
    let days = Days { user_id, zone, is_kept: zone == kept, from: None, to: None, types };
    Ok((days, zone.today()))
}

fn by_first_day(buckets: Vec<days::Bucket>) -> impl Iterator<Item = (NaiveDate, Totals)> {
    buckets.into_iter().filter_map(|bucket| Some((bucket.first_day?, bucket.of.totals)))
}
