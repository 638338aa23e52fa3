//! Who may create an account.

use diesel_async::AsyncPgConnection;

use super::{store, types::Invitation};
use crate::{
    config::{RegistrationConfig, RegistrationMode},
    credentials::EmailAddress,
    error::{ApiError, ApiResult, ErrorCode},
    providers::Provider,
    state::AppState,
};

/// Whether a stranger with this address may register.
pub fn is_open_to(policy: &RegistrationConfig, email: &EmailAddress) -> bool {
    policy.mode == RegistrationMode::Open && policy.allows_domain(email.domain())
}

/// The invitation for this address that lets it register, if there is one. Its owner need not have
/// the link: verifying the address proves as much.
pub async fn of_address(
    shared: &AppState,
    conn: &AsyncPgConnection,
    email: &EmailAddress,
) -> ApiResult<Option<Invitation>> {
    let is_allowed = shared.registration.allows_domain(email.domain());
    let found = store::find_for(conn, email).await?;
    Ok(found.filter(|invitation| invitation.is_of_operator() || is_allowed))
}

/// Requires that the first login through `provider` may create an account with the address that the
/// provider has verified, if there is one. Returns the invitation that it needs for this. 403 says
/// why not: only the owner of the account at the provider learns it.
pub async fn require_admission(
    shared: &AppState,
    conn: &AsyncPgConnection,
    provider: Provider,
    email: Option<&EmailAddress>,
) -> ApiResult<Option<Invitation>> {
    let policy = &shared.registration;
    if let Some(email) = email
        && let Some(invitation) = of_address(shared, conn, email).await?
    {
        return Ok(Some(invitation));
    }
    let own_rule = policy.oidc_auto_register.filter(|_| provider == Provider::Oidc);
    match (own_rule, policy.mode) {
        (Some(true), _) | (None, RegistrationMode::Open) => {}
        (None, RegistrationMode::Invited) => {
            let message = "only people with an invitation can create an account on this server";
            return Err(ApiError::new(ErrorCode::InvitationRequired, message));
        }
        (Some(false), _) | (None, RegistrationMode::Closed) => {
            let message = "this server does not create new accounts; ask its operator for one";
            return Err(ApiError::new(ErrorCode::RegistrationClosed, message));
        }
    }
    require_domain(policy, email).map(|()| None)
}

/// 403 `address_not_allowed` unless the address is in an allowed domain.
pub fn require_domain(policy: &RegistrationConfig, email: Option<&EmailAddress>) -> ApiResult<()> {
    if policy.allows_domain(email.map(EmailAddress::domain).unwrap_or_default()) {
        return Ok(());
    }
    let message = "addresses like this cannot create an account on this server";
    Err(ApiError::new(ErrorCode::AddressNotAllowed, message))
}
