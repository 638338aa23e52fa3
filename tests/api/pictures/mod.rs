//! Pictures: what they show and describe, for all kinds of data.

mod chart;
mod narrow;
mod png;
mod route;
mod statistics;

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, TimeDelta};
use quick_xml::{Reader, events::Event};

use crate::{
    imports::{MORNING, import},
    support::{TestApp, User},
};

/// Latitude, longitude and height, one per second from `MORNING` on.
pub type Fix = (f64, f64, f64);

/// A GPX file with a track segment for each piece.
pub fn gpx(pieces: &[Vec<Fix>]) -> Vec<u8> {
    let mut text = "<gpx version=\"1.1\" creator=\"t\"><trk><type>running</type>".to_owned();
    let mut secs = 0;
    for piece in pieces {
        text.push_str("<trkseg>");
        for (latitude, longitude, height) in piece {
            let time = DateTime::from_timestamp(MORNING, 0).unwrap() + TimeDelta::seconds(secs);
            let time = time.to_rfc3339_opts(SecondsFormat::Secs, true);
            write!(text, "<trkpt lat=\"{latitude}\" lon=\"{longitude}\"><ele>{height}</ele><time>{time}</time></trkpt>").unwrap();
            secs += 1;
        }
        text.push_str("</trkseg>");
    }
    (text + "</trk></gpx>").into_bytes()
}

/// Northward from 47° N 8° E at 3 m/s, a fix per second, over a hill.
pub fn northward(secs: u32) -> Vec<Fix> {
    let fix = |at: u32| {
        let metres = f64::from(at) * 3.0;
        (47.0 + metres / 111_195.0, 8.0, 400.0 + 50.0 * (metres / 1000.0).sin())
    };
    (0..secs).map(fix).collect()
}

/// Imports a file. Returns the path of its activity.
pub async fn activity(app: &TestApp, user: &User, file: &[u8]) -> String {
    let import = import(app, user, "a.gpx", file).await;
    let id = import["files"][0]["activity_ids"][0].as_str();
    format!("/activities/{}", id.unwrap_or_else(|| panic!("{import}")))
}

/// An SVG, parsed.
#[derive(Debug, Default, PartialEq)]
pub struct Picture {
    pub title: String,
    pub desc: String,
    pub style: String,
    /// The texts in the picture.
    pub texts: Vec<String>,
    /// Every shape: its class, and its `d` if it is a path.
    pub shapes: Vec<(String, String)>,
}

impl Picture {
    /// Panics unless it is well-formed, and an image with a text alternative.
    #[track_caller]
    pub fn of(svg: &str) -> Self {
        let mut picture = Self::default();
        let mut reader = Reader::from_str(svg);
        let (mut open, mut text) = (Vec::new(), String::new());
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => {
                    if open.is_empty() {
                        assert_eq!(attribute(&start, "role"), "img");
                    }
                    open.push(start.name().as_ref().to_owned());
                    text.clear();
                }
                Event::Empty(shape) => {
                    picture.shapes.push((attribute(&shape, "class"), attribute(&shape, "d")));
                }
                Event::Text(part) => text.push_str(&part),
                Event::GeneralRef(reference) => {
                    text.push_str(match &*reference {
                        "lt" => "<",
                        "gt" => ">",
                        "amp" => "&",
                        "quot" => "\"",
                        "apos" => "'",
                        other => panic!("&{other};"),
                    });
                }
                Event::End(_) => {
                    let text = std::mem::take(&mut text);
                    match (open.pop().unwrap().as_str(), open.len()) {
                        ("title", 1) => picture.title = text,
                        ("desc", 1) => picture.desc = text,
                        ("style", 1) => picture.style = text,
                        ("text", _) => picture.texts.push(text),
                        _ => {}
                    }
                }
                Event::Eof => break,
                other => panic!("{other:?}"),
            }
        }
        assert!(open.is_empty() && !picture.title.is_empty() && !picture.desc.is_empty(), "{svg}");
        assert!(svg.len() < 100_000, "{} bytes", svg.len());
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        picture
    }

    /// The paths with a class.
    pub fn paths(&self, class: &str) -> Vec<&str> {
        let of_class = self.shapes.iter().filter(|shape| shape.0 == class);
        of_class.map(|shape| shape.1.as_str()).collect()
    }

    pub fn says(&self, text: &str) -> bool {
        self.texts.iter().any(|found| found.contains(text))
    }
}

fn attribute(start: &quick_xml::events::BytesStart<'_>, name: &str) -> String {
    let found = start.try_get_attribute(name).unwrap();
    found.map(|found| found.value.into_owned()).unwrap_or_default()
}

/// Requests a picture and parses it.
pub async fn picture(app: &TestApp, user: &User, path: &str) -> Picture {
    let answer = app.get_as(user, path).await.expect(200);
    assert_eq!(answer.header("content-type"), "image/svg+xml");
    Picture::of(&answer.text())
}

/// The coordinates of a path, piece by piece.
pub fn points(d: &str) -> Vec<Vec<(f64, f64)>> {
    let piece = |piece: &str| {
        piece
            .trim_end_matches("h0")
            .split('L')
            .map(|point| {
                let (x, y) = point.split_once(' ').unwrap();
                (x.parse().unwrap(), y.parse().unwrap())
            })
            .collect()
    };
    d.split('M').skip(1).map(piece).collect()
}
