//! The hosts that a URL names, each with a driver's configuration of its own.
//!
//! The driver can try several by itself, but bounds only a part of each attempt: one that accepts a connection
//! and says nothing would keep us from the next.

use std::fmt;

use tokio_postgres::{
    Config,
    config::{Host as Address, SslMode, SslNegotiation, TargetSessionAttrs},
};

/// One server, and how to log in there.
#[derive(Clone)]
pub struct Host {
    pub driver: Config,
    /// The name, or the address if that is all that the URL has; the folder of a Unix socket.
    pub name: String,
    pub port: u16,
    /// TLS begins at once, without asking for it (PostgreSQL 17 and newer).
    pub is_direct: bool,
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.port)
    }
}

impl Host {
    /// The same, whether or not it takes writes.
    pub fn taking_any_session(mut self) -> Self {
        self.driver.target_session_attrs(TargetSessionAttrs::Any);
        self
    }
}

/// One for each host of `all`, in their order. As in libpq, a port may be given for each or for all.
pub fn each_host(all: &Config) -> Result<Vec<Host>, &'static str> {
    let (names, addresses, ports) = (all.get_hosts(), all.get_hostaddrs(), all.get_ports());
    let count = names.len().max(addresses.len());
    if count == 0 {
        return Err("names no host");
    }
    let fits =
        |given: usize, may_be_one: bool| given == 0 || given == count || (may_be_one && given == 1);
    if !fits(names.len(), false) || !fits(addresses.len(), false) || !fits(ports.len(), true) {
        return Err("names not as many hosts as addresses or ports");
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

/// All of `config` but its hosts, and what we set ourselves.
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
    // The driver is handed streams that are encrypted already, or shall not be: it has nothing to ask for.
    login.ssl_mode(SslMode::Require).ssl_negotiation(SslNegotiation::Direct);
    if let Some(silence) = config.get_tcp_user_timeout() {
        login.tcp_user_timeout(*silence);
    }
    login
}
