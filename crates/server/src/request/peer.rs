//! Where a request came from: the socket's other end, or what a proxy that is trusted says is behind it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use axum::http::HeaderMap;

/// More hops than this are made up.
const MAX_HOPS: usize = 32;

/// The other end of the connection; put into each request by the accept loop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// A range of addresses: `10.0.0.0/8`, `fd00::/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    network: u128,
    mask: u128,
    v4: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CidrError(String);

impl fmt::Display for CidrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no range of addresses such as 10.0.0.0/8", self.0)
    }
}

impl std::error::Error for CidrError {}

fn bits(address: IpAddr) -> (u128, bool) {
    match address.to_canonical() {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), true),
        IpAddr::V6(v6) => (u128::from(v6), false),
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let wrong = || CidrError(text.to_owned());
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let (network, v4) = bits(address);
        let width = if v4 { 32 } else { 128 };
        let length: u32 = length.map_or(Ok(width), |length| length.parse().map_err(|_| wrong()))?;
        if length > width {
            return Err(wrong());
        }
        let all = if v4 { u128::from(u32::MAX) } else { u128::MAX };
        let mask = if length == 0 { 0 } else { all & (all << (width - length)) };
        Ok(Self { network: network & mask, mask, v4 })
    }
}

impl Cidr {
    pub fn contains(&self, address: IpAddr) -> bool {
        let (address, v4) = bits(address);
        v4 == self.v4 && address & self.mask == self.network
    }
}

/// Whom a request is from. `X-Forwarded-For` is read from its end, as far as each hop is trusted: what is before that
/// anybody may have written.
pub(crate) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Cidr]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|range| range.contains(address));
    let mut client = peer.to_canonical();
    if !is_trusted(client) {
        return client;
    }
    let told = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = told.flat_map(|line| line.split(',')).map(str::trim).collect();
    for hop in hops.iter().rev().take(MAX_HOPS) {
        let Ok(address) = hop.parse::<IpAddr>() else { break };
        client = address.to_canonical();
        if !is_trusted(client) {
            break;
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn forwarded(lines: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_static(line));
        }
        headers
    }

    #[test]
    fn ranges_hold_what_they_say() {
        for (range, inside, outside) in [
            ("10.0.0.0/8", "10.255.1.2", "11.0.0.1"),
            ("192.168.1.7", "192.168.1.7", "192.168.1.8"),
            ("fd00::/8", "fdff::1", "fe80::1"),
            ("0.0.0.0/0", "1.2.3.4", "::1"),
            ("10.1.2.3/16", "::ffff:10.1.9.9", "10.2.0.0"),
        ] {
            let range: Cidr = range.parse().expect("a range");
            assert!(range.contains(ip(inside)) && !range.contains(ip(outside)), "{range:?}");
        }
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/", "corp", "10.0.0.0/-1"] {
            assert!(wrong.parse::<Cidr>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_trusted_proxies_say_whom_they_speak_for() {
        let trusted: Vec<Cidr> = vec!["10.0.0.0/8".parse().expect("a range")];
        let told = |peer: &str, lines: &[&'static str]| client(ip(peer), &forwarded(lines), &trusted).to_string();
        assert_eq!(told("203.0.113.9", &["198.51.100.1"]), "203.0.113.9", "anybody may write it");
        assert_eq!(told("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(told("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"]), "198.51.100.1", "as far as it is trusted");
        assert_eq!(told("10.0.0.1", &["1.1.1.1", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(told("10.0.0.1", &["198.51.100.1, nonsense"]), "10.0.0.1");
        assert_eq!(told("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(told("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
    }
}
