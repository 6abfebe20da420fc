//! Ogg Opus files (RFC 7845).

use std::io::{self, Write};

use ogg::{PacketWriteEndInfo, PacketWriter};

/// The decoder's settling time that players leave out at the start, in samples (RFC 7845 §4.2 recommends 80 ms).
pub const PRE_SKIP: u16 = 3840;
/// A page is closed after so many samples, unless said otherwise: one second.
const PAGE: u64 = 48_000;
const VENDOR: &[u8] = b"cooee";

pub(crate) const HEAD: &[u8] = b"OpusHead";
pub(crate) const TAGS: &[u8] = b"OpusTags";

/// Writes mono Opus packets into an Ogg file.
pub struct OggOpusWriter<W: Write> {
    sink: PacketWriter<'static, W>,
    serial: u32,
    /// The last packet and its end, held back because the last of all must be marked.
    held: Option<(Vec<u8>, u64)>,
    position: u64,
    page: u64,
    page_end: u64,
}

impl<W: Write> OggOpusWriter<W> {
    /// Writes the headers of a mono stream; `serial` tells streams apart and is otherwise free.
    pub fn new(sink: W, serial: u32) -> io::Result<Self> {
        Self::paged(sink, serial, PAGE)
    }

    /// The same, with pages of so many samples; a page is handed to the sink when it is full.
    pub fn paged(sink: W, serial: u32, page: u64) -> io::Result<Self> {
        let mut sink = PacketWriter::new(sink);
        let mut head = HEAD.to_vec();
        head.extend([1, 1]);
        head.extend(PRE_SKIP.to_le_bytes());
        head.extend(crate::RATE.to_le_bytes());
        head.extend([0, 0, 0]);
        let mut tags = TAGS.to_vec();
        tags.extend((VENDOR.len() as u32).to_le_bytes());
        tags.extend(VENDOR);
        tags.extend(0_u32.to_le_bytes());
        sink.write_packet(head, serial, PacketWriteEndInfo::EndPage, 0)?;
        sink.write_packet(tags, serial, PacketWriteEndInfo::EndPage, 0)?;
        Ok(Self { sink, serial, held: None, position: 0, page, page_end: page })
    }

    /// Appends one packet of `samples` at 48 kHz.
    pub fn packet(&mut self, opus: &[u8], samples: u64) -> io::Result<()> {
        self.position += samples;
        let before = self.held.replace((opus.to_vec(), self.position));
        let Some((packet, end)) = before else { return Ok(()) };
        let full = end >= self.page_end;
        if full {
            self.page_end = end + self.page;
        }
        let info = if full { PacketWriteEndInfo::EndPage } else { PacketWriteEndInfo::NormalPacket };
        self.sink.write_packet(packet, self.serial, info, end)
    }

    /// Where packets go.
    pub fn sink(&self) -> &W {
        self.sink.inner()
    }

    /// Ends the stream and gives the file back.
    pub fn finish(mut self) -> io::Result<W> {
        if let Some((packet, end)) = self.held.take() {
            self.sink.write_packet(packet, self.serial, PacketWriteEndInfo::EndStream, end)?;
        }
        Ok(self.sink.into_inner())
    }
}
