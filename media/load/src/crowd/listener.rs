//! One listener.

use std::time::Instant;

use cooee_session::client::{Client, Media};
use cooee_session::red;

use super::Window;
use crate::ear::Ear;
use crate::net::Stamp;

/// One of the crowd.
pub(super) struct Listener {
    pub(super) client: Client,
    pub(super) ear: Option<Box<Ear>>,
    /// The earliest of the timers that were set and have not fired.
    pub(super) due: Option<Instant>,
    pub(super) connected: bool,
    asked: Stamp,
    heard: bool,
    received: u64,
    /// The first sequence number of this window and the highest.
    span: Option<(u64, u64)>,
}

impl Listener {
    pub(super) fn new(client: Client, ear: Option<Box<Ear>>, asked: Stamp) -> Listener {
        Listener { client, ear, due: None, connected: false, asked, heard: false, received: 0, span: None }
    }

    /// Takes in a datagram; whether the client has to be polled.
    pub(super) fn receive(&mut self, now: Instant, at: Stamp, datagram: &mut [u8], window: &mut Window) -> bool {
        window.received(datagram.len());
        let media = match self.client.receive(now, datagram) {
            Ok(Some(media)) => media,
            Ok(None) => return true,
            Err(why) => {
                window.refuse(datagram, why);
                return true;
            }
        };
        if !std::mem::replace(&mut self.heard, true) {
            window.joins.push(at.since(self.asked));
        }
        window.packets += 1;
        self.received += 1;
        let (first, highest) = self.span.get_or_insert((media.sequence, media.sequence));
        *first = (*first).min(media.sequence);
        let newest = media.sequence >= *highest;
        *highest = (*highest).max(media.sequence);
        if let Some(ear) = self.ear.as_mut().filter(|_| newest) {
            hear(ear, at, &media);
        }
        false
    }

    /// Adds what happened since the last call.
    pub(super) fn take(&mut self, window: &mut Window) {
        let span = self.span.take();
        window.expected += span.map_or(0, |(first, highest)| highest - first + 1);
        window.unheard += usize::from(self.connected && self.received == 0);
        window.connected += usize::from(self.connected);
        window.heard.extend(self.ear.as_mut().map(|ear| ear.take()));
        self.received = 0;
    }
}

/// The newest of a RED packet's blocks is the packet itself.
fn hear(ear: &mut Ear, at: Stamp, media: &Media<'_>) {
    if !media.red {
        return ear.hear(at, media.timestamp, media.payload);
    }
    let blocks = red::read(media.payload);
    ear.hear(at, media.timestamp, blocks.last().map_or(&[], |block| block.payload));
}
