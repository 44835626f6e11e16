//! An IP address as text that asks for no memory: a search writes out every pod's.

use std::fmt::{self, Write};
use std::net::IpAddr;

/// The longest text of an address, an IPv6 one that ends like an IPv4 one.
const LONGEST: usize = 45;

pub(super) struct AddressText {
    bytes: [u8; LONGEST],
    len: usize,
}

impl AddressText {
    pub(super) fn of(address: IpAddr) -> Self {
        let mut text = Self { bytes: [0; LONGEST], len: 0 };
        match address {
            IpAddr::V4(address) => text.push_octets(address.octets()),
            // Rarer, and not worth an algorithm of our own.
            IpAddr::V6(address) => write!(text, "{address}").unwrap_or_default(),
        }
        text
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }

    fn push_octets(&mut self, octets: [u8; 4]) {
        for (at, octet) in octets.into_iter().enumerate() {
            if at > 0 {
                self.push(b'.');
            }
            if octet >= 100 {
                self.push(b'0' + octet / 100);
            }
            if octet >= 10 {
                self.push(b'0' + octet / 10 % 10);
            }
            self.push(b'0' + octet % 10);
        }
    }

    fn push(&mut self, byte: u8) {
        self.bytes[self.len] = byte;
        self.len += 1;
    }
}

impl Write for AddressText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_what_the_address_calls_itself(four in any::<u32>(), six in any::<u128>()) {
            for address in [IpAddr::V4(Ipv4Addr::from_bits(four)), IpAddr::V6(Ipv6Addr::from_bits(six))] {
                let text = AddressText::of(address);
                prop_assert_eq!(text.as_str(), address.to_string());
            }
        }
    }

    #[test]
    fn the_longest_and_the_shortest_fit() {
        for text in ["0.0.0.0", "255.255.255.255", "::", "::ffff:255.255.255.255", "fe80::1:2:3:4"] {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(AddressText::of(address).as_str(), text);
        }
        let long = "1111:2222:3333:4444:5555:6666:7777:8888";
        assert_eq!(AddressText::of(long.parse().unwrap()).as_str(), long);
    }
}
