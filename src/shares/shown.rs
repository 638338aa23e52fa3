//! What a share shows, as it is stored.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    error::{ApiError, ApiResult},
    pictures::{
        Appearance, DaysParams, Disclosure, HeatmapOptions, Layout, Metric, Picture, Theme, Units,
        WeeklyOptions, WeeksParams, YearParams,
    },
    privacy::Zone,
    stats::WeekStart,
};

/// The kind of picture that is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(rename_all = "lowercase")]
pub enum SharedPicture {
    Route,
    Chart,
    Heatmap,
    Weekly,
}

/// What is shared, as stored.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SharedPictureOptions)]
pub struct Shown {
    pub picture: SharedPicture,
    #[schema(required)]
    pub activity_id: Option<Uuid>,
    #[serde(default)]
    pub whole_track: bool,
    #[serde(default)]
    pub show_title: bool,
    #[serde(default)]
    pub show_date: bool,
    pub theme: Theme,
    #[schema(required)]
    pub units: Option<Units>,
    #[serde(default)]
    pub layout: Layout,
    #[serde(default = "Shown::usual_frame")]
    pub frame: bool,
    #[schema(required)]
    pub year: Option<i32>,
    pub weeks: u32,
    pub metric: Metric,
    pub week_start: WeekStart,
    #[schema(required)]
    pub activity_type: Option<String>,
    #[schema(required)]
    pub tz: Option<String>,
}

/// Query parameters for viewers of a shared picture.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SharedParams {
    /// Overrides the theme of the share.
    #[param(inline)]
    pub theme: Option<Theme>,
    /// Overrides the layout of the share.
    #[param(inline)]
    pub layout: Option<Layout>,
    /// Overrides the frame of the share.
    pub frame: Option<bool>,
}

impl Shown {
    /// Shares that are older than this option have a frame.
    pub fn usual_frame() -> bool {
        true
    }

    /// Returns whether the picture shows a whole track, including its start and end, which are
    /// often near the owner's home.
    pub fn shows_everything(&self) -> bool {
        self.whole_track
    }

    /// Returns whether the picture omits privacy zones.
    pub fn has_zones(&self) -> bool {
        self.activity_id.is_some() && !self.shows_everything()
    }

    /// Returns whether the picture says when something happened.
    pub fn has_dates(&self) -> bool {
        self.activity_id.is_none() || self.show_date
    }

    /// The name of the picture, as in the field `picture`.
    pub fn name(&self) -> &'static str {
        match self.picture {
            SharedPicture::Route => "route",
            SharedPicture::Chart => "chart",
            SharedPicture::Heatmap => "heatmap",
            SharedPicture::Weekly => "weekly",
        }
    }

    /// What the picture is, without anything that it may leave out.
    pub fn title(&self) -> &'static str {
        match self.picture {
            SharedPicture::Route => "Route of an activity",
            SharedPicture::Chart => "Chart of an activity",
            SharedPicture::Heatmap => "A year of activities",
            SharedPicture::Weekly => "Activities by week",
        }
    }

    /// Returns the picture without `zones`. Fails with 400 `invalid_parameter` for an invalid
    /// option.
    pub fn picture(&self, zones: Option<Vec<Zone>>) -> ApiResult<Picture> {
        let disclosure = Disclosure { zones, title: self.show_title, date: self.show_date };
        let activity = || self.activity_id.ok_or_else(ApiError::not_found);
        let days = DaysParams {
            metric: self.metric,
            week_start: self.week_start,
            activity_type: self.activity_type.clone(),
            tz: self.tz.clone(),
        };
        Ok(match self.picture {
            SharedPicture::Route => Picture::Route { activity_id: activity()?, disclosure },
            SharedPicture::Chart => Picture::Chart { activity_id: activity()?, disclosure },
            SharedPicture::Heatmap => {
                Picture::Heatmap(HeatmapOptions::parse(YearParams { year: self.year }, days)?)
            }
            SharedPicture::Weekly => {
                Picture::Weekly(WeeklyOptions::parse(WeeksParams { weeks: self.weeks }, days)?)
            }
        })
    }

    pub fn appearance(&self, params: SharedParams) -> Appearance {
        Appearance {
            theme: params.theme.unwrap_or(self.theme),
            units: self.units,
            layout: params.layout.unwrap_or(self.layout),
            frame: params.frame.unwrap_or(self.frame),
        }
    }

    pub fn from_json(json: Value) -> ApiResult<Self> {
        serde_json::from_value(json).map_err(ApiError::internal)
    }
}
