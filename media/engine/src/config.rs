//! What the engine is told at its start.

/// The engine's settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// This node's name, part of every session's address.
    pub node: String,
    /// Where the edge is bound: an address, a name, `localhost`, or `::` for everything.
    pub edge_host: String,
    /// The edge's port, for UDP and TCP; 0 picks a free one.
    pub edge_port: u16,
    /// `addr[:port]` that peers are told; empty means the addresses it is bound to.
    pub advertise: Vec<String>,
    /// The key of the grants.
    pub grant_key: Vec<u8>,
    /// Threads that send to listeners; 0 means one per core.
    pub listener_threads: usize,
    /// Threads that mix and forward; 0 means one per four cores.
    pub stage_threads: usize,
    /// The length of all listeners' packets, instead of one by the size of the audience.
    pub frame_class: Option<cooee_audio::FrameClass>,
}
