//! What may be posted where.

use std::path::PathBuf;

use ipnet::IpNet;

use super::{limits::Networks, source::Source, units::Count};

/// Webhooks of users.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// Networks that may be posted to although they are not public.
    pub allowed_networks: Vec<IpNet>,
    /// PEM file of a private certificate authority, besides the web's.
    pub root_cert: Option<PathBuf>,
    /// A webhook that has failed for so long is disabled.
    pub disable_after_hours: i32,
}

impl WebhookConfig {
    pub(super) fn read(s: &mut Source) -> Self {
        let hours = s.or("WEBHOOK_DISABLE_AFTER_HOURS", Count(120)).0;
        let allowed_networks = s.or("WEBHOOK_ALLOWED_NETWORKS", Networks(Vec::new())).0;
        let root_cert: Option<PathBuf> = s.optional("WEBHOOK_ROOT_CERT");
        if root_cert.as_ref().is_some_and(|file| std::fs::read(file).is_err()) {
            s.fault("WEBHOOK_ROOT_CERT", "cannot be read");
        }
        let disable_after_hours = i32::try_from(hours).unwrap_or(i32::MAX);
        Self { allowed_networks, root_cert, disable_after_hours }
    }
}
