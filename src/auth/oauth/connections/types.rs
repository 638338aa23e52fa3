//! Connections as their owner sees them, and what the endpoints take.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    auth::reauth::{Proof, ProofBody},
    db::schema::oauth_connections,
    error::ApiResult,
    providers::Provider,
    validation::{Patch, Validator},
};

/// An account at a provider that is a way in.
#[derive(Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = oauth_connections)]
pub struct Connection {
    #[schema(value_type = Provider)]
    pub provider: String,
    /// What the provider calls its owner.
    #[schema(required)]
    name: Option<String>,
    /// What the provider says is the owner's address; it is not one of the account.
    #[schema(required)]
    email: Option<String>,
    #[serde(rename = "linked_at")]
    created_at: DateTime<Utc>,
}

/// The answer of `GET /me/connections`.
#[derive(Serialize, ToSchema)]
pub struct Connections {
    pub connections: Vec<Connection>,
    /// What else could be linked.
    pub available: Vec<Provider>,
}

/// The answer of `GET /me/connections/{provider}`: as the provider sees it now.
#[derive(Serialize, ToSchema)]
#[schema(as = ConnectionLook)]
pub struct Look {
    pub provider: Provider,
    /// Whether the provider still lets us ask.
    pub active: bool,
    #[schema(required)]
    pub name: Option<String>,
    #[schema(required)]
    pub email: Option<String>,
}

/// The answer of `POST /me/connections/{provider}`.
#[derive(Serialize, ToSchema)]
pub struct AuthorizationUrl {
    #[schema(format = "uri")]
    pub authorization_url: String,
}

/// `POST /me/connections/{provider}`.
#[derive(Deserialize, ToSchema)]
#[schema(as = LinkStart)]
pub struct StartBody {
    /// One of the addresses that the operator allows.
    #[serde(default)]
    #[schema(value_type = String)]
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
