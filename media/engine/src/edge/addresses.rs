//! Which addresses peers are told.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _, UdpSocket};

use crate::error::EngineError;
use crate::sys::interface_addresses;

/// The candidates: what the operator advertises, else where the sockets are bound, wildcards standing for all interfaces.
pub(crate) fn candidates(advertise: &[String], sockets: &[UdpSocket]) -> Result<Vec<SocketAddr>, EngineError> {
    let bound: Vec<SocketAddr> = sockets.iter().filter_map(|socket| socket.local_addr().ok()).collect();
    let port = bound.first().map_or(0, SocketAddr::port);
    let mut all = Vec::new();
    for text in advertise.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        all.extend(parse(text, port)?);
    }
    if all.is_empty() {
        all = bound.iter().flat_map(|address| reached_at(*address)).collect();
    }
    all.dedup();
    Ok(all)
}

fn parse(text: &str, port: u16) -> Result<Vec<SocketAddr>, EngineError> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let found = if text.contains(':') { text.to_socket_addrs() } else { (text, port).to_socket_addrs() };
    let found: Vec<_> = found.map_err(|_| EngineError::AddressUnavailable(text.to_owned()))?.collect();
    if found.is_empty() { Err(EngineError::AddressUnavailable(text.to_owned())) } else { Ok(found) }
}

fn reached_at(bound: SocketAddr) -> Vec<SocketAddr> {
    if !bound.ip().is_unspecified() {
        return vec![bound];
    }
    let same_family = |address: &IpAddr| address.is_ipv4() == bound.is_ipv4();
    let addresses = interface_addresses().into_iter().filter(same_family);
    addresses.map(|address| SocketAddr::new(address, bound.port())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(advertise: &[&str], bound: &str) -> Result<Vec<String>, EngineError> {
        let socket = UdpSocket::bind(bound).expect("loopback can be bound");
        let port = socket.local_addr().expect("bound").port().to_string();
        let advertise: Vec<String> = advertise.iter().map(ToString::to_string).collect();
        let all = candidates(&advertise, &[socket])?;
        Ok(all.iter().map(|address| address.to_string().replace(&port, "PORT")).collect())
    }

    #[test]
    fn without_advice_the_bound_address_is_told() {
        assert_eq!(told(&[], "127.0.0.1:0").expect("it is bound"), ["127.0.0.1:PORT"]);
    }

    #[test]
    fn a_wildcard_stands_for_all_interfaces() {
        let all = told(&["", " "], "0.0.0.0:0").expect("it is bound");
        assert!(all.contains(&"127.0.0.1:PORT".to_owned()));
        assert!(!all.contains(&"0.0.0.0:PORT".to_owned()));
    }

    #[test]
    fn advertised_addresses_take_the_port_unless_they_name_one() {
        let advertise = ["203.0.113.7", " 203.0.113.7:3478", "2001:db8::1", "[2001:db8::2]:443", "[2001:db8::3]"];
        let all = told(&advertise, "127.0.0.1:0").expect("they can be read");
        let expected =
            ["203.0.113.7:PORT", "203.0.113.7:3478", "[2001:db8::1]:PORT", "[2001:db8::2]:443", "[2001:db8::3]:PORT"];
        assert_eq!(all, expected);
    }

    #[test]
    fn nonsense_is_not_advertised() {
        let error = told(&["not an address"], "127.0.0.1:0").expect_err("nonsense");
        assert_eq!(error.code(), "address_unavailable");
    }
}
