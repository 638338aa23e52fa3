//! Apple Health's export: each workout is a file of its own, with its route from beside it.

use std::{
    borrow::Cow,
    collections::HashSet,
    io::{BufReader, Read},
};

use sha2::{Digest, Sha256};

use super::{
    archive::{self, Archive},
    files::original_name,
    job::Job,
    keep::Brought,
    stop::Stop,
    unpack::{Budgeted, DAMAGED, repack},
};
use crate::{
    activities::originals::PackedFile,
    imports::intake::Material,
    recordings::{
        self, Format, MAX_FILE_BYTES, Reason, Refusal, Track,
        apple::{self, Broken, Workout},
    },
};

/// An archive with routes in it.
pub struct Routes<'a> {
    archive: &'a mut Archive,
    /// What stands before their names.
    folder: &'a str,
    /// The entries that workouts name.
    named: HashSet<usize>,
}

/// The entries of an archive that were read as an export.
#[derive(Default)]
pub struct Health {
    pub export: Option<usize>,
    /// The routes that came with their workouts.
    pub routes: HashSet<usize>,
}

/// A route's name, and its file.
type Piece = (String, Result<PackedFile, Refusal>);

impl<F: Fn((i32, i32))> Job<'_, F> {
    /// Finds the export in an archive, by content, and keeps its workouts. It comes before all
    /// other files, since they may belong to it.
    pub fn health(&mut self, archive: &mut Archive) -> Result<Health, Stop> {
        for index in 0..archive.len() {
            let Some(Ok(name)) = archive.name_for_index(index) else { continue };
            let name = name.into_owned();
            if !name.to_ascii_lowercase().ends_with(".xml") {
                continue;
            }
            // Read beside the routes, so from a second reader of the same archive.
            let mut beside = archive.clone();
            let Ok(mut entry) = beside.by_index(index) else { continue };
            let mut head = Vec::new();
            if (&mut entry).take(Format::HEAD).read_to_end(&mut head).is_err() {
                self.check()?;
            }
            if Format::of(&head) == Some(Format::AppleHealth) {
                let folder = name.rfind('/').and_then(|end| name.get(..=end)).unwrap_or_default();
                let source = head.chain(entry);
                let mut routes = Routes { archive, folder, named: HashSet::new() };
                self.walk_health(&name, source, Some(&mut routes))?;
                return Ok(Health { export: Some(index), routes: routes.named });
            }
        }
        Ok(Health::default())
    }

    /// Keeps the workouts of an export.
    pub fn walk_health(
        &mut self,
        name: &str,
        source: impl Read,
        mut routes: Option<&mut Routes<'_>>,
    ) -> Result<(), Stop> {
        // Passed on below, where it cannot be borrowed twice.
        let mut budget = self.budget;
        let source = BufReader::new(Budgeted { source, left: &mut budget });
        let mut is_first = true;
        let read = apple::read(source, |workout| {
            // The export itself was counted as one.
            if !std::mem::take(&mut is_first) {
                self.found(1)?;
            }
            let pieces = match routes.as_deref_mut() {
                Some(routes) => self.pieces(routes, &workout.routes)?,
                None => Vec::new(),
            };
            self.workout(name, workout, pieces)
        });
        self.budget = budget.min(self.budget);
        match read {
            Ok(()) if is_first => self.ignore(name, Some("there is no workout in it".to_owned())),
            Ok(()) => Ok(()),
            Err(Broken::Reader(stop)) => Err(stop),
            Err(Broken::File(refusal)) => {
                self.check()?;
                if !is_first {
                    self.found(1)?;
                }
                self.file(name, Err(refusal), None)
            }
        }
    }

    /// The files of a route, of which there may be as much as of one.
    fn pieces(&mut self, routes: &mut Routes<'_>, paths: &[String]) -> Result<Vec<Piece>, Stop> {
        let (mut pieces, mut bytes) = (Vec::new(), 0);
        for path in paths {
            let mut piece = self.route(routes, path)?;
            bytes += piece.as_ref().map_or(0, |piece| piece.bytes);
            if usize::try_from(bytes).is_ok_and(|bytes| bytes > MAX_FILE_BYTES) {
                piece = Err(Refusal::too_large(MAX_FILE_BYTES));
            }
            pieces.push((path.clone(), piece));
        }
        Ok(pieces)
    }

    /// The file of a piece of a route; an empty one when its workout has its outcome.
    fn route(
        &mut self,
        Routes { archive, folder, named }: &mut Routes<'_>,
        path: &str,
    ) -> Result<Result<PackedFile, Refusal>, Stop> {
        let name = format!("{folder}{}", path.trim_start_matches('/'));
        let Some(index) = archive.index_for_name(&name) else {
            return Ok(Err(Refusal::new(Reason::Truncated, "it is not in the archive")));
        };
        named.insert(index);
        if self.is_over() {
            return Ok(Ok(PackedFile::default()));
        }
        let entry = archive.by_index(index).map_err(|error| archive::unsupported(&error));
        let route = entry.and_then(|source| repack(Budgeted { source, left: &mut self.budget }));
        self.check()?;
        Ok(route)
    }

    fn workout(&mut self, name: &str, workout: Workout, pieces: Vec<Piece>) -> Result<(), Stop> {
        let Workout { mut session, key, .. } = workout;
        let name =
            format!("{name}: {} {}", session.activity_type, session.started_at.format("%F %T"));
        // As long as a name may be, and the same every time.
        let digest = Sha256::digest(key.as_bytes());
        let id: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        self.outcome(&name, || {
            let (mut tracks, mut warnings) = (Vec::new(), Vec::<Cow<'static, str>>::new());
            let mut original = None;
            for (path, piece) in pieces {
                let read = piece.and_then(|piece| Ok((recordings::read(piece.reader())?, piece)));
                let (recording, piece) = match read {
                    Ok(read) => read,
                    Err(refusal) => {
                        let (route, why) = (original_name(&path), refusal.message);
                        warnings.push(format!("its route {route} is not read: {why}").into());
                        continue;
                    }
                };
                warnings.extend(piece.is_damaged.then(|| DAMAGED.into()));
                warnings.extend(recording.warnings);
                tracks.extend(recording.sessions.into_iter().map(|session| session.track));
                // Of several pieces, the first is what can be kept as one file.
                original = original.or_else(|| Some((original_name(&path), piece)));
            }
            session.track = joined(tracks)?;
            recordings::complete(&mut session)?;
            let (sessions, name) = (vec![session], Some(("apple", id)));
            let material = Material { original, sessions, name, ..Material::default() };
            Ok(Brought::recorded(material, warnings))
        })
    }
}

/// The pieces of a route, in the order of their times.
fn joined(mut tracks: Vec<Track>) -> Result<Track, Refusal> {
    tracks.sort_by_key(|track| track.points.iter().find_map(|point| point.time));
    let mut joined = Track::default();
    for piece in tracks.iter().flat_map(Track::pieces) {
        joined.break_off();
        piece.iter().try_for_each(|point| joined.push(*point))?;
    }
    Ok(joined)
}
