//! What the kernel alone takes for a datagram on this machine, at this hour: the floor under every media server's figures.
#![allow(unsafe_code, reason = "the standard library has no sendmmsg")]

use std::io;
use std::mem;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use socket2::SockAddr;

use super::{Batch, Port, Seat, thread_cpu};

/// What a packet of the mix weighs on average at 20 ms, without the headers of IP and UDP.
const PAYLOAD: usize = 124;
/// Datagrams per call, as the engine's.
const PER_CALL: usize = 64;
/// Everybody gets one so often.
const ROUND: Duration = Duration::from_millis(20);
const ROUNDS: u32 = 150;
/// How often what came is taken out.
const LOOK: Duration = Duration::from_millis(1);

/// CPU time of one thread for each datagram of [`ROUNDS`] rounds to `seats` addresses, by `sendmmsg` without a byte sealed
/// or looked at. On loopback the receiver's half of the kernel's work is in it.
pub fn send_floor(seats: u32) -> io::Result<Duration> {
    let port = Port::bind()?;
    let number = port.number()?;
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| drain(&port, &over));
        let taken = send(seats, number);
        over.store(true, Ordering::Relaxed);
        taken
    })
}

fn drain(port: &Port, over: &AtomicBool) {
    let mut batch = Batch::default();
    while !over.load(Ordering::Relaxed) {
        while port.receive(&mut batch) {}
        std::thread::sleep(LOOK);
    }
}

fn send(seats: u32, port: u16) -> io::Result<Duration> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let probe: libc::c_int = libc::IP_PMTUDISC_PROBE;
    // SAFETY: `probe` is readable bytes of the size that is told, and the descriptor is open.
    unsafe {
        let size = mem::size_of_val(&probe) as libc::socklen_t;
        libc::setsockopt(socket.as_raw_fd(), libc::IPPROTO_IP, libc::IP_MTU_DISCOVER, (&raw const probe).cast(), size);
    }
    let names: Vec<SockAddr> = (0..seats).map(|seat| SocketAddr::from((Seat(seat).address(), port)).into()).collect();
    let payload = [0x80_u8; PAYLOAD];
    let mut vector = libc::iovec { iov_base: payload.as_ptr().cast_mut().cast(), iov_len: PAYLOAD };
    // SAFETY: all zeros are a valid `mmsghdr` (null pointers of length 0).
    let mut headers: Vec<libc::mmsghdr> = names.iter().map(|_| unsafe { mem::zeroed() }).collect();
    for (header, name) in headers.iter_mut().zip(&names) {
        header.msg_hdr.msg_name = name.as_ptr().cast_mut().cast();
        header.msg_hdr.msg_namelen = name.len();
        header.msg_hdr.msg_iov = &raw mut vector;
        header.msg_hdr.msg_iovlen = 1;
    }
    let (begun, before) = (Instant::now(), thread_cpu());
    let mut sent = 0;
    for round in 0..ROUNDS {
        for batch in headers.chunks_mut(PER_CALL) {
            // SAFETY: the headers point to `names`, `vector` and `payload`, which live and which the call only reads.
            let taken = unsafe {
                libc::sendmmsg(socket.as_raw_fd(), batch.as_mut_ptr(), batch.len() as u32, libc::MSG_DONTWAIT)
            };
            sent += u32::try_from(taken).unwrap_or(0);
        }
        std::thread::sleep((begun + ROUND * (round + 1)).saturating_duration_since(Instant::now()));
    }
    Ok(thread_cpu().saturating_sub(before) / sent.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_costs_the_kernel_something_and_less_than_a_millisecond() {
        let floor = send_floor(10).expect("there is a loopback");
        assert!(floor > Duration::from_nanos(100) && floor < Duration::from_millis(1), "{floor:?}");
    }
}
