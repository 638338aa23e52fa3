//! Typed configuration: read once from the environment, checked at startup, never global.
//!
//! There is one file per topic. Nothing outside this module reads the environment.

mod database;
mod database_url;
mod delivery;
mod garmin;
mod hashing;
mod imports;
mod limits;
mod logging;
mod mail;
mod memory;
mod oauth;
mod registration;
mod secrets;
mod server;
mod sessions;
mod sms;
mod sms_limits;
mod source;
mod units;
mod webhooks;

pub use database::DatabaseConfig;
pub use database_url::{DatabaseUrl, SslMode};
pub use delivery::DeliveryConfig;
pub use garmin::{GarminConfig, GarminDeveloperConfig};
pub use hashing::{BYTES_OF_A_HASH, HashingConfig};
pub use imports::ImportConfig;
pub use limits::{LimitsConfig, Rate};
pub use logging::{LogFormat, LoggingConfig};
pub use mail::{MailConfig, MailTransport, SmtpConfig, SmtpTls};
pub use memory::MemoryConfig;
pub use oauth::{ClientCredentials, FacebookConfig, OAuthConfig, OidcConfig};
pub use registration::{RegistrationConfig, RegistrationMode};
pub use secrets::Secrets;
pub use server::ServerConfig;
pub use sessions::SessionConfig;
pub use sms::{SmsConfig, TwilioConfig, TwilioSender};
pub use sms_limits::{Countries, SmsLimits};
pub use source::{Fault, Origin, Setting, Source};
pub use webhooks::WebhookConfig;

/// All settings of the server.
#[derive(Clone, Debug)]
pub struct Config {
    pub server: ServerConfig,
    pub database: DatabaseConfig,
    pub secrets: Secrets,
    pub sessions: SessionConfig,
    pub oauth: OAuthConfig,
    pub registration: RegistrationConfig,
    pub garmin: GarminConfig,
    pub memory: MemoryConfig,
    pub hashing: HashingConfig,
    pub limits: LimitsConfig,
    pub mail: MailConfig,
    pub sms: SmsConfig,
    pub sms_limits: SmsLimits,
    pub webhooks: WebhookConfig,
    pub imports: ImportConfig,
    pub delivery: DeliveryConfig,
    pub logging: LoggingConfig,
}

/// The report of `check-config`: all settings and all errors.
#[derive(Debug)]
pub struct Report {
    pub settings: Vec<Setting>,
    pub faults: Vec<Fault>,
}

impl Config {
    /// A warning if the configuration does not restrict the countries of text messages.
    pub fn texts_go_anywhere(&self) -> Option<&'static str> {
        let is_open =
            matches!(self.sms, SmsConfig::Twilio(_)) && self.sms_limits.countries == Countries::All;
        is_open.then_some(
            "text messages can go to every country that the Twilio account permits; list the \
             countries of your users in SMS_COUNTRIES",
        )
    }

    /// Reads all settings. Returns a configuration only if there are no errors.
    pub fn read(mut source: Source) -> (Option<Self>, Report) {
        let s = &mut source;
        let server = ServerConfig::read(s);
        let database = DatabaseConfig::read(s);
        let secrets = Secrets::read(s);
        let sessions = SessionConfig::read(s);
        let oauth = OAuthConfig::read(s);
        let registration = RegistrationConfig::read(s);
        let garmin = GarminConfig::read(s, &oauth);
        let memory = MemoryConfig::read(s);
        let hashing = HashingConfig::read(s, memory);
        let limits = LimitsConfig::read(s);
        let mailbox = s.optional("MAILBOX_DIR");
        let mail = MailConfig::read(s, mailbox.clone());
        let sms = SmsConfig::read(s, mailbox);
        let sms_limits = SmsLimits::read(s);
        let webhooks = WebhookConfig::read(s);
        let imports = ImportConfig::read(s);
        let delivery = DeliveryConfig::read(s);
        let logging = LoggingConfig::read(s);
        let report = Report { settings: source.settings, faults: source.faults };
        let config = match (server, database, secrets, mail, sms) {
            (Some(server), Some(database), Some(secrets), Some(mail), Some(sms))
                if report.faults.is_empty() =>
            {
                Some(Self {
                    server,
                    database,
                    secrets,
                    sessions,
                    oauth,
                    registration,
                    garmin,
                    memory,
                    hashing,
                    limits,
                    mail,
                    sms,
                    sms_limits,
                    webhooks,
                    imports,
                    delivery,
                    logging,
                })
            }
            _ => None,
        };
        (config, report)
    }
}
