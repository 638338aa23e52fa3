//! Connections as their owner sees them, and what the endpoints take.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    auth::{
        oauth::Provider,
        reauth::{Proof, ProofBody},
    },
    db::schema::oauth_connections,
    error::ApiResult,
    http::{Patch, Validator},
};

/// An account at a provider that is a way in.
#[derive(Queryable, Selectable, Serialize)]
#[diesel(table_name = oauth_connections)]
pub struct Connection {
    pub provider: String,
    /// What the provider calls its owner.
    name: Option<String>,
    /// What the provider says is the owner's address; it is not one of the account.
    email: Option<String>,
    #[serde(rename = "linked_at")]
    created_at: DateTime<Utc>,
}

/// The answer of `GET /me/connections`.
#[derive(Serialize)]
pub struct Connections {
    pub connections: Vec<Connection>,
    /// What else could be linked.
    pub available: Vec<Provider>,
}

/// The answer of `GET /me/connections/{provider}`: as the provider sees it now.
#[derive(Serialize)]
pub struct Look {
    pub provider: Provider,
    /// Whether the provider still lets us ask.
    pub active: bool,
    pub name: Option<String>,
    pub email: Option<String>,
}

/// `POST /me/connections/{provider}`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct StartBody {
    return_to: Patch<String>,
    #[serde(flatten)]
    proof: ProofBody,
}

impl StartBody {
    pub fn parse(self) -> ApiResult<(Option<String>, Proof)> {
        let mut v = Validator::default();
        let return_to = v.not_null("return_to", self.return_to, Ok);
        let proof = self.proof.parse(&mut v);
        v.finish()?;
        Ok((return_to, proof))
    }
}
