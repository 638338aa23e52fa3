//! The addresses to which events may be posted: public addresses over HTTPS, and any address in
//! networks that the operator allows. Otherwise, anybody with an account could use this server to
//! probe its own network, or ports of other hosts.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::LazyLock,
};

use ipnet::IpNet;
use url::{Host, Url};

/// The IPv4 addresses that do not belong to ordinary hosts: all of IANA's registry of
/// special-purpose addresses (RFC 6890), and multicast.
const SPECIAL_V4: [&str; 19] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "255.255.255.255/32",
];

/// All IPv6 addresses that IANA assigns to hosts (RFC 4291, section 2.5.4). Addresses outside are
/// loopback, private, multicast, unassigned, or embed an IPv4 address: `::/96`, `::ffff:0:0:0/96`,
/// `64:ff9b::/96`, `64:ff9b:1::/48`, `100::/64`, `5f00::/16`, `fc00::/7`, `fe80::/10`, `ff00::/8`.
const UNICAST_V6: &str = "2000::/3";

/// Special addresses within [`UNICAST_V6`]: IETF protocols with Teredo and ORCHID, documentation,
/// 6to4, AS112, and the former 6bone.
const SPECIAL_V6: [&str; 6] =
    ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20"];

/// Names that never resolve to a public address: IANA's registry of special-use domain names (RFC
/// 6761), and `internal`, which is reserved for private use.
const SPECIAL_NAMES: [&str; 9] =
    ["alt", "example", "home.arpa", "internal", "invalid", "local", "localhost", "onion", "test"];

/// The HTTPS port, and the first port that is not reserved for system services.
const HTTPS: u16 = 443;
const FIRST_USER_PORT: u16 = 1024;

/// Whether an event may be posted to `address`, at this port and with or without TLS.
pub fn is_allowed(address: IpAddr, port: u16, is_tls: bool, allowed: &[IpNet]) -> bool {
    let address = address.to_canonical();
    let is_inside = allowed.iter().any(|network| network.contains(&address));
    is_inside || (is_fit_for_strangers(port, is_tls) && is_public(address))
}

/// Whether an event could be posted to `url`, depending on what its name resolves to.
pub fn can_be_reached(url: &Url, allowed: &[IpNet]) -> bool {
    let Some(port) = url.port_or_known_default().filter(|port| *port != 0) else { return false };
    let is_tls = url.scheme() == "https";
    match url.host() {
        Some(Host::Ipv4(address)) => is_allowed(address.into(), port, is_tls, allowed),
        Some(Host::Ipv6(address)) => is_allowed(address.into(), port, is_tls, allowed),
        // Whether it is in an allowed network is only known once the name is resolved.
        Some(Host::Domain(_)) if !allowed.is_empty() => true,
        Some(Host::Domain(name)) => is_fit_for_strangers(port, is_tls) && is_public_name(name),
        None => false,
    }
}

fn is_fit_for_strangers(port: u16, is_tls: bool) -> bool {
    is_tls && (port == HTTPS || port >= FIRST_USER_PORT)
}

fn is_public(address: IpAddr) -> bool {
    static SPECIAL: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
        SPECIAL_V4.iter().chain(&SPECIAL_V6).filter_map(|range| range.parse().ok()).collect()
    });
    static UNICAST: LazyLock<Option<IpNet>> = LazyLock::new(|| UNICAST_V6.parse().ok());
    let is_unicast = match address {
        IpAddr::V4(_) => address != IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => UNICAST.is_some_and(|range| range.contains(&address)),
    };
    is_unicast && !SPECIAL.iter().any(|range| range.contains(&address))
}

/// Names without a dot belong to a local network.
fn is_public_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_special = SPECIAL_NAMES.iter().any(|special| {
        name.strip_suffix(special).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    name.contains('.') && !is_special
}

/// The host of a receiver, for display and as a key of budgets.
pub fn host_of(url: &str) -> String {
    let url = url::Url::parse(url).ok();
    url.as_ref().and_then(url::Url::host_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inside_is_reached_under_any_name() {
        for range in SPECIAL_V4.iter().chain(&SPECIAL_V6).chain([&UNICAST_V6]) {
            assert!(range.parse::<IpNet>().is_ok(), "{range}");
        }
        for address in [
            "127.0.0.1",
            "127.255.255.255",
            "0.0.0.0",
            "10.1.2.3",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.170",
            "192.31.196.1",
            "192.52.193.1",
            "192.88.99.1",
            "192.175.48.1",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:127.0.0.1",
            "::ffff:0:10.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::7f00:1",
            "100::1",
            "100:0:0:1::1",
            "200::1",
            "5f00::1",
            "4000::1",
            "fe80::1",
            "fec0::1",
            "fd00::1",
            "ff02::1",
            "2001::7f00:1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2620:4f:8000::1",
            "3ffe::1",
            "3fff::1",
            "3fff:fff::1",
        ] {
            assert!(!is_allowed(address.parse().unwrap(), 443, true, &[]), "{address}");
        }
        for address in [
            "1.1.1.1",
            "93.184.216.34",
            "172.32.0.1",
            "2606:4700::1111",
            "2a00:1450::1",
            "3fff:1000::1",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_allowed(address.parse().unwrap(), 443, true, &[]), "{address}");
        }
        let allowed = ["192.168.7.0/24".parse().unwrap()];
        assert!(is_allowed("192.168.7.9".parse().unwrap(), 80, false, &allowed));
        assert!(is_allowed("::ffff:192.168.7.9".parse().unwrap(), 8123, false, &allowed));
        assert!(!is_allowed("192.168.8.9".parse().unwrap(), 443, true, &allowed));
        assert!(!is_allowed("1.1.1.1".parse().unwrap(), 443, false, &allowed));
        assert!(!is_allowed("1.1.1.1".parse().unwrap(), 25, true, &allowed));
    }

    #[test]
    fn an_address_that_can_never_be_reached_is_known_at_once() {
        let inside = ["192.168.7.0/24".parse().unwrap()];
        for (url, alone, with_networks) in [
            ("https://hooks.example.com/", true, true),
            ("https://hooks.example.com:8443/", true, true),
            ("https://hooks.example.com:1024/", true, true),
            ("https://hooks.example.com:1023/", false, true),
            ("https://hooks.example.com:22/", false, true),
            ("https://hooks.example.com:0/", false, false),
            ("http://hooks.example.com/", false, true),
            ("http://hooks.example.com:8080/", false, true),
            ("https://localhost/", false, true),
            ("https://LOCALHOST./", false, true),
            ("https://a.localhost/", false, true),
            ("https://nas/", false, true),
            ("https://nas.local:8443/", false, true),
            ("https://db.internal/", false, true),
            ("https://router.home.arpa/", false, true),
            ("https://mylocal.com/", true, true),
            ("https://1.1.1.1/", true, true),
            ("https://1.1.1.1:25/", false, false),
            ("http://1.1.1.1/", false, false),
            ("https://127.0.0.1/", false, false),
            ("https://0x7f.1/", false, false),
            ("https://2130706433/", false, false),
            ("https://127.0.0.1./", false, false),
            ("https://[::1]/", false, false),
            ("https://[::ffff:0:127.0.0.1]/", false, false),
            ("https://[::ffff:127.0.0.1]/", false, false),
            ("http://192.168.7.4:8123/", false, true),
            ("http://[::ffff:192.168.7.4]/", false, true),
            ("https://192.168.8.4/", false, false),
        ] {
            let parsed = Url::parse(url).unwrap();
            assert_eq!(can_be_reached(&parsed, &[]), alone, "{url}");
            assert_eq!(can_be_reached(&parsed, &inside), with_networks, "{url}");
        }
    }
}
