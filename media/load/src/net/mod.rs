//! The network under thousands of clients: one socket, and an address of 127.0.0.0/8 for each client.
//!
//! A socket per client would cost a system call per packet, and the server too, whose sends on loopback run the receiver's
//! half of the kernel's work.

mod address;
mod floor;
mod port;
mod time;

pub use address::{Seat, seat_of};
pub use floor::send_floor;
pub use port::{Arrival, Batch, Port};
pub use time::{Stamp, process_cpu, thread_cpu};
