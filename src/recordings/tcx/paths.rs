//! Paths of elements, which differ between programs.

/// Returns the path from the activity onwards, which has another prefix in a multisport session.
pub fn inside(path: &str) -> &str {
    path.strip_prefix("Activities/")
        .map(|path| path.strip_prefix("MultiSportSession/FirstSport/").unwrap_or(path))
        .map(|path| path.strip_prefix("MultiSportSession/NextSport/").unwrap_or(path))
        .unwrap_or(path)
}

/// Returns the path from the track onwards. Some programs write tracks without a lap.
pub fn of_track(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("Activity/")?;
    inside.strip_prefix("Lap/").unwrap_or(inside).strip_prefix("Track")
}
