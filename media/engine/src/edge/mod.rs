//! The edge: the sockets that clients reach without passing through Python.

mod addresses;
mod bind;
mod book;
mod inbox;
mod outbox;
mod packets;
mod receive;

pub(crate) use addresses::candidates;
pub(crate) use bind::bind;
pub(crate) use book::{Book, Names};
pub(crate) use inbox::{Inbox, Inlet, Mark, PacketInlet, Route, Routes};
pub(crate) use outbox::{Outbox, SLOTS};
pub(crate) use packets::Packet;
pub(crate) use receive::{Owed, Receiver, Routed};
