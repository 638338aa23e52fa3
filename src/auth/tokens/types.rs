//! Tokens as their owner sees them, and request bodies.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Scope;
use crate::{
    auth::{
        local::display_name,
        reauth::{Proof, ProofBody},
    },
    error::ApiResult,
    validation::{Patch, Validator, whole_number},
};

const MAX_DAYS: i32 = 3650;

/// Request body of `POST /me/tokens`.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewToken)]
pub struct NewTokenBody {
    /// The token's name, chosen by its owner.
    #[serde(default)]
    #[schema(
        value_type = String, required, max_length = 100,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$",
        examples("watch upload")
    )]
    name: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Vec<Scope>, required, min_items = 1, examples(json!(["activities:write"])))]
    scopes: Patch<Vec<String>>,
    #[serde(default)]
    #[schema(value_type = u32, minimum = 1, maximum = 3650, default = 365)]
    expires_in_days: Patch<Number>,
    #[serde(flatten)]
    proof: ProofBody,
}

/// A valid request for a token.
#[derive(Clone)]
pub struct NewToken {
    pub name: String,
    pub scopes: BTreeSet<Scope>,
    pub days: u32,
}

/// A token without its secret.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PersonalToken {
    pub id: Uuid,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub created_at: DateTime<Utc>,
    /// Accurate to one minute. `null` if the token was never used.
    #[schema(required)]
    pub last_used_at: Option<DateTime<Utc>>,
    pub expires_at: DateTime<Utc>,
}

/// A new token with its secret, which is not shown again.
#[derive(Serialize, ToSchema)]
pub struct CreatedToken {
    #[serde(flatten)]
    pub details: PersonalToken,
    #[schema(examples("slog_pXk3vE0cV1qkZ8mF2yB7tQ9wH4nJ6sLrA5uD1gC0eIo"))]
    pub token: String,
}

/// Response body of `GET /me/tokens`.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonalTokens)]
pub struct Tokens {
    pub tokens: Vec<PersonalToken>,
}

impl NewTokenBody {
    pub fn parse(self) -> ApiResult<(NewToken, Proof)> {
        let mut v = Validator::default();
        let name = v.required("name", self.name, display_name);
        let scopes = v.required("scopes", self.scopes, |texts| {
            let scopes = texts.iter().map(|text| text.parse::<Scope>()).collect::<Result<_, _>>();
            let scopes: BTreeSet<Scope> =
                scopes.map_err(|expected: &str| ("invalid_value", expected.to_owned()))?;
            if scopes.is_empty() {
                Err(("too_short", "must not be empty".into()))
            } else {
                Ok(scopes)
            }
        });
        let days = v.not_null("expires_in_days", self.expires_in_days, |days| {
            whole_number(&days, 1, MAX_DAYS).map(i32::unsigned_abs)
        });
        let proof = self.proof.parse(&mut v);
        let (name, scopes) = v.finish_with(name.zip(scopes))?;
        Ok((NewToken { name, scopes, days: days.unwrap_or(365) }, proof))
    }
}
