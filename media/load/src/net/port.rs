//! A socket that has all of 127.0.0.0/8 for addresses, and the kernel's stamp on all that it receives.
#![allow(unsafe_code, reason = "the standard library has neither recvmmsg nor control messages")]

use std::io;
use std::mem;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::time::Duration;

use socket2::SockAddr;

use super::{Seat, Stamp};

/// Datagrams per call.
const BATCH: usize = 128;
/// The largest datagram that is looked at.
const LARGEST: usize = 1500;
/// A packet for each of ten thousand clients, with what the kernel adds to each.
const RECEIVE_BUFFER: libc::c_int = 64 << 20;
/// Room for an address and a stamp (`CMSG_SPACE` of each is 32).
const CONTROL: usize = 64;

/// A UDP socket on all loopback addresses.
#[derive(Debug)]
pub struct Port {
    socket: UdpSocket,
}

/// A datagram that came.
#[derive(Debug)]
pub struct Arrival<'a> {
    /// When the kernel had it.
    pub at: Stamp,
    /// Which of our addresses it was sent to.
    pub to: Ipv4Addr,
    /// Its bytes, to be opened in place.
    pub bytes: &'a mut [u8],
}

/// Control messages have to be aligned as their header is.
#[repr(C, align(8))]
struct Control([u8; CONTROL]);

/// Buffers for a batch of datagrams, made once.
pub struct Batch {
    bytes: Box<[[u8; LARGEST]]>,
    controls: Box<[Control]>,
    lengths: Vec<usize>,
    told: Vec<(Stamp, Ipv4Addr)>,
}

impl Port {
    /// Binds a free port.
    pub fn bind() -> io::Result<Port> {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        socket.set_nonblocking(true)?;
        let port = Port { socket };
        port.set(libc::IPPROTO_IP, libc::IP_PKTINFO, 1)?;
        port.set(libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, 1)?;
        // Only root may have so much; otherwise what the system allows must do, and `dropped` tells if it did not.
        port.set(libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, RECEIVE_BUFFER)
            .or_else(|_| port.set(libc::SOL_SOCKET, libc::SO_RCVBUF, RECEIVE_BUFFER))?;
        Ok(port)
    }

    /// The number of the port.
    pub fn number(&self) -> io::Result<u16> {
        Ok(self.socket.local_addr()?.port())
    }

    fn set(&self, level: libc::c_int, name: libc::c_int, value: libc::c_int) -> io::Result<()> {
        let size = mem::size_of_val(&value) as libc::socklen_t;
        // SAFETY: `value` is `size` readable bytes, and the descriptor is open.
        let failed = unsafe { libc::setsockopt(self.socket.as_raw_fd(), level, name, (&raw const value).cast(), size) };
        if failed == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    /// Datagrams that came and found no room: lost by us, not by the server.
    pub fn dropped(&self) -> u32 {
        const DROPS: usize = 8;
        let mut figures = [0_u32; 9];
        let mut size = mem::size_of_val(&figures) as libc::socklen_t;
        // SAFETY: `figures` is `size` writable bytes, and the descriptor is open.
        let failed = unsafe {
            let (level, name) = (libc::SOL_SOCKET, libc::SO_MEMINFO);
            libc::getsockopt(self.socket.as_raw_fd(), level, name, figures.as_mut_ptr().cast(), &raw mut size)
        };
        if failed == 0 { figures[DROPS] } else { 0 }
    }

    /// Sleeps until something comes, or `timeout` is over.
    pub fn wait(&self, timeout: Duration) {
        let mut polled = libc::pollfd { fd: self.socket.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        let timeout =
            libc::timespec { tv_sec: timeout.as_secs() as libc::time_t, tv_nsec: timeout.subsec_nanos().into() };
        // SAFETY: `polled` and `timeout` live until the call returns.
        unsafe { libc::ppoll(&raw mut polled, 1, &raw const timeout, std::ptr::null()) };
    }

    /// Sends a datagram from the address of `seat`. What does not fit into the socket is lost, as on any network.
    pub fn send(&self, seat: Seat, to: SocketAddr, bytes: &[u8]) {
        let name = SockAddr::from(to);
        let mut vector = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
        let mut control = Control([0; CONTROL]);
        // SAFETY: all zeros are a valid `msghdr` (null pointers of length 0).
        let mut header: libc::msghdr = unsafe { mem::zeroed() };
        header.msg_name = name.as_ptr().cast_mut().cast();
        header.msg_namelen = name.len();
        header.msg_iov = &raw mut vector;
        header.msg_iovlen = 1;
        header.msg_control = control.0.as_mut_ptr().cast();
        let info = libc::in_pktinfo {
            ipi_ifindex: 0,
            ipi_spec_dst: libc::in_addr { s_addr: u32::from_ne_bytes(seat.address().octets()) },
            ipi_addr: libc::in_addr { s_addr: 0 },
        };
        // SAFETY: `control` has room for the one message that is written, and everything that `header` points to outlives
        // the call, which only reads it.
        unsafe {
            let size = mem::size_of_val(&info) as libc::c_uint;
            header.msg_controllen = libc::CMSG_SPACE(size) as _;
            let message = libc::CMSG_FIRSTHDR(&raw const header);
            (*message).cmsg_level = libc::IPPROTO_IP;
            (*message).cmsg_type = libc::IP_PKTINFO;
            (*message).cmsg_len = libc::CMSG_LEN(size) as _;
            std::ptr::write_unaligned(libc::CMSG_DATA(message).cast(), info);
            libc::sendmsg(self.socket.as_raw_fd(), &raw const header, libc::MSG_DONTWAIT);
        }
    }

    /// Receives what is there without waiting; whether there may be more.
    pub fn receive(&self, batch: &mut Batch) -> bool {
        batch.lengths.clear();
        batch.told.clear();
        // SAFETY: all zeros are a valid `iovec` and `mmsghdr` (null pointers of length 0).
        let mut vectors: [libc::iovec; BATCH] = unsafe { mem::zeroed() };
        // SAFETY: as above.
        let mut headers: [libc::mmsghdr; BATCH] = unsafe { mem::zeroed() };
        let buffers = batch.bytes.iter_mut().zip(batch.controls.iter_mut());
        for ((bytes, control), (vector, header)) in buffers.zip(vectors.iter_mut().zip(&mut headers)) {
            *vector = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: LARGEST };
            header.msg_hdr.msg_iov = vector;
            header.msg_hdr.msg_iovlen = 1;
            header.msg_hdr.msg_control = control.0.as_mut_ptr().cast();
            header.msg_hdr.msg_controllen = CONTROL as _;
        }
        let (headers, none) = (&mut headers[..], std::ptr::null_mut());
        // SAFETY: every header points to buffers of `batch`, which live and are not otherwise used meanwhile.
        let got = unsafe {
            let (first, count) = (headers.as_mut_ptr(), BATCH as u32);
            libc::recvmmsg(self.socket.as_raw_fd(), first, count, libc::MSG_DONTWAIT, none)
        };
        let got = usize::try_from(got).unwrap_or(0);
        batch.lengths.extend(headers[..got].iter().map(|header| header.msg_len as usize));
        batch.told.extend(headers[..got].iter().map(|header| read_control(&header.msg_hdr)));
        got == BATCH
    }
}

impl Default for Batch {
    fn default() -> Self {
        Batch {
            bytes: vec![[0; LARGEST]; BATCH].into_boxed_slice(),
            controls: std::iter::repeat_with(|| Control([0; CONTROL])).take(BATCH).collect(),
            lengths: Vec::with_capacity(BATCH),
            told: Vec::with_capacity(BATCH),
        }
    }
}

impl Batch {
    /// The datagrams of the last call.
    pub fn arrivals(&mut self) -> impl Iterator<Item = Arrival<'_>> {
        let parts = self.bytes.iter_mut().zip(self.lengths.iter().zip(&self.told));
        parts.map(|(bytes, (len, (at, to)))| Arrival { at: *at, to: *to, bytes: &mut bytes[..*len] })
    }
}

/// The stamp and the address out of a received datagram's control messages.
fn read_control(header: &libc::msghdr) -> (Stamp, Ipv4Addr) {
    let (mut at, mut to) = (None, Ipv4Addr::UNSPECIFIED);
    // SAFETY: the kernel wrote the control messages that `header` points to, and said how long they are; their data need
    // not be aligned.
    unsafe {
        let mut message = libc::CMSG_FIRSTHDR(header);
        while let Some(known) = message.as_ref() {
            let data = libc::CMSG_DATA(message);
            match (known.cmsg_level, known.cmsg_type) {
                (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                    let info: libc::in_pktinfo = std::ptr::read_unaligned(data.cast());
                    to = Ipv4Addr::from(info.ipi_addr.s_addr.to_ne_bytes());
                }
                (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS) => {
                    let time: libc::timespec = std::ptr::read_unaligned(data.cast());
                    at = Some(Stamp(time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64));
                }
                _ => {}
            }
            message = libc::CMSG_NXTHDR(header, message);
        }
    }
    (at.unwrap_or_else(Stamp::now), to)
}

/// Where a port's seat can be reached, for tests and for peers that have to be told.
impl Port {
    /// The address of `seat` at this port.
    pub fn address_of(&self, seat: Seat) -> io::Result<SocketAddr> {
        Ok(SocketAddr::new(IpAddr::V4(seat.address()), self.socket.local_addr()?.port()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::seat_of;
    use super::*;

    #[test]
    fn each_seat_sends_from_its_address_and_receives_at_it() {
        let (port, server) = (Port::bind().expect("it binds"), UdpSocket::bind("127.0.0.1:0").expect("it binds"));
        let there = server.local_addr().expect("bound");
        server.set_read_timeout(Some(Duration::from_secs(5))).expect("it can be set");
        let before = Stamp::now();
        for seat in 0..100 {
            port.send(Seat(seat), there, &seat.to_be_bytes());
        }
        for _ in 0..100 {
            let mut bytes = [0; 8];
            let (len, from) = server.recv_from(&mut bytes).expect("it came");
            let seat = Seat(u32::from_be_bytes(bytes[..len].try_into().expect("four bytes")));
            assert_eq!(Some(from), port.address_of(seat).ok());
            server.send_to(&bytes[..len], from).expect("it can be answered");
        }
        let mut batch = Batch::default();
        let mut seats = Vec::new();
        while seats.len() < 100 {
            port.wait(Duration::from_secs(5));
            port.receive(&mut batch);
            for arrival in batch.arrivals() {
                assert!(arrival.at >= before && arrival.at <= Stamp::now());
                let seat = seat_of(arrival.to).expect("ours");
                assert_eq!(*arrival.bytes, seat.0.to_be_bytes());
                seats.push(seat.0);
            }
        }
        assert_eq!(seats, (0..100).collect::<Vec<_>>());
        assert_eq!(port.dropped(), 0);
    }
}
