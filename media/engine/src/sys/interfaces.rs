//! The addresses of this machine.

use std::net::IpAddr;

use socket2::{SockAddr, SockAddrStorage};

/// The addresses of all interfaces that are up, those for everybody first, loopback last; IPv6 link-local ones are left out.
pub(crate) fn interface_addresses() -> Vec<IpAddr> {
    let mut addresses = listed();
    addresses.sort_by_key(|address| (address.is_loopback(), address.is_ipv6()));
    addresses.dedup();
    addresses
}

fn listed() -> Vec<IpAddr> {
    let mut first: *mut libc::ifaddrs = std::ptr::null_mut();
    // SAFETY: `first` is a valid place to write to.
    if unsafe { libc::getifaddrs(&raw mut first) } != 0 {
        return Vec::new();
    }
    let mut addresses = Vec::new();
    let mut next = first;
    while !next.is_null() {
        // SAFETY: the list is valid until it is freed below, and each entry points to the next or to null.
        let entry = unsafe { &*next };
        if entry.ifa_flags & libc::IFF_UP as u32 != 0 {
            addresses.extend(address_of(entry.ifa_addr).filter(is_usable));
        }
        next = entry.ifa_next;
    }
    // SAFETY: `first` came from `getifaddrs`, and nothing refers to it any more.
    unsafe { libc::freeifaddrs(first) };
    addresses
}

fn address_of(pointer: *const libc::sockaddr) -> Option<IpAddr> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: not null, and part of the list that is still valid.
    let len = match i32::from(unsafe { (*pointer).sa_family }) {
        libc::AF_INET => size_of::<libc::sockaddr_in>(),
        libc::AF_INET6 => size_of::<libc::sockaddr_in6>(),
        _ => return None,
    };
    let mut storage = SockAddrStorage::zeroed();
    // SAFETY: the family says that `len` bytes can be read; the storage is larger than every address.
    unsafe { std::ptr::copy_nonoverlapping(pointer.cast::<u8>(), (&raw mut storage).cast::<u8>(), len) };
    // SAFETY: the storage holds an address of `len` bytes.
    let address = unsafe { SockAddr::new(storage, len as libc::socklen_t) };
    address.as_socket().map(|address| address.ip())
}

fn is_usable(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_link_local(),
        IpAddr::V6(address) => !address.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_there_and_comes_last() {
        let addresses = interface_addresses();
        let first_loopback = addresses.iter().position(IpAddr::is_loopback).expect("every machine has one");
        assert!(addresses[first_loopback..].iter().all(IpAddr::is_loopback));
    }
}
