//! Makes pictures from stored data.

use bytes::Bytes;
use chrono::{Datelike, Days as Span, NaiveDate};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::{
    chart::Chart,
    disclosure::{Disclosure, Uncovered},
    drawing::{Design, Units},
    heatmap::Heatmap,
    letters::readable,
    mark::Mark,
    png::png,
    route::Route,
    store,
    studio::Studio,
    subject::Subject,
    track::Track,
    types::{Appearance, DaysOptions, HeatmapOptions, Picture, WeeklyOptions},
    weekly::Weekly,
};
use crate::{
    activities::{series::Series, streams::Reading},
    credentials::Identity,
    error::{ApiError, ApiResult},
    fair_use,
    state::WorkerState,
    stats::{
        Period,
        days::{self, Days, Group, Totals},
    },
    time_zone::TimeZone,
};

/// Draws a picture from data that has been read. It needs no further queries.
type Drawing = Box<dyn FnOnce(Design) -> ApiResult<Result<String, Uncovered>> + Send>;

/// Series needed for a route. `Time` is used only if a part is hidden.
const TRACK: [Series; 4] = [Series::Time, Series::Latitude, Series::Longitude, Series::Altitude];

/// Series needed for a chart.
const MEASURED: [Series; 7] = [
    Series::Time,
    Series::Latitude,
    Series::Longitude,
    Series::Distance,
    Series::Speed,
    Series::HeartRate,
    Series::Power,
];

/// Returns a picture of a user's log, as SVG or as PNG with this width in pixels. The caller has
/// checked access.
///
/// Returns [`Uncovered`] if the track needs further zones. Fails with 404 if the activity does not
/// exist, and with 429 `rate_limited` or 503 `busy` if the user or the client address requests too
/// many pictures.
pub async fn paint(
    Studio { state, painter }: &Studio,
    user_id: Uuid,
    picture: Picture,
    appearance: Appearance,
    width: Option<u32>,
) -> ApiResult<Result<Bytes, Uncovered>> {
    let Basis { units, zone, revision } = basis(state, user_id).await?;
    let design = appearance.design(units, width.is_some());
    // The key contains everything that the picture depends on, including privacy zones. The data
    // below is of this revision or a later one.
    let key = format!(
        "{user_id} {revision} {picture:?} {zone} {} {design:?} {width:?}",
        picture.zone(zone)?.today(),
    );
    if let Some(picture) = painter.drawn(&key) {
        return Ok(Ok(picture));
    }
    let _permit = fair_use::picture().await?;
    // Another request may have drawn the same picture meanwhile.
    if let Some(picture) = painter.drawn(&key) {
        return Ok(Ok(picture));
    }
    let drawing: Drawing = {
        let conn = state.pool.get().await?;
        match picture {
            Picture::Route { activity_id, disclosure } => {
                let recorded = recorded(&conn, user_id, activity_id, width.is_some()).await?;
                route(recorded, disclosure)
            }
            Picture::Chart { activity_id, disclosure } => {
                let recorded = recorded(&conn, user_id, activity_id, width.is_some()).await?;
                chart(recorded, disclosure)
            }
            Picture::Heatmap(options) => {
                let heatmap = heatmap(&conn, user_id, zone, options).await?;
                Box::new(move |design| Ok(Ok(heatmap.draw(design))))
            }
            Picture::Weekly(options) => {
                let weekly = weekly(&conn, user_id, zone, options).await?;
                Box::new(move |design| Ok(Ok(weekly.draw(design))))
            }
        }
    };
    let draw = move || match (drawing(design)?, width) {
        (Err(uncovered), _) => Ok(Err(uncovered)),
        (Ok(svg), None) => Ok(Ok(svg.into_bytes())),
        (Ok(svg), Some(width)) => png(&svg, width).map(Ok),
    };
    painter.paint(key, draw).await
}

/// What all pictures of a user's log depend on.
struct Basis {
    /// Units of the profile.
    units: Units,
    /// Time zone of the profile.
    zone: TimeZone,
    /// Revision of the log.
    revision: i64,
}

async fn basis(state: &WorkerState, user_id: Uuid) -> ApiResult<Basis> {
    let read = async |conn: &_| Ok(store::basis(conn, user_id).await?);
    let (units, zone, revision) = state.point_reads.run(read).await?;
    let zone = zone.parse().map_err(ApiError::internal)?;
    // Profiles contain only these units.
    Ok(Basis { units: units.parse().unwrap_or_default(), zone, revision })
}

/// Returns a picture of the user's own log. Fails with 401 if the session has ended.
pub async fn paint_own(
    studio: &Studio,
    identity: Identity,
    picture: Picture,
    appearance: Appearance,
    width: Option<u32>,
) -> ApiResult<Bytes> {
    studio.state.point_reads.run(async |conn| identity.confirm(conn).await).await?;
    let painted = paint(studio, identity.user_id, picture, appearance, width).await?;
    painted.map_err(|_| {
        ApiError::internal("a picture without privacy zones cannot have outdated ones")
    })
}

/// Returns what the picture says about days, in ascending order. `None` if it hides the date. The
/// caller has checked access. Fails as [`paint`] does.
pub async fn marks(
    state: &WorkerState,
    user_id: Uuid,
    picture: Picture,
    units: Option<Units>,
) -> ApiResult<Option<Vec<Mark>>> {
    let Basis { units: usual, zone, .. } = basis(state, user_id).await?;
    let units = units.unwrap_or(usual);
    let _permit = fair_use::picture().await?;
    let conn = state.pool.get().await?;
    Ok(match picture {
        Picture::Route { activity_id, disclosure } | Picture::Chart { activity_id, disclosure } => {
            let (subject, _) = recorded(&conn, user_id, activity_id, false).await?;
            let subject = disclosure.headline(subject);
            subject.day().map(|first| vec![Mark::new(first, 1, &subject.title())])
        }
        Picture::Heatmap(options) => {
            Some(heatmap(&conn, user_id, zone, options).await?.marks(units))
        }
        Picture::Weekly(options) => Some(weekly(&conn, user_id, zone, options).await?.marks(units)),
    })
}

/// Returns an activity and its packed streams. For a PNG, removes characters from the title that it
/// cannot show.
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
    Box::new(move |design| {
        let streams = data.map(|data| Reading::of(data)?.unpacked(&TRACK)).transpose()?;
        Ok(disclosure.of(subject, streams).map(|(subject, streams)| {
            let track = streams.map(Track::of).unwrap_or_default();
            Route { subject, track }.draw(design)
        }))
    })
}

fn chart((subject, data): (Subject, Option<Vec<u8>>), disclosure: Disclosure) -> Drawing {
    Box::new(move |design| {
        let streams = data.map(|data| Reading::of(data)?.unpacked(&MEASURED)).transpose()?;
        Ok(disclosure
            .of(subject, streams)
            .map(|(subject, streams)| Chart::new(subject, streams.as_ref()).draw(design)))
    })
}

/// Reads the data of a heatmap.
async fn heatmap(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    zone: TimeZone,
    HeatmapOptions { year, days: options }: HeatmapOptions,
) -> ApiResult<Heatmap> {
    let (mut days, today) = days_of(user_id, zone, &options)?;
    let year = year.unwrap_or_else(|| today.year());
    (days.from, days.to) = Heatmap::range(year).unzip();
    let buckets = days::by(conn, &days, Group::Period(Period::Day)).await?;
    let DaysOptions { metric, week_start, types, .. } = options;
    let days = by_first_day(buckets).collect();
    Ok(Heatmap { year, today, week_start, metric, types, days })
}

/// Reads the data of a weekly chart.
async fn weekly(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    zone: TimeZone,
    WeeklyOptions { weeks, days: options }: WeeklyOptions,
) -> ApiResult<Weekly> {
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
    Ok(Weekly { metric, types, weeks })
}

/// Returns the user's days and today's date.
fn days_of(user_id: Uuid, kept: TimeZone, options: &DaysOptions) -> ApiResult<(Days, NaiveDate)> {
    let zone = options.zone(kept)?;
    let types = options.types.clone();
    let days = Days { user_id, zone, is_kept: zone == kept, from: None, to: None, types };
    Ok((days, zone.today()))
}

fn by_first_day(buckets: Vec<days::Bucket>) -> impl Iterator<Item = (NaiveDate, Totals)> {
    buckets.into_iter().filter_map(|bucket| Some((bucket.first_day?, bucket.of.totals)))
}
