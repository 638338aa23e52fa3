//! Restores the account export of another sports-log server, following its manifest.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read},
};

use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    archive::Archive,
    job::Job,
    keep::{Content, Parsed},
    stop::JobEnd,
    unpack::Budgeted,
};
use crate::{
    account_export::format::{
        ACTIVITIES, ExportedActivity, ExportedOriginal, ExportedProfile, ExportedStreams, FORMAT,
        FORMER_FORMAT, MANIFEST, Manifest, ORIGINALS, PROFILE, VERSION, hex, streams_path,
    },
    activities::{
        NewActivityBody, merging::MAX_MERGED, originals::PackedFile, series::Streams,
        streams::PackedStreams,
    },
    imports::ingest::{check_profile, restore::Restored},
    recordings::{Reason, Refusal, read_all},
    validation::Object,
};

/// Maximum bytes of a line: fits an activity with the maximum number of laps.
const MAX_LINE: u64 = 16 * 1024 * 1024;

/// The entries of an account export. Each is trusted only if it matches its digest in the manifest.
struct AccountExport<'a> {
    archive: &'a mut Archive,
    digests: HashMap<String, String>,
    originals: HashMap<String, ExportedOriginal>,
    /// The merged activities of the export, each with the activity that it is merged into.
    behind: HashMap<Uuid, Uuid>,
}

impl<F: Fn((i32, i32))> Job<'_, F> {
    /// Restores an account export; false if the archive is not one.
    pub fn account_export(&mut self, archive: &mut Archive) -> Result<bool, JobEnd> {
        let Some(manifest) = self.manifest(archive)? else { return Ok(false) };
        if manifest.version > VERSION {
            let newer = "a newer sports-log created the export: upgrade this server first";
            self.file(MANIFEST, Err(Refusal::new(Reason::UnknownFormat, newer)), None)?;
            return Ok(true);
        }
        if !self.may_restore() {
            let message = "an account export also contains a profile and goals: import it with a \
                           login, not with a personal access token";
            self.file(MANIFEST, Err(Refusal::new(Reason::NeedsLogin, message)), None)?;
            return Ok(true);
        }
        self.found(usize::try_from(manifest.activities).unwrap_or_default())?;
        let listed = manifest.content.into_iter().map(|file| (file.path, file.sha256));
        let mut lines = archive.clone();
        let digests = listed.collect();
        let (originals, behind) = (HashMap::new(), HashMap::new());
        let mut account_export = AccountExport { archive, digests, originals, behind };
        match account_export.originals(&mut self.budget) {
            Ok(originals) => account_export.originals = originals,
            Err(refusal) => self.file(ORIGINALS, Err(refusal), None)?,
        }
        let profile = account_export.profile(&mut self.budget);
        self.check()?;
        self.outcome(PROFILE, || profile)?;
        match account_export.merged(&mut self.budget) {
            Ok(behind) => {
                account_export.behind = behind;
                self.lines(&mut lines, &mut account_export)?;
            }
            Err(refusal) => self.file(ACTIVITIES, Err(refusal), None)?,
        }
        self.check()?;
        Ok(true)
    }

    fn manifest(&mut self, archive: &mut Archive) -> Result<Option<Manifest>, JobEnd> {
        let Ok(entry) = archive.by_name(MANIFEST) else { return Ok(None) };
        let read = read_all(Budgeted { source: entry, left: &mut self.budget });
        self.check()?;
        let manifest = read.ok().and_then(|bytes| serde_json::from_slice::<Manifest>(&bytes).ok());
        Ok(manifest.filter(|manifest| [FORMAT, FORMER_FORMAT].contains(&&*manifest.format)))
    }

    fn lines(
        &mut self,
        archive: &mut Archive,
        account_export: &mut AccountExport<'_>,
    ) -> Result<(), JobEnd> {
        let Ok(entry) = archive.by_name(ACTIVITIES) else { return Ok(()) };
        let mut lines = BufReader::new(entry);
        for number in 1_u64.. {
            let mut line = Vec::new();
            let read = (&mut lines).take(MAX_LINE).read_until(b'\n', &mut line);
            if read.is_err() {
                self.check()?;
            }
            if line.is_empty() {
                break;
            }
            self.budget = self.budget.saturating_sub(line.len() as u64);
            let name = format!("{ACTIVITIES}, line {number}");
            if self.is_over() {
                self.file(&name, Ok(PackedFile::default()), None)?;
                continue;
            }
            let restored = account_export.activity(&line, &mut self.budget);
            self.check()?;
            self.outcome(&name, || restored)?;
        }
        Ok(())
    }
}

impl AccountExport<'_> {
    /// Reads an entry, which must match its digest in the manifest.
    fn read(&mut self, path: &str, budget: &mut u64) -> Result<Vec<u8>, Refusal> {
        let entry = self.archive.by_name(path).map_err(Refusal::malformed)?;
        let bytes = read_all(Budgeted { source: entry, left: budget })?;
        self.check(path, &hex(&Sha256::digest(&bytes)))?;
        Ok(bytes)
    }

    /// The merged activities, each with the activity that it is merged into. The list must match
    /// its digest in the manifest.
    fn merged(&mut self, budget: &mut u64) -> Result<HashMap<Uuid, Uuid>, Refusal> {
        #[derive(Deserialize)]
        struct Behind {
            id: Uuid,
            merged_into: Option<Uuid>,
        }
        let entry = self.archive.by_name(ACTIVITIES).map_err(Refusal::malformed)?;
        let mut source = BufReader::new(Budgeted { source: entry, left: budget });
        let (mut digest, mut behind, mut line) = (Sha256::new(), HashMap::new(), Vec::new());
        loop {
            line.clear();
            let read = (&mut source).take(MAX_LINE).read_until(b'\n', &mut line);
            if read.map_err(Refusal::malformed)? == 0 {
                break;
            }
            digest.update(&line);
            if let Ok(Behind { id, merged_into: Some(shown) }) = parse(&line) {
                behind.insert(id, shown);
            }
        }
        drop(source);
        self.check(ACTIVITIES, &hex(&digest.finalize()))?;
        Ok(behind)
    }

    fn check(&self, path: &str, digest: &str) -> Result<(), Refusal> {
        if self.digests.get(path).is_some_and(|listed| listed == digest) {
            return Ok(());
        }
        let message = format!("{path} does not match the manifest: it was changed or damaged");
        Err(Refusal::new(Reason::BadChecksum, message))
    }

    fn originals(
        &mut self,
        budget: &mut u64,
    ) -> Result<HashMap<String, ExportedOriginal>, Refusal> {
        let list = self.read(ORIGINALS, budget)?;
        let lines = list.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines
            .map(|line| {
                let original: ExportedOriginal = parse(line)?;
                Ok((original.sha256.clone(), original))
            })
            .collect()
    }

    fn profile(&mut self, budget: &mut u64) -> Result<Parsed, Refusal> {
        let profile: ExportedProfile = parse(&self.read(PROFILE, budget)?)?;
        check_profile(&profile).map_err(|error| Refusal::malformed(error.message))?;
        Ok(Parsed::new(Content::Profile(profile), Vec::new()))
    }

    fn activity(&mut self, line: &[u8], budget: &mut u64) -> Result<Parsed, Refusal> {
        let mut exported: ExportedActivity = parse(line)?;
        // A forged entry may name an activity of another user, or one that does not exist yet.
        if let Some(merged) = &mut exported.merged {
            merged.retain(|one| self.behind.get(&one.activity_id) == Some(&exported.id));
            merged.truncate(MAX_MERGED);
        }
        exported.merged = exported.merged.filter(|merged| !merged.is_empty());
        let body: NewActivityBody = parse(line)?;
        let parsed = body.of_any_source().parse();
        let activity = parsed.map_err(|error| Refusal::malformed(error.message))?;
        let mut warnings = Vec::new();
        let listed = exported.original.as_ref().and_then(|digest| self.originals.get(digest));
        if exported.original.is_some() && listed.is_none() {
            warnings.push("the activity's original file is not in the export".into());
        }
        let original = match listed.cloned() {
            Some(listed) => {
                let content = self.read(&listed.path, budget)?;
                let file = PackedFile::of(content.as_slice());
                let file = file.map_err(Refusal::malformed)?;
                Some((super::original_name(&listed.file_name), file))
            }
            None => None,
        };
        let path = streams_path(exported.id);
        let streams = if self.digests.contains_key(&path) {
            let ExportedStreams { started_at, breaks, series } = parse(&self.read(&path, budget)?)?;
            let streams = Streams { started_at, series, breaks };
            let is_sound = streams.is_sound();
            let kept = PackedStreams::of(&streams.packable())
                .map_err(|error| Refusal::malformed(error.message))?;
            if !is_sound {
                warnings.push("the measured values are impossible and were left out".into());
            }
            kept.filter(|_| is_sound)
        } else {
            None
        };
        let restored = Restored { exported, activity, original, streams };
        Ok(Parsed::new(Content::Restored(Box::new(restored)), warnings))
    }
}

fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice::<Object<T>>(json).map(|object| object.0).map_err(Refusal::malformed)
}
