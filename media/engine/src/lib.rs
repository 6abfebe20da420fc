//! The shell: sockets, threads, feed and metrics around the pure crates.
