//! Route of an activity without a map, with its elevation profile below.

mod map;
mod profile;

use profile::Profile;

use super::{
    drawing::{
        Canvas, Design, Header, Svg, Units,
        words::{Sentences, isolated},
    },
    subject::Subject,
    track::Track,
};
use crate::sport::metres_between;

/// Height of the map, in CSS pixels as all lengths here.
const MAP_HEIGHT: f64 = 380.0;
const NARROW_MAP_HEIGHT: f64 = 300.0;

/// The data of a route picture.
pub struct Route {
    pub subject: Subject,
    pub track: Track,
}

impl Route {
    pub fn draw(&self, design: Design) -> String {
        let Design { units, layout, .. } = design;
        let (margin, width) = (layout.margin(), layout.width());
        let profile = Profile::of(&self.track);
        let header = Header::new(layout, &self.subject.title(), &self.subject.facts(units));
        let map_height = if layout.is_narrow() { NARROW_MAP_HEIGHT } else { MAP_HEIGHT };
        let map = [margin, header.bottom(), width - 2.0 * margin, map_height];
        let map_bottom = header.bottom() + map_height;
        let below = if profile.is_some() { profile::HEIGHT } else { margin };
        let title = format!("Route of {}", isolated(&self.subject.title()));
        let canvas = Canvas {
            width,
            height: map_bottom + below,
            title: &title,
            description: &self.description(units, profile.as_ref()),
        };
        let mut svg = Svg::new(design, &canvas);
        header.draw(&mut svg);
        svg.rect("panel", map, 6.0);
        match self.nothing() {
            Some(why) => {
                let middle = (width / 2.0, header.bottom() + map_height / 2.0);
                svg.text(layout.message(), middle, why);
            }
            None => map::draw(&mut svg, &self.track, map, !self.subject.is_partial, design),
        }
        if let Some(profile) = profile {
            profile.draw(&mut svg, design, map_bottom);
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
