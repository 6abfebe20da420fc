//! Clients and their loopback addresses.

use std::net::Ipv4Addr;

/// 127.64.0.0: far from what services are bound to. Twenty-two bits of clients follow.
const FIRST: u32 = 0x7F40_0000;
const LAST: u32 = 0x7F7F_FFFF;

/// The number of a client, by which it has an address of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seat(pub u32);

impl Seat {
    /// The address that belongs to the seat.
    pub fn address(self) -> Ipv4Addr {
        Ipv4Addr::from_bits(FIRST + 1 + self.0)
    }
}

/// Whose address it is.
pub fn seat_of(address: Ipv4Addr) -> Option<Seat> {
    let bits = address.to_bits();
    (FIRST + 1..=LAST).contains(&bits).then(|| Seat(bits - FIRST - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seat_has_an_address_of_its_own() {
        for seat in [0, 1, 254, 255, 65_535, 100_000] {
            assert!(Seat(seat).address().is_loopback());
            assert_eq!(seat_of(Seat(seat).address()), Some(Seat(seat)));
        }
    }

    #[test]
    fn the_server_sits_in_no_seat() {
        assert_eq!(seat_of(Ipv4Addr::LOCALHOST), None);
        assert_eq!(seat_of(Ipv4Addr::new(192, 0, 2, 1)), None);
    }
}
