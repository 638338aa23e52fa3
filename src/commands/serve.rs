//! `serve` and `migrate`, for production.

use std::{net::SocketAddr, time::Duration};

use actix_rt::task::JoinHandle;

use super::{CommandError, CommandResult, healthcheck::local_url, stop::stop_signal, systemd};
use crate::{
    app::Application,
    config::{Config, Report, Source},
    db::{Connector, Inspection, migrations},
    telemetry,
};

/// Serves until SIGTERM or SIGINT.
pub fn serve(source: Source) -> CommandResult {
    let config = configured(source)?;
    let _log = telemetry::init_logging(&config.logging);
    actix_rt::System::new().block_on(async {
        let mut stop = std::pin::pin!(stop_signal()?);
        let application = tokio::select! {
            built = Application::build(&config) => built?,
            // Startup may be waiting for the database or a migration, so there is
            // nothing to shut down.
            () = &mut stop => return Ok(()),
        };
        systemd::ready(application.port());
        let address = SocketAddr::new(config.server.bind_addr.ip(), application.port());
        let watch = systemd::watch(&local_url(address));
        let stop = async {
            stop.await;
            watch.iter().for_each(JoinHandle::abort);
            systemd::stopping();
        };
        Ok(application.run_until_stopped(stop).await?)
    })
}

/// Applies pending migrations and prints them.
pub fn migrate(source: Source) -> CommandResult {
    let config = configured(source)?;
    let _log = telemetry::init_logging(&config.logging);
    actix_rt::System::new().block_on(async {
        let connector = Connector::new(&config.database)?;
        Inspection::of(&connector, Duration::ZERO).await?.fit()?;
        let applied = migrations::run(&connector, Duration::ZERO).await?;
        if applied.is_empty() {
            println!("The schema is up to date.");
        }
        for version in applied {
            println!("applied {version}");
        }
        Ok(())
    })
}

/// The configuration, or an error that lists all errors in it.
pub fn configured(source: Source) -> Result<Config, CommandError> {
    let (config, Report { faults, .. }) = Config::read(source);
    config.ok_or_else(|| {
        let faults: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
        format!(
            "the configuration is not valid:\n{}\nSee `sports-log check-config`. To use the \
             settings of `sports-log dev`, name its folder with --dir.",
            faults.join("\n")
        )
        .into()
    })
}
