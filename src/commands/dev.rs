//! `dev`: the same server with its own PostgreSQL, and nothing to configure.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
};

use super::{CommandError, CommandResult, demo, serve::configured, stop::stop_signal};
use crate::{
    app::{Application, StartError},
    config::{Config, MailTransport, Source},
    dev::{Cluster, Durability, Home, names},
    telemetry,
};

/// Pages of this machine may use the API, whichever port a development server of theirs has.
const ORIGINS: &str = "http://localhost:*,http://127.0.0.1:*";

/// What `dev` is asked for.
pub struct Dev {
    /// The folder that everything is kept in.
    pub dir: Option<PathBuf>,
    /// The folder of PostgreSQL's programs; else where a distribution keeps them.
    pub postgres: Option<PathBuf>,
    /// Makes an account with two years of activities.
    pub demo: bool,
}

/// Serves until SIGTERM or SIGINT, then stops PostgreSQL, too.
pub fn dev(Dev { dir, postgres, demo }: Dev) -> CommandResult {
/// Serves until SIGTERM or SIGINT, then also stops PostgreSQL. Its programs are in the folder
/// `postgres`, or in the usual places.
pub fn dev(dir: Option<PathBuf>, postgres: Option<&Path>) -> CommandResult {
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
    let address = listener.local_addr()?;
    home.set_address(address)?;
    let mut defaults = home.settings()?;
    defaults.extend(names(address));
    defaults.push(("CORS_ALLOWED_ORIGINS", ORIGINS.to_owned()));
    let mut defaults = vec![
        ("JWT_SECRET", home.key("jwt_secret")?),
        ("SERVER_KEY", home.key("server_key")?),
        ("OAUTH_TOKEN_KEY", home.key("oauth_token_key")?),
        ("MAILBOX_DIR", home.mailbox_dir().display().to_string()),
        // Local only, because a development server shows its mails to anybody who can reach it.
        ("BIND_ADDR", "127.0.0.1:3000".to_owned()),
        ("APP_BASE_URL", "http://localhost:3000".to_owned()),
    ];
    defaults.extend(cluster.as_ref().map(|cluster| ("DATABASE_URL", cluster.url("sports_log"))));
    let config = configured(source.with_dev_defaults(defaults))?;
    let _log = telemetry::init_logging(&config.logging);
    let outcome = actix_rt::System::new().block_on(async {
        let mut stop = std::pin::pin!(stop_signal()?);
        let application = tokio::select! {
            built = Application::build_on(listener, &config) => built?,
            built = Application::build(&config) => built?,
            // Startup may be waiting for the database or a migration, so there is
            // nothing to shut down.
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

/// Not for the world: anybody who reaches it can read the mails of a development server.
fn listen(source: &Source) -> Result<TcpListener, CommandError> {
    let address = source.plain("BIND_ADDR").unwrap_or("127.0.0.1:3000");
    let address: SocketAddr = address.parse().map_err(|error| format!("BIND_ADDR: {error}"))?;
    TcpListener::bind(address).map_err(|error| StartError::Listen(error).into())
}

async fn fill(config: &Config, folder: &Path) -> CommandResult {
    let is_new = demo::fill(config, folder).await?;
    let progress = if is_new { " (its two years are being imported)" } else { "" };
    println!("  Demo     {} / {}{progress}\n", demo::EMAIL, demo::PASSWORD);
    Ok(())
}

fn print_summary(config: &Config, home: &Home) {
    let url = &config.server.base_url;
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
