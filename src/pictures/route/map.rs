//! The map of a route: its line with north up, its ends, and a scale.

use crate::{
    pictures::{
        drawing::{Design, Layout, Projection, Svg, Units, outline, scale, simplified, words},
        track::Track,
    },
    sport::metres_between,
};

/// Space between the frame and the line.
const INSET: f64 = 28.0;

/// Maximum error of a simplified line, in pixels.
const TOLERANCE: f64 = 0.35;

/// In metres. A shorter route is drawn at the scale of this length.
const SMALLEST: f64 = 50.0;

/// Maximum length of the scale, in pixels.
const LONGEST_SCALE: f64 = 130.0;

type Pieces = Vec<Vec<(f64, f64)>>;

/// Draws `track`, which must not be empty, inside the panel at `[x, y, width, height]`. `with_ends`
/// marks its ends, if they are those of the activity.
pub fn draw(
    svg: &mut Svg,
    track: &Track,
    [panel_left, panel_top, width, height]: [f64; 4],
    with_ends: bool,
    Design { units, layout, .. }: Design,
) {
    let projection = Projection::around(track.places().map(|place| place.position));
    let mut pieces = projected(track, &projection);
    let (left, right) = range(pieces.iter().flatten().map(|point| point.0));
    let (top, bottom) = range(pieces.iter().flatten().map(|point| point.1));
    let room = (width - 2.0 * INSET, height - 2.0 * INSET);
    let pixels_per_metre =
        (room.0 / (right - left).max(SMALLEST)).min(room.1 / (bottom - top).max(SMALLEST));
    let place = |(x, y): (f64, f64)| {
        (
            panel_left + width / 2.0 + (x - f64::midpoint(left, right)) * pixels_per_metre,
            panel_top + height / 2.0 + (y - f64::midpoint(top, bottom)) * pixels_per_metre,
        )
    };
    for point in pieces.iter_mut().flatten() {
        *point = place(*point);
    }
    let line = outline(&simplified(&pieces, TOLERANCE));
    svg.path("casing", &line);
    svg.path("route", &line);
    if let Some((first, last)) = track.ends().filter(|_| with_ends) {
        let (x, y) = place(projection.project(last.position));
        svg.rect("finish mark", [x - 7.0, y - 7.0, 14.0, 14.0], 3.0);
        svg.circle("start mark", place(projection.project(first.position)), 6.0);
        draw_key(svg, layout, panel_top + height);
    }
    draw_scale(svg, (panel_left, panel_top + height), 1.0 / pixels_per_metre, units);
}

/// Projects the track to metres east and south of its centre.
fn projected(track: &Track, projection: &Projection) -> Pieces {
    let mut pieces = Pieces::new();
    for piece in &track.pieces {
        let mut line: Vec<(f64, f64)> = Vec::new();
        let mut before = None;
        for place in piece {
            let (x, y) = projection.project(place.position);
            if let Some((position, (x_before, y_before))) = before {
                // Near the point opposite the centre, neighbours can be drawn far apart.
                let drawn: f64 = f64::hypot(x - x_before, y - y_before);
                if drawn > 2.0 * metres_between(position, place.position) + 1.0 {
                    pieces.push(std::mem::take(&mut line));
                }
            }
            before = Some((place.position, (x, y)));
            line.push((x, y));
        }
        pieces.push(line);
    }
    pieces
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    values.fold(start, |(least, greatest), value| (least.min(value), greatest.max(value)))
}

/// Draws the legend of the end marks: beside the facts, or in a corner of a narrow map.
fn draw_key(svg: &mut Svg, layout: Layout, map_bottom: f64) {
    let (right, y) = if layout.is_narrow() {
        (layout.right() - 14.0, map_bottom - 18.0)
    } else {
        (layout.right(), 56.0)
    };
    svg.circle("start mark", (right - 102.0, y), 6.0);
    svg.text("muted", (right - 92.0, y + 4.0), "start");
    svg.rect("finish mark", [right - 54.0, y - 6.5, 13.0, 13.0], 3.0);
    svg.text("muted end", (right, y + 4.0), "finish");
}

/// Draws a scale of round length in the lower left corner of the map.
fn draw_scale(svg: &mut Svg, (left, bottom): (f64, f64), metres_per_pixel: f64, units: Units) {
    let longest = LONGEST_SCALE * metres_per_pixel;
    let (long, short) = (units.long(), units.short());
    let (metres, sign) = if longest >= long.0 { long } else { short };
    let Some(length) = scale::round_below(longest / metres) else { return };
    let pixels = length * metres / metres_per_pixel;
    let (x, y) = (left + 14.0, bottom - 14.0);
    svg.path(
        "scale",
        &outline(&[vec![(x, y - 5.0), (x, y), (x + pixels, y), (x + pixels, y - 5.0)]]),
    );
    svg.text("muted", (x, y - 10.0), &format!("{} {sign}", words::number(length)));
}
