//! Limits of webhooks.

use std::path::{Path, PathBuf};

use ipnet::IpNet;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::{limits::Networks, source::Source, units::Count};

/// Webhooks of users.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// Networks to which events may be posted although they are not public.
    pub allowed_networks: Vec<IpNet>,
    /// PEM file of a private certificate authority, in addition to the public ones.
    pub root_cert: Option<PathBuf>,
    /// A webhook whose deliveries have failed for this long is disabled.
    pub disable_after_hours: i32,
    /// Posts of one user per day (UTC), including retries.
    pub daily_posts: i32,
    /// Posts of all users to one host per day (UTC).
    pub daily_posts_to_host: i32,
}

impl WebhookConfig {
    pub(super) fn read(s: &mut Source) -> Self {
        let hours = s.or("WEBHOOK_DISABLE_AFTER_HOURS", Count(120)).0;
        let allowed_networks = s.or("WEBHOOK_ALLOWED_NETWORKS", Networks(Vec::new())).0;
        let root_cert: Option<PathBuf> = s.optional("WEBHOOK_ROOT_CERT");
        if let Some(problem) = root_cert.as_deref().and_then(|file| unusable(file).err()) {
            s.fault("WEBHOOK_ROOT_CERT", problem);
        }
        let number = |count| i32::try_from(count).unwrap_or(i32::MAX);
        Self {
            allowed_networks,
            root_cert,
            disable_after_hours: number(hours),
            daily_posts: number(s.or("WEBHOOK_DAILY_POSTS", Count(1000)).0),
            daily_posts_to_host: number(s.or("WEBHOOK_DAILY_POSTS_TO_HOST", Count(5000)).0),
        }
    }
}

/// Why the certificates of the file cannot be trusted. Checked at startup, not with
/// the first message.
fn unusable(file: &Path) -> Result<(), String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| error.to_string())? {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    if roots.is_empty() { Err("has no certificate in PEM form".into()) } else { Ok(()) }
}
