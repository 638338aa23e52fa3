//! Invitations as users see them, and request bodies.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use url::form_urlencoded::Serializer;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    credentials::{EmailAddress, OneTimeToken},
    db::schema::invitations,
    error::ApiResult,
    validation::{Patch, Validator, whole_number},
};

const MAX_USES: i32 = 1000;
const MAX_DAYS: i32 = 90;
const DEFAULT_DAYS: i32 = 7;

/// Request body of `POST /me/invitations`.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewInvitation)]
pub struct NewInvitationBody {
    /// Only this address may register.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "email", max_length = 254, examples("bob@example.com"))]
    email: Patch<String>,
    /// How many people may register. Always 1 with `email`.
    #[serde(default)]
    #[schema(value_type = u32, minimum = 1, maximum = 1000, default = 1)]
    uses: Patch<Number>,
    #[serde(default)]
    #[schema(value_type = u32, minimum = 1, maximum = 90, default = 7)]
    expires_in_days: Patch<Number>,
}

/// A valid request for an invitation.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    pub email: Option<EmailAddress>,
    pub uses: i32,
    pub seconds: f64,
}

/// An invitation without its secret.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, Deserialize, ToSchema)]
#[diesel(table_name = invitations)]
pub struct Invitation {
    pub id: Uuid,
    #[schema(required)]
    pub email: Option<String>,
    /// How many people may register, including those who have.
    pub uses: i32,
    /// How many people have registered.
    pub used: i32,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    #[serde(skip)]
    pub user_id: Option<Uuid>,
}

/// A new invitation with its link, which is not shown again.
#[derive(Serialize, ToSchema)]
pub struct CreatedInvitation {
    #[serde(flatten)]
    pub details: Invitation,
    /// Opens the web client. The secret is its `token`, for `POST /auth/register`.
    #[schema(examples(
        "https://log.example.com/#/join?token=pXk3vE0cV1qkZ8mF2yB7tQ9wH4nJ6sLrA5uD1gC0eIo"
    ))]
    pub link: String,
}

/// Response body of `GET /me/invitations`.
#[derive(Serialize, ToSchema)]
pub struct Invitations {
    pub invitations: Vec<Invitation>,
    /// How many more people the user may invite. `null` for any number.
    #[schema(required, minimum = 0)]
    pub left: Option<i64>,
}

impl Invitation {
    /// Whether the operator made it, who is exempt from the rules for addresses.
    pub fn is_of_operator(&self) -> bool {
        self.user_id.is_none()
    }
}

impl NewInvitationBody {
    pub fn parse(self) -> ApiResult<NewInvitation> {
        let mut v = Validator::default();
        let email = v.nullable("email", self.email, |text| {
            text.parse::<EmailAddress>().map_err(|error| ("invalid_format", format!("{error}")))
        });
        let uses = v.not_null("uses", self.uses, |uses| whole_number(&uses, 1, MAX_USES));
        let days = v.not_null("expires_in_days", self.expires_in_days, |days| {
            whole_number(&days, 1, MAX_DAYS)
        });
        let email = email.into_option();
        let uses = uses.unwrap_or(1);
        if email.is_some() && uses > 1 {
            v.fault("uses", "out_of_range", "must be 1 for an invitation of one address");
        }
        v.finish()?;
        let seconds = f64::from(days.unwrap_or(DEFAULT_DAYS)) * 86_400.0;
        Ok(NewInvitation { email, uses, seconds })
    }
}

/// The link of an invitation. All of it that is secret or private is in the fragment.
pub fn link(base_url: &str, token: &OneTimeToken, email: Option<&str>) -> String {
    let mut fragment = Serializer::new(String::new());
    fragment.append_pair("token", &token.expose());
    if let Some(email) = email {
        fragment.append_pair("email", email);
    }
    format!("{base_url}/#/join?{}", fragment.finish())
}
