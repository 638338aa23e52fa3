//! `dev`: the same server with its own PostgreSQL, and nothing to configure.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
};

use super::{CommandError, CommandResult, demo, serve::configured, stop::stop_signal};
use crate::{
    app::{Application, StartError},
    config::{Config, MailTransport, Source},
    dev::{Cluster, Durability, Home},
    telemetry,
};

/// Origins allowed by default: pages that other development servers of this machine serve.
const ORIGINS: &str = "http://localhost:*,http://127.0.0.1:*";

/// The options of `dev`.
pub struct Dev {
    /// The folder for data, keys and mails.
    pub dir: Option<PathBuf>,
    /// The folder of the PostgreSQL programs, if not in one of the usual places.
    pub postgres: Option<PathBuf>,
    /// Creates an account with two years of activities.
    pub demo: bool,
}

/// Serves until SIGTERM or SIGINT, then also stops PostgreSQL.
pub fn dev(Dev { dir, postgres, demo }: Dev) -> CommandResult {
    let source = Source::from_environment();
    let home = Home::open(dir, &source)?;
    let listener = listen(&source)?;
    let cluster = match source.plain("DATABASE_URL") {
        Some(_) => None,
        None => {
            println!("Starting PostgreSQL in {} …", home.cluster_dir().display());
            Some(Cluster::start(&home.cluster_dir(), postgres.as_deref(), Durability::Safe)?)
        }
    };
    home.set_address(listener.local_addr()?)?;
    let mut defaults = home.settings()?;
    defaults.push(("CORS_ALLOWED_ORIGINS", ORIGINS.to_owned()));
    defaults.push(("REGISTRATION", "open".to_owned()));
    // Without a mail server, mails go to a folder, and a developer asks for many.
    if source.plain("SMTP_HOST").is_none() {
        let limits = ["MESSAGE_LIMIT_RECIPIENT", "MESSAGE_LIMIT_RECIPIENT_DAY"];
        defaults.extend(limits.map(|name| (name, "off".to_owned())));
    }
    let config = configured(source.with_dev_defaults(defaults))?;
    let _log = telemetry::init_logging(&config.logging);
    let outcome = actix_rt::System::new().block_on(async {
        let mut stop = std::pin::pin!(stop_signal()?);
        let application = tokio::select! {
            built = Application::build_on(listener, &config) => built?,
            // Startup may be waiting for the database or a migration, so there is nothing to
            // shut down.
            () = &mut stop => return Ok(()),
        };
        print_summary(&config, &home);
        if demo {
            fill(&config, &home.dir().join("demo")).await?;
        }
        Ok(application.run_until_stopped(stop).await?)
    });
    if let Some(cluster) = cluster {
        cluster.stop()?;
    }
    outcome
}

/// Binds the address. Local by default, because a development server shows its mails to anybody who
/// can reach it.
fn listen(source: &Source) -> Result<TcpListener, CommandError> {
    let address = source.plain("BIND_ADDR").unwrap_or("127.0.0.1:3000");
    let address: SocketAddr = address.parse().map_err(|error| format!("BIND_ADDR: {error}"))?;
    TcpListener::bind(address).map_err(|error| StartError::Listen(error).into())
}

async fn fill(config: &Config, folder: &Path) -> CommandResult {
    let is_new = demo::fill(config, folder).await?;
    let progress = if is_new { " (two years of activities are being imported)" } else { "" };
    println!("  Demo     {} / {}{progress}\n", demo::EMAIL, demo::PASSWORD);
    Ok(())
}

fn print_summary(config: &Config, home: &Home) {
    let url = &config.server.base_url;
    let mails = match &config.mail.transport {
        MailTransport::Mailbox(folder) => {
            format!("{} (links are also in the log)", folder.display())
        }
        MailTransport::Smtp(smtp) => format!("sent through {}:{}", smtp.host, smtp.port),
        MailTransport::Unavailable => "not sent".to_owned(),
    };
    let web = if config.server.web_client { " (in a browser: the web client)" } else { "" };
    println!(
        "
  sports-log is ready

    API      {url}{web}
    Docs     {url}/docs
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
