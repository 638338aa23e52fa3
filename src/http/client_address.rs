//! The address of a client, as far as it can be known.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

use actix_web::{HttpMessage, dev::ServiceRequest, http::header::HeaderName};
use ipnet::IpNet;

use crate::throttle::{Block, blocks, network};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Put into the request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address of the peer. If the peer is a trusted proxy, the last address in
    /// `X-Forwarded-For` that is not a trusted proxy. Earlier addresses could be forged.
    pub fn of(request: &ServiceRequest, trusted: &[IpNet]) -> Self {
        let peer = request.peer_addr().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip());
        let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
        let mut client = peer.to_canonical();
        if is_trusted(client) {
            let headers = request.headers().get_all(X_FORWARDED_FOR);
            let hops: Vec<&[u8]> =
                headers.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).collect();
            for hop in hops.into_iter().rev() {
                let Some(address) = address_of(hop) else { break };
                client = address.to_canonical();
                if !is_trusted(client) {
                    break;
                }
            }
        }
        Self(client)
    }

    /// The smallest block that a client has: an IPv4 address, or the first 64 bits
    /// of an IPv6 address.
    pub fn host(self) -> IpNet {
        network(self.0, if self.0.is_ipv4() { 32 } else { 64 })
    }

    /// The network that is stored with events. It gives the rough location, not the client.
    pub fn network(self) -> IpNet {
        network(self.0, if self.0.is_ipv4() { 24 } else { 48 })
    }

    /// The address blocks against which the client's attempts count.
    pub fn blocks(self) -> impl Iterator<Item = Block> + Clone {
        blocks(self.0)
    }

    /// Whether a peer in a private network sent `X-Forwarded-For` but is not trusted.
    /// It is probably a proxy that the operator has not configured, so all clients
    /// behind it count as one.
    pub fn hides_others(self, request: &ServiceRequest) -> bool {
        let is_inside = match self.0 {
            IpAddr::V4(address) => address.is_loopback() || address.is_private(),
            IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
        };
        is_inside && request.headers().contains_key(X_FORWARDED_FOR)
    }

    /// The address that `server::limits` determined.
    pub fn known(request: &actix_web::HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().copied()
    }
}

/// Parses an address, with or without a port.
fn address_of(hop: &[u8]) -> Option<IpAddr> {
    let hop = str::from_utf8(hop).ok()?.trim();
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    hop.trim_matches(['[', ']']).parse().ok().or_else(with_port)
}

/// In a form that a firewall can block: `203.0.113.5`, or `2001:db8:1:2::/64`.
impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => address.fmt(f),
            IpAddr::V6(_) => self.host().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_proxies_are_believed() {
        let trusted: Vec<IpNet> =
            ["10.0.0.0/8", "fd00::/8"].map(|text| text.parse().unwrap()).into();
        for (peer, forwarded, client) in [
            ("203.0.113.5:1", &[][..], "203.0.113.5"),
            ("203.0.113.5:1", &["198.51.100.1"], "203.0.113.5"),
            ("10.0.0.1:1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1:1", &["1.1.1.1, 198.51.100.1, 10.2.3.4"], "198.51.100.1"),
            ("10.0.0.1:1", &["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1:1", &["198.51.100.1, garbage"], "10.0.0.1"),
            ("10.0.0.1:1", &[], "10.0.0.1"),
            ("[fd00::1]:1", &["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
            ("[2001:db8:1:2:aaaa::9]:1", &[], "2001:db8:1:2::/64"),
            ("[::ffff:10.0.0.1]:1", &["::ffff:198.51.100.1"], "198.51.100.1"),
        ] {
            let mut request = TestRequest::default().peer_addr(peer.parse().unwrap());
            for value in forwarded {
                request = request.append_header(("x-forwarded-for", *value));
            }
            let found = ClientAddress::of(&request.to_srv_request(), &trusted);
            assert_eq!(found.to_string(), client, "{peer} {forwarded:?}");
        }
    }
}
