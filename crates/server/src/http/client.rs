//! Where a request comes from: the address of the connection, or what a proxy that is trusted says of it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::HttpRequest;
use anyhow::{Context, bail};

/// Addresses that begin alike: `10.0.0.0/8`, or one alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// A list with commas: `127.0.0.1, 10.0.0.0/8`.
    pub fn parse_all(text: &str) -> anyhow::Result<Vec<Self>> {
        text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(Self::parse).collect()
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().with_context(|| format!("trusted_proxies: {text} is no address"))?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), str::parse).with_context(|| format!("trusted_proxies: {text}"))?;
        if prefix > longest {
            bail!("trusted_proxies: {text} has more than {longest} bits");
        }
        Ok(Self { address, prefix })
    }

    fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => (own.to_bits() ^ other.to_bits()).leading_zeros() >= self.prefix.into(),
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits() ^ other.to_bits()).leading_zeros() >= self.prefix.into(),
            _ => false,
        }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// The client's address, as limits count it.
pub fn address(request: &HttpRequest, trusted: &[Network]) -> IpAddr {
    let Some(peer) = request.peer_addr() else { return IpAddr::V6(Ipv6Addr::UNSPECIFIED) };
    let lines = request.headers().get_all("x-forwarded-for").filter_map(|line| line.to_str().ok());
    grouped(behind_proxies(peer.ip().to_canonical(), &lines.collect::<Vec<_>>(), trusted))
}

/// Each proxy adds on the right whom it heard from, so the list is read from there, as long as proxies that are trusted wrote it. What stands
/// further left may be made up.
fn behind_proxies(peer: IpAddr, lines: &[&str], trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    let mut client = peer;
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !is_trusted(client) {
            break;
        }
        let Some(before) = parse_hop(hop.trim()) else { break };
        client = before;
    }
    client
}

/// Some proxies write the port as well.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))?;
    Some(address.to_canonical())
}

/// A connection at home or a machine has a whole /64 of IPv6, and can come from any address of it.
fn grouped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nobody_is_trusted("203.0.113.7", &["198.51.100.1"], "", "203.0.113.7")]
    #[case::a_proxy("127.0.0.1", &["198.51.100.1"], "127.0.0.1", "198.51.100.1")]
    #[case::what_is_made_up_stands_further_left("127.0.0.1", &["1.1.1.1, 198.51.100.1"], "127.0.0.1", "198.51.100.1")]
    #[case::two_proxies("127.0.0.1", &["198.51.100.1", "10.1.2.3"], "127.0.0.1,10.0.0.0/8", "198.51.100.1")]
    #[case::nothing_said("127.0.0.1", &[], "127.0.0.1", "127.0.0.1")]
    #[case::nonsense("127.0.0.1", &["nobody"], "127.0.0.1", "127.0.0.1")]
    #[case::with_a_port("127.0.0.1", &["198.51.100.1:4711"], "127.0.0.1", "198.51.100.1")]
    #[case::one_connection("::1", &["[2001:db8:1:2:3::4]:4711"], "::1", "2001:db8:1:2::")]
    fn the_client_is_who_the_last_trusted_proxy_heard(
        #[case] peer: &str,
        #[case] lines: &[&str],
        #[case] trusted: &str,
        #[case] client: &str,
    ) {
        let trusted = Network::parse_all(trusted).expect("networks");
        let found = grouped(behind_proxies(peer.parse().expect("an address"), lines, &trusted));
        assert_eq!(found.to_string(), client);
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for wrong in ["proxy", "10.0.0.0/33", "10.0.0.0/x", "::1/129"] {
            assert!(Network::parse_all(wrong).is_err(), "{wrong}");
        }
    }
}
