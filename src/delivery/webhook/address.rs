//! Where events may be posted to: public addresses, and those that the operator allows. Otherwise anybody
//! with an account could have this server knock on doors inside its own network.

use std::{net::IpAddr, sync::LazyLock};

use ipnet::IpNet;

/// What is not globally reachable, or leads elsewhere: the IANA registries of special-purpose addresses
/// (RFC 6890), multicast, and IPv6 forms that embed an IPv4 address.
const NOT_PUBLIC: [&str; 26] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];

/// Whether events may be posted to `address`.
pub fn is_allowed(address: IpAddr, allowed: &[IpNet]) -> bool {
    static RANGES: LazyLock<Vec<IpNet>> =
        LazyLock::new(|| NOT_PUBLIC.iter().filter_map(|range| range.parse().ok()).collect());
    let address = address.to_canonical();
    let is_in = |ranges: &[IpNet]| ranges.iter().any(|range| range.contains(&address));
    is_in(allowed) || !is_in(&RANGES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inside_is_reached_under_any_name() {
        for range in NOT_PUBLIC {
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
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(!is_allowed(address.parse().unwrap(), &[]), "{address}");
        }
        for address in
            ["1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1"]
        {
            assert!(is_allowed(address.parse().unwrap(), &[]), "{address}");
        }
        let allowed = ["192.168.7.0/24".parse().unwrap()];
        assert!(is_allowed("192.168.7.9".parse().unwrap(), &allowed));
        assert!(!is_allowed("192.168.8.9".parse().unwrap(), &allowed));
    }
}
