//! Binding the edge: UDP and TCP on the same port, IPv4 and IPv6.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs, UdpSocket};

use socket2::{Domain, Protocol, Socket, Type};

use crate::error::EngineError;

/// Tries for a port that is free on every address and for both protocols.
const TRIES: usize = 32;
const UDP_RECEIVE_BUFFER: usize = 4 * 1024 * 1024;
const UDP_SEND_BUFFER: usize = 8 * 1024 * 1024;
const TCP_BACKLOG: i32 = 4096;

/// The bound sockets; one UDP and one TCP socket per address.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) udp: Vec<UdpSocket>,
    pub(crate) tcp: Vec<TcpListener>,
    pub(crate) port: u16,
}

/// Binds `host` (an address, a name, `localhost` for both loopbacks, `::` for everything) at `port`, or a free one if 0.
pub(crate) fn bind(host: &str, port: u16) -> Result<Bound, EngineError> {
    let addresses = resolve(host)?;
    let mut last = None;
    for _ in 0..TRIES {
        match bind_all(&addresses, port) {
            Ok(bound) => return Ok(bound),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && port == 0 => last = Some(error),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(EngineError::AddressInUse(port)),
            Err(error) => return Err(EngineError::AddressUnavailable(format!("{host} ({error})"))),
        }
    }
    Err(EngineError::AddressUnavailable(format!("{host} ({last:?})")))
}

fn resolve(host: &str) -> Result<Vec<IpAddr>, EngineError> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host {
        "" | "::" => return Ok(vec![Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()]),
        "localhost" => return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]),
        _ => {}
    }
    let found =
        (host, 0).to_socket_addrs().map_err(|error| EngineError::AddressUnavailable(format!("{host} ({error})")))?;
    let mut addresses: Vec<_> = found.map(|address| address.ip()).collect();
    addresses.dedup();
    if addresses.is_empty() {
        return Err(EngineError::AddressUnavailable(host.to_owned()));
    }
    Ok(addresses)
}

/// Binds every address; IPv6 may be missing on this machine where IPv4 was also meant.
fn bind_all(addresses: &[IpAddr], port: u16) -> io::Result<Bound> {
    let mut bound = Bound { udp: Vec::new(), tcp: Vec::new(), port };
    for address in addresses {
        match bind_one(*address, &mut bound) {
            Ok(()) => {}
            Err(error) if address.is_ipv6() && bound.port != 0 && !bound.udp.is_empty() && is_missing(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(bound)
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EAFNOSUPPORT | libc::EADDRNOTAVAIL | libc::ENOPROTOOPT))
}

fn bind_one(address: IpAddr, bound: &mut Bound) -> io::Result<()> {
    let tcp = open(SocketAddr::new(address, bound.port), Type::STREAM, Protocol::TCP)?;
    tcp.listen(TCP_BACKLOG)?;
    let tcp: TcpListener = tcp.into();
    let port = tcp.local_addr()?.port();
    let udp = open(SocketAddr::new(address, port), Type::DGRAM, Protocol::UDP)?;
    udp.set_recv_buffer_size(UDP_RECEIVE_BUFFER)?;
    udp.set_send_buffer_size(UDP_SEND_BUFFER)?;
    bound.port = port;
    bound.tcp.push(tcp);
    bound.udp.push(udp.into());
    Ok(())
}

fn open(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    if kind == Type::STREAM {
        socket.set_reuse_address(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn udp_and_tcp_share_a_free_port() {
        let bound = bind("127.0.0.1", 0).expect("loopback can be bound");
        let ports =
            [bound.udp[0].local_addr().expect("bound").port(), bound.tcp[0].local_addr().expect("bound").port()];
        assert_eq!(ports, [bound.port, bound.port]);
    }

    #[test]
    fn a_port_that_is_taken_is_said_so() {
        let first = bind("127.0.0.1", 0).expect("loopback can be bound");
        assert_eq!(bind("127.0.0.1", first.port).expect_err("taken"), EngineError::AddressInUse(first.port));
    }

    #[test]
    fn an_address_of_another_machine_is_unavailable() {
        let error = bind("192.0.2.1", 0).expect_err("not ours");
        assert_eq!(error.code(), "address_unavailable");
    }

    #[test]
    fn localhost_means_both_loopbacks_where_there_is_ipv6() {
        let bound = bind("localhost", 0).expect("loopback can be bound");
        assert!(bound.udp[0].local_addr().expect("bound").is_ipv4());
    }
}
