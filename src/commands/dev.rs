//! `dev`: the same server with everything it needs beside it, and nothing to configure.

use std::path::{Path, PathBuf};

use super::{CommandResult, serve::configured, stop::stop_signal};
use crate::{
    app::Application,
    config::{Config, MailTransport, Source},
    dev::{Cluster, Durability, Home},
    telemetry,
};

/// Serves until SIGTERM or SIGINT, then stops PostgreSQL too, whose programs are in the folder `postgres` or
/// where a distribution keeps them.
pub fn dev(dir: Option<PathBuf>, postgres: Option<&Path>) -> CommandResult {
    let source = Source::from_environment();
    let home = Home::open(dir, &source)?;
    let cluster = match source.plain("DATABASE_URL") {
        Some(_) => None,
        None => {
            println!("Starting PostgreSQL in {} …", home.cluster_dir().display());
            Some(Cluster::start(&home.cluster_dir(), postgres, Durability::Safe)?)
        }
    };
    let mut defaults = vec![
        ("JWT_SECRET", home.key("jwt_secret")?),
        ("SERVER_KEY", home.key("server_key")?),
        ("OAUTH_TOKEN_KEY", home.key("oauth_token_key")?),
        ("MAILBOX_DIR", home.mailbox_dir().display().to_string()),
        // Not for the world: anybody who reaches it can read the mails of a development server.
        ("BIND_ADDR", "127.0.0.1:3000".to_owned()),
        ("APP_BASE_URL", "http://localhost:3000".to_owned()),
    ];
    defaults.extend(cluster.as_ref().map(|cluster| ("DATABASE_URL", cluster.url("sports_log"))));
    let config = configured(source.with_dev_defaults(defaults))?;
    let _log = telemetry::init_logging(&config.logging);
    let outcome = actix_rt::System::new().block_on(async {
        let mut stop = std::pin::pin!(stop_signal()?);
        let application = tokio::select! {
            built = Application::build(&config) => built?,
            // Nothing has begun: a start may wait for its database, or for a migration.
            () = &mut stop => return Ok(()),
        };
        print_summary(&config, application.port(), &home);
        Ok(application.run_until_stopped(stop).await?)
    });
    if let Some(cluster) = cluster {
        cluster.stop()?;
    }
    outcome
}

fn print_summary(config: &Config, port: u16, home: &Home) {
    let url = format!("http://localhost:{port}");
    let mails = match &config.mail.transport {
        MailTransport::Mailbox(folder) => {
            format!("{} (links are in the log, too)", folder.display())
        }
        MailTransport::Smtp(smtp) => format!("sent through {}:{}", smtp.host, smtp.port),
        MailTransport::Unavailable => "not sent".to_owned(),
    };
    println!(
        "
  sports-log is ready

    API      {url}
    Metrics  {url}/metrics
    Data     {}
    Mails    {mails}

  Register, then open the link from the log:

    curl {url}/auth/register -H 'Content-Type: application/json' \\
      -d '{{\"email\": \"you@example.com\", \"password\": \"seven silver swans\"}}'

  Ctrl-C stops everything.
",
        home.dir().display()
    );
}
