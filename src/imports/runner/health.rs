//! Apple Health's export: each workout counts as a file, with its route from the same archive.

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
    keep::Parsed,
    stop::JobEnd,
    unpack::{Budgeted, DAMAGED, repack},
};
use crate::{
    activities::originals::PackedFile,
    imports::ingest::ImportItem,
    recordings::{
        self, Format, MAX_FILE_BYTES, Reason, Refusal, Track,
        apple::{self, Broken, Workout},
    },
};

/// The routes in an archive.
pub struct Routes<'a> {
    archive: &'a mut Archive,
    /// The prefix of their names.
    folder: &'a str,
    /// The entries that workouts refer to.
    named: HashSet<usize>,
}

/// The entries of an archive that were read as an Apple Health export.
#[derive(Default)]
pub struct Health {
    pub export: Option<usize>,
    /// The routes that were read with their workouts.
    pub routes: HashSet<usize>,
}

/// The name and the file of a route.
type Piece = (String, Result<PackedFile, Refusal>);

impl<F: Fn((i32, i32))> Job<'_, F> {
    /// Finds the export in an archive by its content, and stores its workouts. This precedes all
    /// other files, because they may belong to it.
    pub fn health(&mut self, archive: &mut Archive) -> Result<Health, JobEnd> {
        for index in 0..archive.len() {
            let Some(Ok(name)) = archive.name_for_index(index) else { continue };
            let name = name.into_owned();
            if !name.to_ascii_lowercase().ends_with(".xml") {
                continue;
            }
            // The routes are read at the same time, which takes a second reader of the archive.
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

    /// Stores the workouts of an export.
    pub fn walk_health(
        &mut self,
        name: &str,
        source: impl Read,
        mut routes: Option<&mut Routes<'_>>,
    ) -> Result<(), JobEnd> {
        // Copied, because `self` is borrowed below.
        let mut budget = self.budget;
        let source = BufReader::new(Budgeted { source, left: &mut budget });
        let mut is_first = true;
        let read = apple::read(source, |workout| {
            // The export itself has already been counted as one file.
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
            Ok(()) if is_first => {
                self.ignore(name, Some("the file contains no workouts".to_owned()))
            }
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

    /// The files of a route. Together they may have the maximum size of one file.
    fn pieces(&mut self, routes: &mut Routes<'_>, paths: &[String]) -> Result<Vec<Piece>, JobEnd> {
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

    /// One of the files of a route; empty if the workout already has its outcome.
    fn route(
        &mut self,
        Routes { archive, folder, named }: &mut Routes<'_>,
        path: &str,
    ) -> Result<Result<PackedFile, Refusal>, JobEnd> {
        let name = format!("{folder}{}", path.trim_start_matches('/'));
        let Some(index) = archive.index_for_name(&name) else {
            return Ok(Err(Refusal::new(Reason::Truncated, "the archive does not contain it")));
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

    fn workout(&mut self, name: &str, workout: Workout, pieces: Vec<Piece>) -> Result<(), JobEnd> {
        let Workout { mut session, key, .. } = workout;
        let name =
            format!("{name}: {} {}", session.activity_type, session.started_at.format("%F %T"));
        // Within the maximum length of an id, and always the same.
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
                        warnings.push(format!("its route {route} was not read: {why}").into());
                        continue;
                    }
                };
                warnings.extend(piece.is_damaged.then(|| DAMAGED.into()));
                warnings.extend(recording.warnings);
                tracks.extend(recording.sessions.into_iter().map(|session| session.track));
                // Of several files, only the first is stored.
                original = original.or_else(|| Some((original_name(&path), piece)));
            }
            session.track = joined(tracks)?;
            recordings::complete(&mut session)?;
            let (sessions, name) = (vec![session], Some(("apple", id)));
            let material = ImportItem { original, sessions, name, ..ImportItem::default() };
            Ok(Parsed::recorded(material, warnings))
        })
    }
}

/// Joins the tracks of a route, in the order of their times.
fn joined(mut tracks: Vec<Track>) -> Result<Track, Refusal> {
    tracks.sort_by_key(|track| track.points.iter().find_map(|point| point.time));
    let mut joined = Track::default();
    for piece in tracks.iter().flat_map(Track::pieces) {
        joined.break_off();
        piece.iter().try_for_each(|point| joined.push(*point))?;
    }
    Ok(joined)
}
