//! The providers for logins. A provider without credentials is not offered.

use secrecy::{ExposeSecret, SecretString};

use super::{
    secrets::key,
    source::Source,
    units::{Flag, HttpUrl, Names},
};

/// The credentials of this server at a provider.
#[derive(Clone, Debug)]
pub struct ClientCredentials {
    pub id: String,
    pub secret: SecretString,
}

/// An OpenID provider, described by its discovery document.
#[derive(Clone, Debug)]
pub struct OidcConfig {
    pub credentials: ClientCredentials,
    /// Without a trailing slash.
    pub issuer: String,
    /// Users in none of these groups may not log in. Empty if groups do not matter.
    pub allowed_groups: Vec<String>,
}

/// Facebook, which is not an OpenID provider.
#[derive(Clone, Debug)]
pub struct FacebookConfig {
    pub credentials: ClientCredentials,
    pub dialog_url: String,
    pub graph_url: String,
    /// Whether an address from Facebook counts as verified.
    pub trust_email: bool,
}

/// All providers, the URLs that logins may return to, and the keys that encrypt providers' tokens.
#[derive(Clone, Debug, Default)]
pub struct OAuthConfig {
    pub google: Option<OidcConfig>,
    pub facebook: Option<FacebookConfig>,
    pub oidc: Option<OidcConfig>,
    pub return_urls: Vec<String>,
    /// The current key, then the previous one.
    pub token_keys: Vec<SecretString>,
}

impl OAuthConfig {
    pub(super) fn read(s: &mut Source) -> Self {
        let google = credentials(s, "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET");
        let issuer = s.or("GOOGLE_ISSUER", HttpUrl("https://accounts.google.com".into())).0;
        let google = google.map(|credentials| OidcConfig {
            credentials,
            issuer,
            allowed_groups: Vec::new(),
        });

        let facebook = credentials(s, "FACEBOOK_CLIENT_ID", "FACEBOOK_CLIENT_SECRET");
        let dialog = HttpUrl("https://www.facebook.com/v23.0/dialog/oauth".into());
        let dialog_url = s.or("FACEBOOK_DIALOG_URL", dialog).0;
        let graph = HttpUrl("https://graph.facebook.com/v23.0".into());
        let graph_url = s.or("FACEBOOK_GRAPH_URL", graph).0;
        let trust_email = s.or("FACEBOOK_TRUST_EMAIL", Flag(false)).0;
        let facebook = facebook.map(|credentials| FacebookConfig {
            credentials,
            dialog_url,
            graph_url,
            trust_email,
        });

        let oidc = credentials(s, "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET");
        let issuer = s.optional::<HttpUrl>("OIDC_ISSUER");
        if oidc.is_some() != issuer.is_some() {
            s.fault("OIDC_ISSUER", "must be set together with OIDC_CLIENT_ID");
        }
        let Names(allowed_groups) = s.or("OIDC_ALLOWED_GROUPS", Names::default());
        let oidc = oidc.zip(issuer).map(|(credentials, HttpUrl(issuer))| OidcConfig {
            credentials,
            issuer,
            allowed_groups,
        });

        let is_offered = google.is_some() || facebook.is_some() || oidc.is_some();
        let return_urls = return_urls(s);
        let current = key(s, "OAUTH_TOKEN_KEY", is_offered);
        let previous = key(s, "OAUTH_TOKEN_KEY_PREVIOUS", false);
        let token_keys = current.into_iter().chain(previous).collect();
        Self { google, facebook, oidc, return_urls, token_keys }
    }
}

pub(super) fn credentials(
    s: &mut Source,
    id_name: &'static str,
    secret_name: &'static str,
) -> Option<ClientCredentials> {
    let id: Option<String> = s.optional(id_name);
    let secret = s.secret(secret_name).filter(|secret| !secret.expose_secret().is_empty());
    match (id, secret) {
        (Some(id), Some(secret)) => Some(ClientCredentials { id, secret }),
        (Some(_), None) => {
            s.fault(secret_name, format!("is missing, and {id_name} needs it"));
            None
        }
        (None, Some(_)) => {
            s.fault(secret_name, format!("needs {id_name} as well"));
            None
        }
        (None, None) => None,
    }
}

/// A comma-separated list of absolute URLs without a fragment. They are compared literally.
fn return_urls(s: &mut Source) -> Vec<String> {
    let listed: Option<String> = s.optional("OAUTH_RETURN_URLS");
    let listed = listed.unwrap_or_default();
    let urls = listed.split(',').map(str::trim).filter(|url| !url.is_empty());
    let urls: Vec<String> = urls.map(str::to_owned).collect();
    for text in &urls {
        let is_plain = text.chars().all(|c| !c.is_whitespace() && !c.is_control() && c != '#');
        if !is_plain || url::Url::parse(text).is_err() {
            s.fault(
                "OAUTH_RETURN_URLS",
                format!("{text:?} is not an absolute URL without a fragment"),
            );
        }
    }
    urls
}
