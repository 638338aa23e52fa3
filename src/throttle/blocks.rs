//! Address blocks that are counted together.

use std::net::IpAddr;

use ipnet::IpNet;

/// An address block, and the factor by which its limit exceeds that of a single client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub network: IpNet,
    pub factor: i32,
}

/// The blocks against which an attempt from `address` counts, narrowest first. An IPv6 subscriber
/// has a /64, a /56 or a /48 (RFC 6177), and some providers divide one of those between customers.
/// So each wider block has twice the limit of the block within it.
pub fn blocks(address: IpAddr) -> impl Iterator<Item = Block> + Clone {
    let lengths: &[(u8, i32)] = match address {
        IpAddr::V4(_) => &[(32, 1)],
        IpAddr::V6(_) => &[(64, 1), (56, 2), (48, 4)],
    };
    lengths
        .iter()
        .map(move |(length, factor)| Block { network: network(address, *length), factor: *factor })
}

/// The network of `address` with a prefix of `length` bits, at most the length of an address.
pub fn network(address: IpAddr, length: u8) -> IpNet {
    IpNet::new(address, length).unwrap_or_else(|_| address.into()).trunc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_blocks_have_larger_budgets() {
        let found = |address: &str| -> Vec<(String, i32)> {
            let blocks = blocks(address.parse().unwrap());
            blocks.map(|block| (block.network.to_string(), block.factor)).collect()
        };
        assert_eq!(found("203.0.113.5"), [("203.0.113.5/32".to_owned(), 1)]);
        assert_eq!(
            found("2001:db8:1:1234:5::6"),
            [("2001:db8:1:1234::/64", 1), ("2001:db8:1:1200::/56", 2), ("2001:db8:1::/48", 4)]
                .map(|(network, factor)| (network.to_owned(), factor))
        );
    }
}
