//! A device that is often offline. It does the same as docs/clients/sync.py, step by step: it pulls
//! before it pushes, sends new activities with a key and `on_existing=keep`, and changes and
//! deletes only what it has seen.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};

use super::network::{Network, Online};
use crate::support::Answer;

pub const SOURCE: &str = "phone";

/// New notes of an activity, and the notes that they replace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    pub was: Option<String>,
    pub set: String,
}

#[derive(Clone, Default)]
pub struct State {
    pub activities: BTreeMap<String, Value>,
    unsent: Vec<Value>,
    sending: Option<(String, Vec<Value>)>,
    edits: BTreeMap<String, Edit>,
    deletes: BTreeMap<String, Option<i64>>,
    pub since: Option<String>,
}

/// What a device has done, by the names of the activities.
#[derive(Default)]
pub struct Deeds {
    pub added: BTreeSet<String>,
    pub wanted_deleted: BTreeSet<String>,
    pub deleted: BTreeSet<String>,
    pub tried: BTreeSet<(String, Edit)>,
    pub applied: BTreeSet<(String, Edit)>,
}

pub struct Device<'a> {
    network: &'a Network,
    random: StdRng,
    label: String,
    /// The file of the copy, which remains after the app was killed.
    file: State,
    pub state: State,
    pub deeds: Deeds,
    next: u32,
}

pub fn name(activity: &Value) -> String {
    activity["external_id"].as_str().unwrap().to_owned()
}

impl<'a> Device<'a> {
    pub fn new(network: &'a Network, label: &str, random: StdRng) -> Self {
        let (state, file) = (State::default(), State::default());
        let deeds = Deeds::default();
        Self { network, random, label: label.to_owned(), file, state, deeds, next: 0 }
    }

    fn save(&mut self) {
        self.file = self.state.clone();
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Online<Answer> {
        self.network.send(&mut self.random, (method, path), body, headers).await
    }

    pub fn add(&mut self) -> String {
        self.next += 1;
        let external_id = format!("{}-{}", self.label, self.next);
        let hours = self.random.random_range(0..10_000);
        let started_at = chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hours);
        self.state.unsent.push(json!({
            "activity_type": "run", "started_at": started_at.to_rfc3339(), "source": SOURCE,
            "duration_secs": self.random.random_range(60..6000), "external_id": external_id,
            "sets": [{"exercise": "squat", "reps": 5}],
        }));
        self.deeds.added.insert(external_id.clone());
        self.save();
        external_id
    }

    /// Edits the activity with this `id` in the copy, or one that was not sent yet.
    pub fn edit(&mut self, id: &str) {
        self.next += 1;
        let set = format!("{} {}", self.label, self.next);
        if let Some(unsent) = self.state.unsent.iter_mut().find(|one| one["external_id"] == id) {
            unsent["notes"] = set.into();
            return self.save();
        }
        let sending = self.state.sending.iter().flat_map(|(_, activities)| activities);
        let seen = self.state.activities.get(id);
        let Some(seen) = seen.or_else(|| sending.into_iter().find(|one| one["external_id"] == id))
        else {
            return;
        };
        let (of, was) = (name(seen), seen["notes"].as_str().map(str::to_owned));
        let edit = self.state.edits.entry(id.to_owned()).or_insert(Edit { was, set: set.clone() });
        edit.set = set;
        self.deeds.tried.insert((of, edit.clone()));
        self.save();
    }

    pub fn delete(&mut self, id: &str) {
        let before = self.state.unsent.len();
        self.state.unsent.retain(|one| one["external_id"] != id);
        let seen = self.state.activities.get(id);
        self.deeds.wanted_deleted.insert(seen.map_or(id.to_owned(), name));
        if self.state.unsent.len() == before {
            let revision = seen.and_then(|seen| seen["revision"].as_i64());
            self.state.deletes.insert(id.to_owned(), revision);
        }
        self.state.edits.remove(id);
        self.save();
    }

    /// A random activity of the copy, including those that were not sent yet.
    pub fn any(&mut self) -> Option<String> {
        let unsent = self.state.unsent.iter();
        let sending = self.state.sending.iter().flat_map(|(_, activities)| activities);
        let mut ids: Vec<String> = unsent.chain(sending).map(name).collect();
        let ours = self.state.activities.iter().filter(|(_, one)| one["source"] == SOURCE);
        ids.extend(ours.map(|(id, _)| id.clone()));
        ids.choose(&mut self.random).cloned()
    }

    pub fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    /// Syncs with the server. After a failure, the state is that of the file, as if the app had
    /// been killed.
    pub async fn sync(&mut self) -> Online<()> {
        let outcome = self.try_sync().await;
        if outcome.is_err() {
            self.state = self.file.clone();
        }
        outcome
    }

    async fn try_sync(&mut self) -> Online<()> {
        self.pull().await?;
        self.push_new().await?;
        self.pull().await?;
        self.push_edits().await?;
        self.push_deletes().await?;
        self.pull().await
    }

    pub async fn push_new(&mut self) -> Online<()> {
        while self.state.sending.is_some() || !self.state.unsent.is_empty() {
            if self.state.sending.is_none() {
                let key = self.random.random::<u64>().to_string();
                self.state.sending = Some((key, std::mem::take(&mut self.state.unsent)));
                self.save();
            }
            let (key, batch) = self.state.sending.clone().unwrap();
            let path = "/activities/batch?on_existing=keep";
            let body = json!({"activities": batch});
            let key = [("idempotency-key", &*key)];
            let answer = self.send(Method::POST, path, Some(&body), &key).await?.expect(200).json();
            for (activity, result) in batch.iter().zip(answer["results"].as_array().unwrap()) {
                let (name, id) = (name(activity), result["id"].as_str().unwrap().to_owned());
                if let Some(edit) = self.state.edits.remove(&name) {
                    self.state.edits.insert(id.clone(), edit);
                }
                if self.state.deletes.remove(&name).is_some() {
                    self.state.deletes.insert(id, result["revision"].as_i64());
                }
            }
            self.state.sending = None;
            self.save();
        }
        Ok(())
    }

    async fn push_edits(&mut self) -> Online<()> {
        while let Some((id, edit)) = self.state.edits.first_key_value() {
            let (id, edit) = (id.clone(), edit.clone());
            let mut is_over = true;
            if let Some(current) = self.state.activities.get(&id).cloned() {
                let notes = current["notes"].as_str().map(str::to_owned);
                if notes == edit.was {
                    let body = json!({"notes": edit.set});
                    let status = self.change(Method::PUT, &id, Some(&body)).await?;
                    is_over = status != 412;
                    if status == 200 {
                        self.deeds.applied.insert((name(&current), edit));
                    }
                } else if notes.as_ref() == Some(&edit.set) {
                    // This device's own edit, whose answer was lost.
                    self.deeds.applied.insert((name(&current), edit));
                }
            }
            if is_over {
                self.state.edits.remove(&id);
                self.save();
            }
        }
        Ok(())
    }

    async fn push_deletes(&mut self) -> Online<()> {
        while let Some((id, revision)) = self.state.deletes.first_key_value() {
            let (id, revision) = (id.clone(), *revision);
            let mut is_over = true;
            if let Some(current) = self.state.activities.get(&id).cloned()
                && current["revision"].as_i64() == revision
            {
                let status = self.change(Method::DELETE, &id, None).await?;
                is_over = status != 412;
                if status == 204 {
                    self.deeds.deleted.insert(name(&current));
                }
            }
            if is_over {
                self.state.deletes.remove(&id);
                self.save();
            }
        }
        Ok(())
    }

    /// Changes an activity at the revision that was seen. After a 412 it pulls first.
    async fn change(&mut self, method: Method, id: &str, body: Option<&Value>) -> Online<u16> {
        let tag = format!("\"{}\"", self.state.activities[id]["revision"]);
        let path = format!("/activities/{id}");
        let answer = self.send(method, &path, body, &[("if-match", &tag)]).await?;
        let status = answer.status.as_u16();
        assert!(matches!(status, 200 | 204 | 404 | 412), "{}", answer.text());
        if status == 412 {
            self.pull().await?;
        }
        Ok(status)
    }

    pub async fn pull(&mut self) -> Online<()> {
        loop {
            let since = self.state.since.as_ref().map(|since| format!("&since={since}"));
            let path = format!(
                "/activities/changes?limit=7&include=laps,sets,device_data{}",
                since.unwrap_or_default()
            );
            let answer = self.send(Method::GET, &path, None, &[]).await?;
            if answer.status == 410 {
                self.state.activities.clear();
                self.state.since = None;
                continue;
            }
            let page = answer.expect(200).json();
            for change in page["changes"].as_array().unwrap() {
                match change["activity"]["id"].as_str() {
                    Some(id) => {
                        self.state.activities.insert(id.to_owned(), change["activity"].clone());
                    }
                    None => drop(self.state.activities.remove(change["id"].as_str().unwrap())),
                }
            }
            self.state.since = page["next"].as_str().map(str::to_owned);
            self.save();
            if page["has_more"] == json!(false) {
                return Ok(());
            }
        }
    }
}
