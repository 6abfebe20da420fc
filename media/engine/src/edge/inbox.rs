//! How a thread gets its work: packets by a bounded queue, commands by one that loses nothing.

use std::net::SocketAddr;
use std::os::fd::RawFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cooee_audio::MixedFrame;
use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::sys::{LARGEST, Waker, wait};

/// Packets that may wait for one thread; beyond that it is overloaded, and they are dropped.
const PACKETS: usize = 1024;
/// Frames of mixes that may wait for one thread: one of every Space, and then some.
const FRAMES: usize = 4096;

/// A received datagram, copied whole so that the queue needs no allocation.
#[derive(Clone)]
pub(crate) struct Packet {
    pub(crate) from: SocketAddr,
    pub(crate) arrival: Instant,
    len: usize,
    bytes: [u8; LARGEST],
}

impl Packet {
    /// Copies `datagram`, which is at most [`LARGEST`] long.
    pub(crate) fn new(from: SocketAddr, arrival: Instant, datagram: &[u8]) -> Self {
        let mut bytes = [0; LARGEST];
        bytes[..datagram.len()].copy_from_slice(datagram);
        Self { from, arrival, len: datagram.len(), bytes }
    }

    pub(crate) fn datagram(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// For opening in place.
    pub(crate) fn datagram_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.len]
    }
}

/// The sending end: how others give a thread its work.
pub(crate) struct Inlet<C> {
    packets: Sender<Packet>,
    frames: Sender<(u32, MixedFrame)>,
    commands: Sender<C>,
    waker: Arc<Waker>,
}

impl<C> Clone for Inlet<C> {
    fn clone(&self) -> Self {
        let (packets, frames, commands) = (self.packets.clone(), self.frames.clone(), self.commands.clone());
        Self { packets, frames, commands, waker: Arc::clone(&self.waker) }
    }
}

impl<C> Inlet<C> {
    /// Hands a command over; the thread wakes at once. Whether the thread still lives.
    pub(crate) fn command(&self, command: C) -> bool {
        let alive = self.commands.send(command).is_ok();
        self.waker.wake();
        alive
    }

    /// Hands a packet over without waiting; whether there was room. [`Inlet::wake`] follows a batch.
    pub(crate) fn packet(&self, packet: Packet) -> bool {
        self.packets.try_send(packet).is_ok()
    }

    /// Hands a frame of the mix of a Space (by number) over without waiting, and wakes the thread; whether there was room.
    pub(crate) fn frame(&self, space: u32, frame: MixedFrame) -> bool {
        let fits = self.frames.try_send((space, frame)).is_ok();
        self.waker.wake();
        fits
    }

    pub(crate) fn wake(&self) {
        self.waker.wake();
    }
}

/// The receiving end.
pub(crate) struct Inbox<C> {
    pub(crate) packets: Receiver<Packet>,
    pub(crate) frames: Receiver<(u32, MixedFrame)>,
    pub(crate) commands: Receiver<C>,
    waker: Arc<Waker>,
}

impl<C> Inbox<C> {
    /// A new pair.
    pub(crate) fn new() -> std::io::Result<(Inlet<C>, Self)> {
        let (packet_sender, packets) = bounded(PACKETS);
        let (frame_sender, frames) = bounded(FRAMES);
        let (command_sender, commands) = unbounded();
        let waker = Arc::new(Waker::new()?);
        let inlet =
            Inlet { packets: packet_sender, frames: frame_sender, commands: command_sender, waker: Arc::clone(&waker) };
        Ok((inlet, Self { packets, frames, commands, waker }))
    }

    /// Sleeps until there is work, a socket is ready, or `timeout` is over.
    pub(crate) fn wait(&self, sockets: &[(RawFd, i16)], timeout: Duration) {
        let idle = || self.packets.is_empty() && self.frames.is_empty() && self.commands.is_empty();
        wait(&self.waker, sockets, timeout, idle);
    }
}

/// By what a datagram is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Mark {
    /// It comes from here.
    From(SocketAddr),
    /// It is RTP of this SSRC.
    Ssrc(u32),
}

/// Whose datagrams with a mark are from now on, or no longer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    pub(crate) mark: Mark,
    pub(crate) thread: u8,
    pub(crate) added: bool,
}

/// How a thread tells the receiving thread which datagrams are its sessions'.
#[derive(Clone)]
pub(crate) struct Routes {
    thread: u8,
    changes: Sender<Route>,
}

impl Routes {
    pub(crate) fn new(thread: u8, changes: Sender<Route>) -> Self {
        Self { thread, changes }
    }

    /// Datagrams with the mark come to this thread from now on, or no longer.
    pub(crate) fn set(&self, mark: Mark, added: bool) {
        // Once the receiving thread has ended there is nothing to route.
        _ = self.changes.send(Route { mark, thread: self.thread, added });
    }
}
