//! Exchanges a code or a refresh token for tokens (RFC 6749, sections 4.1.3 and 6). The response is
//! read value by value: a lifetime that is text, or missing, is no reason to lose a grant.

use chrono::TimeDelta;
use oauth2::http::{Request, header};
use secrecy::{ExposeSecret, SecretString};

use super::{GarminFailure, Tokens, calls::PAUSE, token::token};
use crate::{
    config::GarminDeveloperConfig, db::clock, error::ApiError, integrations::fields::Fields,
    providers::Outbound,
};

/// Seconds for which an access token is valid if the response does not say,
/// and the accepted maximum.
const USUAL_LIFE: f64 = 86_400.0;
const LONGEST_LIFE: f64 = 90.0 * 86_400.0;

/// Exchanges the grant in `params` for tokens. If the response has no refresh
/// token, `before` stays valid.
pub async fn exchange(
    outbound: &Outbound,
    config: &GarminDeveloperConfig,
    params: &[(&str, &str)],
    before: Option<SecretString>,
) -> Result<Tokens, GarminFailure> {
    let client = &config.credentials;
    let own = [("client_id", &*client.id), ("client_secret", client.secret.expose_secret())];
    let form: Vec<_> = own.iter().chain(params).collect();
    let form = serde_urlencoded::to_string(form).map_err(ApiError::internal)?;
    let request = Request::post(&config.token_url)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(form.into_bytes())
        .map_err(ApiError::internal)?;
    let answer = outbound.call(request).await;
    let answer = answer.map_err(|error| GarminFailure::Unavailable(error.to_string()))?;
    let fields = str::from_utf8(answer.body()).ok().and_then(Fields::read);
    let error = fields.as_ref().and_then(|fields| fields.text("error"));
    match (answer.status().as_u16(), error.as_deref()) {
        (200..=299, None) => {
            read(&fields.ok_or_else(|| GarminFailure::Garbage("no JSON".into()))?, before)
        }
        (_, Some("invalid_grant")) => Err(GarminFailure::Refused),
        // The owner could not fix this by connecting again.
        (
            _,
            Some(error @ ("invalid_client" | "unauthorized_client" | "unsupported_grant_type")),
        ) => Err(GarminFailure::Unavailable(format!(
            "it does not accept this server as a partner: {error}"
        ))),
        (status @ (400 | 401 | 403 | 404), _) => Err(GarminFailure::Denied(status)),
        (429, _) => Err(GarminFailure::Throttled(PAUSE)),
        (status, _) => Err(GarminFailure::Unavailable(format!(
            "it responds with {status} to a request for a token"
        ))),
    }
}

fn read(fields: &Fields<'_>, before: Option<SecretString>) -> Result<Tokens, GarminFailure> {
    let access = token(&fields.text("access_token").unwrap_or_default())?;
    let credential = match before {
        Some(before) if !fields.has("refresh_token") => before,
        _ => token(&fields.text("refresh_token").unwrap_or_default())?,
    };
    let life = fields.number("expires_in").unwrap_or(USUAL_LIFE).clamp(0.0, LONGEST_LIFE);
    let expires_at = clock::now() + TimeDelta::seconds(life as i64);
    Ok(Tokens { access, expires_at, credential })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_read_however_they_are_written() {
        for (life, expected) in [
            ("3600", 3600),
            ("\"3600\"", 3600),
            ("3600.5", 3600),
            ("null", 86_400),
            ("\"soon\"", 86_400),
            ("{}", 86_400),
            ("-5", 0),
            ("1e300", 7_776_000),
        ] {
            let json = format!(r#"{{"access_token": "0123456789abcdef", "expires_in": {life}}}"#);
            let fields = Fields::read(&json).unwrap();
            let tokens = read(&fields, Some("before".into())).ok().unwrap();
            let seconds = (tokens.expires_at - clock::now()).num_seconds();
            assert!((expected - 2..=expected).contains(&seconds), "{life}: {seconds}");
            assert_eq!(tokens.credential.expose_secret(), "before");
            assert!(read(&fields, None).is_err());
        }
        for odd in [r#"{"access_token": null}"#, r#"{"access_token": "<html>maintenance</html>"}"#]
        {
            assert!(read(&Fields::read(odd).unwrap(), Some("before".into())).is_err(), "{odd}");
        }
        let odd = r#"{"access_token": "0123456789abcdef", "refresh_token": {}}"#;
        assert!(read(&Fields::read(odd).unwrap(), Some("before".into())).is_err());
    }
}
