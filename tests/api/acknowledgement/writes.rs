//! Each kind of write, and the condition that its acknowledgement promises.

use std::fmt;

use actix_web::http::Method;
use base64::{Engine, engine::general_purpose::STANDARD};
use diesel::{QueryableByName, sql_types::Bool};
use diesel_async::AsyncPgConnection;
use serde_json::{Value, json};
use sports_log::db::FetchOne;

use crate::support::{Answer, PASSWORD, TestApp, User, until};

/// The kinds of writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Create,
    Update,
    Delete,
    Batch,
    Preferences,
    Register,
    Refresh,
    Token,
    Import,
    Goal,
    Share,
    Webhook,
}

impl Kind {
    pub const ALL: [Self; 12] = [
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Batch,
        Self::Preferences,
        Self::Register,
        Self::Refresh,
        Self::Token,
        Self::Import,
        Self::Goal,
        Self::Share,
        Self::Webhook,
    ];
}

/// The size of a write, where its kind leaves a choice. A large row exceeds the 8 KiB of
/// PostgreSQL's send buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    Small,
    Large,
}

impl Size {
    /// Random bytes, which do not compress.
    fn noise(self, bytes: usize) -> Vec<u8> {
        let mut noise = vec![0; if self == Self::Small { 4 } else { bytes }];
        rand::fill(&mut noise[..]);
        noise
    }

    fn text(self, bytes: usize) -> String {
        STANDARD.encode(self.noise(bytes * 3 / 4))
    }

    fn activity(self) -> Value {
        let notes = "走".repeat(if self == Self::Small { 1 } else { 10_000 });
        json!({
            "activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60,
            "notes": notes, "device_data": {"raw": self.text(60_000)}
        })
    }
}

/// An SQL condition that an acknowledgement promises.
#[derive(Clone)]
pub struct Fact {
    kind: Kind,
    condition: String,
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.condition)
    }
}

impl Fact {
    pub async fn holds(&self, conn: &mut AsyncPgConnection) -> bool {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Bool)]
            holds: bool,
        }
        let query = format!("SELECT coalesce(({}), false) AS holds", self.condition);
        diesel::sql_query(query).fetch_one::<Row>(conn).await.unwrap().holds
    }
}

/// Makes writes of one kind, one after the other, for its own user.
pub struct Writer<'a> {
    app: &'a TestApp,
    kind: Kind,
    user: User,
    /// The path of the activity that updates change.
    activity: String,
    /// How many writes were attempted.
    tried: usize,
    /// How many token refreshes were acknowledged.
    refreshed: usize,
}

impl<'a> Writer<'a> {
    pub async fn new(app: &'a TestApp, kind: Kind) -> Self {
        let user = app.user(&format!("{kind:?}@example.com").to_lowercase()).await;
        let mut created = app.post_as(&user, "/activities", &Size::Large.activity()).await;
        // With all writers at once, no connection may be free on a busy machine.
        until("an activity to change is created", async || {
            if created.status == 503 {
                created = app.post_as(&user, "/activities", &Size::Large.activity()).await;
            }
            created.status != 503
        })
        .await;
        let created = created.expect(201);
        let activity = created.header("location").to_owned();
        Self { app, kind, user, activity, tried: 0, refreshed: 0 }
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Writes once. Returns the condition that holds from now on, if the write was acknowledged.
    pub async fn write(&mut self, size: Size) -> Option<Fact> {
        self.tried += 1;
        let (app, user, tried) = (self.app, &self.user, self.tried);
        let condition = match self.kind {
            Kind::Create => {
                let id = id(&self.post("/activities", &size.activity(), 201).await?);
                format!("EXISTS (SELECT FROM activities WHERE id = '{id}')")
            }
            Kind::Update => {
                let mut body = json!({"calories": tried, "title": "changed"});
                if size == Size::Large {
                    body["device_data"] = json!({"raw": size.text(60_000)});
                }
                acknowledged(app.put_as(user, &self.activity, &body).await, 200)?;
                let id = self.activity.rsplit('/').next().unwrap();
                // `>=`: a later write may be committed without having been acknowledged.
                format!("(SELECT calories >= {tried} FROM activities WHERE id = '{id}')")
            }
            Kind::Delete => {
                let created = self.post("/activities", &size.activity(), 201).await?;
                let path = created.header("location");
                acknowledged(app.request(user, Method::DELETE, path, None).await, 204)?;
                format!("NOT EXISTS (SELECT FROM activities WHERE id = '{}')", id(&created))
            }
            Kind::Batch => {
                let body =
                    json!({"activities": [size.activity(), size.activity(), size.activity()]});
                let answer = self.post("/activities/batch", &body, 200).await?.json();
                let results = answer["results"].as_array().unwrap().iter();
                let ids: Vec<_> = results.map(|result| result["id"].as_str().unwrap()).collect();
                let ids = ids.join("', '");
                format!("(SELECT count(*) = 3 FROM activities WHERE id IN ('{ids}'))")
            }
            Kind::Preferences => {
                let body = json!({"tried": tried, "noise": size.text(14_000)});
                acknowledged(app.put_as(user, "/me/preferences", &body).await, 200)?;
                let of = format!("FROM profiles WHERE user_id = '{}'", user.id);
                format!("(SELECT (preferences->>'tried')::int >= {tried} {of})")
            }
            Kind::Register => {
                let email = format!("registers{tried}@example.com");
                let body = json!({"email": email, "password": PASSWORD});
                acknowledged(app.post("/auth/register", &body).await, 202)?;
                let to = format!("JOIN users u ON u.id = o.user_id WHERE u.email = '{email}'");
                format!("EXISTS (SELECT FROM outbox o {to})")
            }
            Kind::Refresh => {
                let body = json!({"refresh_token": user.refresh_token});
                let answer = acknowledged(app.post("/auth/refresh", &body).await, 200)?;
                self.user = User::of(&answer);
                self.refreshed += 1;
                let (id, times) = (&self.user.id, self.refreshed);
                format!("(SELECT generation >= {times} FROM sessions WHERE user_id = '{id}')")
            }
            Kind::Token => {
                let body =
                    json!({"name": "watch", "scopes": ["activities:read"], "password": PASSWORD});
                self.made_in("personal_tokens", self.post("/me/tokens", &body, 201).await?)
            }
            Kind::Import => {
                let authorization = format!("Bearer {}", user.token);
                let headers = [
                    ("authorization", authorization.as_str()),
                    ("content-type", "application/octet-stream"),
                ];
                let content = size.noise(1_200_000);
                let sent = app.send(Method::POST, "/imports?name=a.bin", &headers, Some(content));
                let id = id(&acknowledged(sent.await, 202)?);
                let chunks = format!("FROM import_chunks WHERE import_id = '{id}'");
                // Chunks are kept until the import has read them.
                format!(
                    "(SELECT finished_at IS NOT NULL OR bytes = (SELECT sum(length(data)) {chunks})
                      FROM imports WHERE id = '{id}')"
                )
            }
            Kind::Goal => {
                let body = json!({"metric": "distance", "period": "week", "target": tried});
                self.made_in("goals", self.post("/me/goals", &body, 201).await?)
            }
            Kind::Share => {
                let body = json!({"picture": "weekly", "weeks": 8});
                self.made_in("shares", self.post("/shares", &body, 201).await?)
            }
            Kind::Webhook => {
                let body =
                    json!({"url": format!("https://example.com/{tried}{}", size.text(1_000))});
                self.made_in("webhooks", self.post("/me/webhooks", &body, 201).await?)
            }
        };
        Some(Fact { kind: self.kind, condition })
    }

    async fn post(&self, path: &str, body: &Value, status: u16) -> Option<Answer> {
        acknowledged(self.app.post_as(&self.user, path, body).await, status)
    }

    fn made_in(&self, table: &str, answer: Answer) -> String {
        format!("EXISTS (SELECT FROM {table} WHERE id = '{}')", id(&answer))
    }
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// Returns the answer if it acknowledges the write, and `None` if the database was gone or the user
/// has reached a limit. Panics on any other answer.
fn acknowledged(answer: Answer, status: u16) -> Option<Answer> {
    match answer.status.as_u16() {
        409 | 429 => None,
        503 => {
            answer.expect_error(503, "database_unavailable");
            None
        }
        _ => Some(answer.expect(status)),
    }
}
