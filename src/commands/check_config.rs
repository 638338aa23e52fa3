//! `check-config`: what the server would use, and everything that is wrong with it.

use super::CommandResult;
use crate::{
    config::{Config, Report, Source},
    db::Connector,
};

/// Prints settings and faults; an error when there are any.
pub fn check_config() -> CommandResult {
    let (config, Report { settings, mut faults }) = Config::read(Source::from_environment());
    let names = settings.iter().map(|setting| setting.name.len()).max().unwrap_or_default();
    for setting in &settings {
        let value = if setting.value.is_empty() { "-" } else { &setting.value };
        println!("{:names$}  {value} ({})", setting.name, setting.origin);
    }
    // A certificate file that cannot be read is found only by reading it.
    let unusable = config.and_then(|config| Connector::new(&config.database).err());
    if let Some(error) = unusable {
        faults.push(crate::config::Fault { name: error.name, problem: error.problem });
    }
    if faults.is_empty() {
        println!("\nThe configuration can be used.");
        return Ok(());
    }
    println!();
    for fault in &faults {
        println!("fault: {fault}");
    }
    Err(format!("{} fault(s) in the configuration", faults.len()).into())
}
