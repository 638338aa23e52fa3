//! Route of an activity without a map, with its elevation profile below.

mod layout;
mod map;
mod profile;

use layout::{MAP_HEIGHT, MARGIN, TOP, WIDTH};

use profile::Profile;

use super::{
    drawing::{
        Canvas, Svg, Theme, Units,
        words::{Sentences, isolated},
    },
    subject::Subject,
    track::Track,
};
use crate::sport::metres_between;

/// The data of a route picture.
pub struct Route {
    pub subject: Subject,
    pub track: Track,
}

impl Route {
    pub fn draw(&self, theme: Theme, units: Units) -> String {
        let profile = Profile::of(&self.track);
        let map_bottom = TOP + MAP_HEIGHT;
        let below = if profile.is_some() { profile::HEIGHT } else { MARGIN };
        let title = format!("Route of {}", isolated(&self.subject.title()));
        let canvas = Canvas {
            width: WIDTH,
            height: map_bottom + below,
            title: &title,
            description: &self.description(units, profile.as_ref()),
        };
        let mut svg = Svg::new(theme, &canvas);
        svg.text("title ink", (MARGIN, 38.0), &self.subject.title());
        svg.text("facts muted", (MARGIN, 60.0), &self.subject.facts(units).join(" · "));
        svg.rect("panel", [MARGIN, TOP, WIDTH - 2.0 * MARGIN, MAP_HEIGHT], 6.0);
        match self.nothing() {
            Some(why) => {
                svg.text("message muted middle", (WIDTH / 2.0, TOP + MAP_HEIGHT / 2.0), why);
            }
            None => map::draw(&mut svg, &self.track, !self.subject.is_partial, units),
        }
        if let Some(profile) = profile {
            profile.draw(&mut svg, units, map_bottom);
        }
        svg.finish()
    }

    /// Returns why there is no route to show.
    fn nothing(&self) -> Option<&'static str> {
        match (self.track.pieces.is_empty(), self.subject.is_partial) {
            (false, _) => None,
            (true, false) => Some("No positions were recorded"),
            (true, true) => Some("No part of the route is outside private zones"),
        }
    }

    fn description(&self, units: Units, profile: Option<&Profile>) -> String {
        let mut words =
            Sentences::new(&isolated(&self.subject.title()), &self.subject.facts(units));
        if let Some(why) = self.nothing() {
            words.push(why);
            return words.finish();
        }
        if self.track.pieces.len() > 1 {
            let pieces = self.track.pieces.len();
            let why =
                if self.subject.is_partial { "" } else { ", with gaps where recording paused" };
            words.push(format!("The route is drawn in {pieces} pieces{why}"));
        }
        if let Some((first, last)) = self.track.ends().filter(|_| !self.subject.is_partial) {
            let apart = metres_between(first.position, last.position);
            words.push(if apart < 100.0 {
                "It ends where it begins".to_owned()
            } else {
                format!("It ends {} from where it begins", units.distance(apart))
            });
        }
        if let Some(profile) = profile {
            let (low, high) = (units.height(profile.low), units.height(profile.high));
            words.push(format!("Its elevation is between {low} and {high}"));
        }
        words.finish()
    }
}
