//! How a thread gets its work: packets and frames by bounded queues, commands by one that loses nothing.

use std::net::SocketAddr;
use std::os::fd::RawFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cooee_audio::MixedFrame;
use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::packets::{PacketReceiver, PacketSender, packets};
use crate::sys::{Waker, wait};

/// Frames of mixes that may wait for a thread of listeners. A core mixes some hundred Spaces, and a machine that has cores for
/// more has as many more threads of listeners: there is room for eight frames of every Space, older than what is still sent.
const FRAMES: usize = 1024;

/// How others give a thread its work.
pub(crate) struct Inlet<C> {
    frames: Sender<(u32, MixedFrame)>,
    commands: Sender<C>,
    waker: Arc<Waker>,
}

impl<C> Clone for Inlet<C> {
    fn clone(&self) -> Self {
        Self { frames: self.frames.clone(), commands: self.commands.clone(), waker: Arc::clone(&self.waker) }
    }
}

impl<C> Inlet<C> {
    /// Hands a command over; the thread wakes at once. Whether the thread still lives.
    pub(crate) fn command(&self, command: C) -> bool {
        let alive = self.commands.send(command).is_ok();
        self.waker.wake();
        alive
    }

    /// Hands a frame of the mix of a Space (by number) over without waiting, and wakes the thread; whether there was room.
    pub(crate) fn frame(&self, space: u32, frame: MixedFrame) -> bool {
        let fits = self.frames.try_send((space, frame)).is_ok();
        self.waker.wake();
        fits
    }
}

/// How the receiving thread, and nobody else, gives a thread its packets.
pub(crate) struct PacketInlet {
    packets: PacketSender,
    waker: Arc<Waker>,
}

impl PacketInlet {
    /// Hands a datagram over without waiting; whether there was room. [`PacketInlet::wake`] follows a batch.
    pub(crate) fn put(&mut self, from: SocketAddr, arrival: Instant, datagram: &[u8]) -> bool {
        self.packets.put(from, arrival, datagram)
    }

    /// Wakes the thread if it has not taken all of them.
    pub(crate) fn wake(&self) {
        if !self.packets.is_empty() {
            self.waker.wake();
        }
    }
}

/// The receiving end.
pub(crate) struct Inbox<C> {
    pub(crate) packets: PacketReceiver,
    pub(crate) frames: Receiver<(u32, MixedFrame)>,
    pub(crate) commands: Receiver<C>,
    waker: Arc<Waker>,
}

impl<C> Inbox<C> {
    /// That of a thread of listeners, and the ways in.
    pub(crate) fn with_frames() -> std::io::Result<(Inlet<C>, PacketInlet, Self)> {
        Self::new(FRAMES)
    }

    /// That of a thread that gets no frames.
    pub(crate) fn without_frames() -> std::io::Result<(Inlet<C>, PacketInlet, Self)> {
        Self::new(0)
    }

    fn new(most_frames: usize) -> std::io::Result<(Inlet<C>, PacketInlet, Self)> {
        let (packet_sender, packets) = packets();
        let (frame_sender, frames) = bounded(most_frames);
        let (command_sender, commands) = unbounded();
        let waker = Arc::new(Waker::new()?);
        let inlet = Inlet { frames: frame_sender, commands: command_sender, waker: Arc::clone(&waker) };
        let packet_inlet = PacketInlet { packets: packet_sender, waker: Arc::clone(&waker) };
        Ok((inlet, packet_inlet, Self { packets, frames, commands, waker }))
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
