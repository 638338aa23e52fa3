//! Linked providers as their owner sees them, and request bodies.

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

/// A provider account that is a login method.
#[derive(Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = oauth_connections)]
pub struct Connection {
    #[schema(value_type = Provider)]
    pub provider: String,
    /// The user's name at the provider.
    #[schema(required)]
    name: Option<String>,
    /// The user's email address at the provider. It is not an address of this account.
    #[schema(required)]
    email: Option<String>,
    #[serde(rename = "linked_at")]
    created_at: DateTime<Utc>,
}

/// Response body of `GET /me/connections`.
#[derive(Serialize, ToSchema)]
pub struct Connections {
    pub connections: Vec<Connection>,
    /// Providers that can be linked.
    pub available: Vec<Provider>,
}

/// Response body of `GET /me/connections/{provider}`: the provider's current answer.
#[derive(Serialize, ToSchema)]
#[schema(as = ConnectionCheck)]
pub struct ConnectionCheck {
    pub provider: Provider,
    /// Whether the provider still accepts the stored token.
    pub active: bool,
    #[schema(required)]
    pub name: Option<String>,
    #[schema(required)]
    pub email: Option<String>,
}

/// Response body of `POST /me/connections/{provider}`.
#[derive(Serialize, ToSchema)]
pub struct AuthorizationUrl {
    #[schema(format = "uri")]
    pub authorization_url: String,
}

/// Request body of `POST /me/connections/{provider}`.
#[derive(Deserialize, ToSchema)]
#[schema(as = LinkStart)]
pub struct StartBody {
    /// Where to redirect afterwards. Must be one of the URLs that the operator allows.
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
