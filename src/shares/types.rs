//! Shares and the parameters of their endpoints.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::shown::{SharedPicture, Shown};
use crate::{
    activities::instant,
    auth::reauth::{Proof, ProofBody},
    db::clock,
    error::{ApiError, ApiResult, ErrorCode},
    http::rfc3339,
    pictures::{Layout, Metric, Theme, Units, WeeksParams},
    stats::WeekStart,
    validation::{Patch, Validator, whole},
};

/// Request body of `POST /shares`. `null` means the same as an absent field.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewShare)]
pub struct ShareBody {
    #[serde(default)]
    #[schema(value_type = SharedPicture, required)]
    picture: Patch<SharedPicture>,
    /// The activity to show. Required for `route` and `chart`, ignored otherwise.
    activity_id: Option<Uuid>,
    /// For `route` and `chart`: show the whole track, including the parts inside privacy zones.
    #[schema(default = false)]
    whole_track: Option<bool>,
    /// Older name of the opposite of `whole_track`. The two must not contradict each other.
    #[schema(deprecated)]
    hide_ends: Option<bool>,
    /// For `route` and `chart`: show the activity's title.
    #[schema(default = false)]
    show_title: Option<bool>,
    /// For `route` and `chart`: show the date.
    #[schema(default = false)]
    show_date: Option<bool>,
    #[schema(default = "auto")]
    theme: Option<Theme>,
    /// Overrides the units of the profile.
    units: Option<Units>,
    #[schema(default = "wide")]
    layout: Option<Layout>,
    /// `false` leaves out the background and the border.
    #[schema(default = true)]
    frame: Option<bool>,
    /// For `heatmap`: the calendar year. Without it, always the current year.
    #[serde(default, deserialize_with = "whole::<1, 9999, _, _>")]
    #[schema(minimum = 1, maximum = 9999)]
    year: Option<i32>,
    /// For `weekly`: the number of weeks.
    #[serde(default, deserialize_with = "whole::<1, 104, _, _>")]
    #[schema(minimum = 1, maximum = 104, default = 26)]
    weeks: Option<u32>,
    #[schema(default = "duration")]
    metric: Option<Metric>,
    #[schema(default = "monday")]
    week_start: Option<WeekStart>,
    /// For `heatmap` and `weekly`: count only these sports, separated by commas.
    #[schema(examples("run,trail_run"), pattern = "^[a-z0-9_]{1,32}(,[a-z0-9_]{1,32})*$")]
    activity_type: Option<String>,
    /// For `heatmap` and `weekly`: the time zone in which days begin, instead of the profile's.
    #[schema(examples("Europe/Rome"))]
    tz: Option<String>,
    /// When the link expires. Without it, the link does not expire.
    #[schema(value_type = Option<DateTime<Utc>>)]
    expires_at: Option<String>,
    #[serde(flatten)]
    proof: ProofBody,
}

/// A validated share to be stored.
pub struct NewShare {
    pub shown: Shown,
    pub expires_at: Option<DateTime<Utc>>,
}

/// A share without its links.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Share {
    pub id: Uuid,
    #[serde(flatten)]
    pub shown: Shown,
    #[serde(serialize_with = "rfc3339")]
    pub created_at: DateTime<Utc>,
    #[schema(required)]
    pub expires_at: Option<DateTime<Utc>>,
}

/// A new share with its links, which are never shown again.
#[derive(Serialize, ToSchema)]
pub struct CreatedShare {
    #[serde(flatten)]
    pub details: Share,
    /// A web page with the picture, and a preview of it for messengers.
    #[schema(format = "uri")]
    pub page_url: String,
    #[schema(format = "uri")]
    pub svg_url: String,
    #[schema(format = "uri")]
    pub png_url: String,
    /// The days of the picture as a calendar. `null` if the share shows no date.
    #[schema(required, format = "uri")]
    pub calendar_url: Option<String>,
    /// The days of the picture as an Atom feed. `null` if the share shows no date.
    #[schema(required, format = "uri")]
    pub feed_url: Option<String>,
}

/// The answer of `GET /shares`.
#[derive(Serialize, ToSchema)]
pub struct Shares {
    pub shares: Vec<Share>,
}

impl ShareBody {
    /// Fails with 422 and the invalid fields.
    pub fn parse(self) -> ApiResult<(NewShare, Proof)> {
        let mut v = Validator::default();
        let proof = self.proof.parse(&mut v);
        let picture = v.required("picture", self.picture, Ok);
        let is_of_activity = matches!(picture, Some(SharedPicture::Route | SharedPicture::Chart));
        if is_of_activity && self.activity_id.is_none() {
            v.fault("activity_id", "missing", "is missing");
        }
        if self.whole_track.is_some() && self.whole_track == self.hide_ends {
            let problem = "contradicts whole_track, which is its opposite; leave one of them out";
            v.fault("hide_ends", "invalid_value", problem);
        }
        let expires_at = self.expires_at.and_then(|text| {
            v.not_null("expires_at", Patch::Value(text), |text| match instant(&text)? {
                at if at > clock::now() => Ok(at),
                _ => Err(("out_of_range", "must be in the future".to_owned())),
            })
        });
        let picture = v.finish_with(picture)?;
        let of = |pictures: &[SharedPicture]| pictures.contains(&picture);
        let is_of_days = of(&[SharedPicture::Heatmap, SharedPicture::Weekly]);
        let whole_track = self.whole_track.or(self.hide_ends.map(|hides| !hides));
        let shown = Shown {
            picture,
            activity_id: self.activity_id.filter(|_| is_of_activity),
            whole_track: is_of_activity && whole_track.unwrap_or(false),
            show_title: is_of_activity && self.show_title.unwrap_or(false),
            show_date: is_of_activity && self.show_date.unwrap_or(false),
            theme: self.theme.unwrap_or_default(),
            units: self.units,
            layout: self.layout.unwrap_or_default(),
            frame: self.frame.unwrap_or_else(Shown::usual_frame),
            // Options that do not apply to the picture are dropped without validation.
            year: self.year.filter(|_| of(&[SharedPicture::Heatmap])),
            weeks: self
                .weeks
                .filter(|_| of(&[SharedPicture::Weekly]))
                .unwrap_or(WeeksParams::DEFAULT),
            metric: self.metric.unwrap_or_default(),
            week_start: self.week_start.unwrap_or_default(),
            activity_type: self.activity_type.filter(|_| is_of_days),
            tz: self.tz.filter(|_| is_of_days),
        };
        let is_valid = shown.picture(None);
        // Query parameters follow the same rules, but fail with another error code.
        is_valid.map_err(|error| ApiError { code: ErrorCode::ValidationFailed, ..error })?;
        Ok((NewShare { shown, expires_at }, proof))
    }
}
