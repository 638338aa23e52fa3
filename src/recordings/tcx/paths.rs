//! Where elements stand: programs put them in several places.

/// The path from the activity on, which stands elsewhere in a multisport session.
pub fn inside(path: &str) -> &str {
    path.strip_prefix("Activities/")
        .map(|path| path.strip_prefix("MultiSportSession/FirstSport/").unwrap_or(path))
        .map(|path| path.strip_prefix("MultiSportSession/NextSport/").unwrap_or(path))
        .unwrap_or(path)
}

/// The path from a track on, which some programs write without a lap.
pub fn of_track(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("Activity/")?;
    inside.strip_prefix("Lap/").unwrap_or(inside).strip_prefix("Track")
}
