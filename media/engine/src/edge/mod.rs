//! The edge: the sockets that clients reach without passing through Python.

mod bind;

pub(crate) use bind::bind;
