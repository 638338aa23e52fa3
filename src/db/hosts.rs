//! The hosts of a URL, each with its own driver configuration.
//!
//! The driver can try several hosts itself, but its timeout covers only a part of each attempt. A
//! host that accepts a connection and then sends nothing would keep it from trying the next one.

use std::fmt;

use tokio_postgres::{
    Config,
    config::{Host as Address, SslMode, SslNegotiation, TargetSessionAttrs},
};

/// One server, with the login data.
#[derive(Clone)]
pub struct Host {
    pub driver: Config,
    /// The host name; the address if the URL has no name; the folder of a Unix socket.
    pub name: String,
    pub port: u16,
    /// TLS begins at once, without an `SSLRequest` (PostgreSQL 17 and newer).
    pub is_direct: bool,
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.port)
    }
}

impl Host {
    /// Also accepts a server that refuses writes.
    pub fn taking_any_session(mut self) -> Self {
        self.driver.target_session_attrs(TargetSessionAttrs::Any);
        self
    }
}

/// One for each host of `all`, in the same order. As in libpq, the URL has one port for all hosts
/// or one for each.
pub fn each_host(all: &Config) -> Result<Vec<Host>, &'static str> {
    let (names, addresses, ports) = (all.get_hosts(), all.get_hostaddrs(), all.get_ports());
    let count = names.len().max(addresses.len());
    if count == 0 {
        return Err("has no host");
    }
    let fits =
        |given: usize, may_be_one: bool| given == 0 || given == count || (may_be_one && given == 1);
    if !fits(names.len(), false) || !fits(addresses.len(), false) || !fits(ports.len(), true) {
        return Err("must have as many hosts as addresses or ports");
    }
    let is_direct = all.get_ssl_negotiation() == SslNegotiation::Direct;
    let hosts = (0..count).map(|number| {
        let mut driver = login(all);
        let port = *ports.get(number).or(ports.first()).unwrap_or(&5432);
        driver.port(port);
        let mut name = String::new();
        if let Some(address) = addresses.get(number) {
            driver.hostaddr(*address);
            name = address.to_string();
        }
        match names.get(number) {
            Some(Address::Tcp(host)) => {
                driver.host(host);
                name.clone_from(host);
            }
            Some(Address::Unix(path)) => {
                driver.host_path(path);
                name = path.display().to_string();
            }
            None => {}
        }
        Host { driver, name, port, is_direct }
    });
    Ok(hosts.collect())
}

/// A copy of `config` without hosts, and with the options that we set ourselves.
fn login(config: &Config) -> Config {
    let mut login = Config::new();
    if let Some(user) = config.get_user() {
        login.user(user);
    }
    if let Some(password) = config.get_password() {
        login.password(password);
    }
    if let Some(database) = config.get_dbname() {
        login.dbname(database);
    }
    if let Some(options) = config.get_options() {
        login.options(options);
    }
    login.application_name(config.get_application_name().unwrap_or("sports-log"));
    login.target_session_attrs(config.get_target_session_attrs());
    login.channel_binding(config.get_channel_binding());
    // The driver gets streams that are already encrypted, or that must stay unencrypted. So it must
    // not negotiate TLS itself.
    login.ssl_mode(SslMode::Require).ssl_negotiation(SslNegotiation::Direct);
    if let Some(silence) = config.get_tcp_user_timeout() {
        login.tcp_user_timeout(*silence);
    }
    login
}
