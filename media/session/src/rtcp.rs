//! RTCP: sender and receiver reports, NACK, SDES and BYE (RFC 3550 §6, RFC 4585 §6.2.1).

use std::time::Duration;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const DESCRIPTION: u8 = 202;
const BYE: u8 = 203;
const TRANSPORT_FEEDBACK: u8 = 205;
const GENERIC_NACK: u8 = 1;
const CNAME: u8 = 1;

const HEADER: usize = 4;
const SENDER_INFO: usize = 20;
const BLOCK: usize = 24;

/// A packet of a compound that we can make use of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packet<'a> {
    /// What a sender says of its own stream, followed by its report blocks.
    SenderReport(SenderInfo, Blocks<'a>),
    /// What a receiver says of our streams.
    ReceiverReport(Blocks<'a>),
    /// These packets of ours are missing.
    Nack(Nack<'a>),
    /// Its streams end.
    Bye,
}

/// A sender's clock and counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderInfo {
    /// The sender.
    pub ssrc: u32,
    /// Its clock: seconds in the upper, fractions in the lower half.
    pub ntp: u64,
    /// The same instant as an RTP timestamp.
    pub timestamp: u32,
    /// Packets sent.
    pub packets: u32,
    /// Payload bytes sent.
    pub octets: u32,
}

/// How one of our streams is received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// The stream.
    pub ssrc: u32,
    /// Share of packets lost since the last report, of 256.
    pub fraction_lost: u8,
    /// Packets lost since the begin, 24 bits.
    pub lost: u32,
    /// Highest sequence number received, with roll-overs in the upper half.
    pub highest: u32,
    /// Inter-arrival jitter in timestamp units.
    pub jitter: u32,
    /// The middle of the last sender report's clock, 0 if there was none.
    pub last_report: u32,
    /// How long ago that was, in 1/65,536 s.
    pub delay: u32,
}

/// The report blocks of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocks<'a>(&'a [u8]);

/// The packets of one stream that a NACK asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nack<'a> {
    /// The stream.
    pub ssrc: u32,
    items: &'a [u8],
}

impl Blocks<'_> {
    /// The blocks one by one.
    pub fn iter(&self) -> impl Iterator<Item = Block> + '_ {
        self.0.chunks_exact(BLOCK).map(|block| Block {
            ssrc: word(block, 0),
            fraction_lost: block[4],
            lost: word(block, 4) & 0xFF_FFFF,
            highest: word(block, 8),
            jitter: word(block, 12),
            last_report: word(block, 16),
            delay: word(block, 20),
        })
    }
}

impl Nack<'_> {
    /// The sequence numbers one by one.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.items.chunks_exact(4).flat_map(|item| {
            let first = u16::from_be_bytes([item[0], item[1]]);
            let mask = u16::from_be_bytes([item[2], item[3]]);
            let others = (0..16).filter(move |bit| mask & (1 << bit) != 0);
            std::iter::once(first).chain(others.map(move |bit| first.wrapping_add(bit + 1)))
        })
    }
}

/// The packets of a compound that are understood. Ends at the first that is malformed.
pub fn read(compound: &[u8]) -> impl Iterator<Item = Packet<'_>> {
    let mut rest = compound;
    std::iter::from_fn(move || {
        let (packet, after) = split(rest)?;
        rest = after;
        Some(packet)
    })
    .filter_map(understand)
}

fn split(compound: &[u8]) -> Option<(&[u8], &[u8])> {
    let header: &[u8; HEADER] = compound.first_chunk()?;
    let len = HEADER + 4 * usize::from(u16::from_be_bytes([header[2], header[3]]));
    if header[0] >> 6 != 2 {
        return None;
    }
    compound.split_at_checked(len)
}

fn understand(packet: &[u8]) -> Option<Packet<'_>> {
    let count = packet[0] & 0x1F;
    let body = &packet[HEADER..];
    match packet[1] {
        SENDER_REPORT => {
            let info = body.get(4..4 + SENDER_INFO)?;
            let info = SenderInfo {
                ssrc: word(body, 0),
                ntp: (u64::from(word(info, 0)) << 32) | u64::from(word(info, 4)),
                timestamp: word(info, 8),
                packets: word(info, 12),
                octets: word(info, 16),
            };
            Some(Packet::SenderReport(info, blocks(&body[4 + SENDER_INFO..], count)?))
        }
        RECEIVER_REPORT => Some(Packet::ReceiverReport(blocks(body.get(4..)?, count)?)),
        TRANSPORT_FEEDBACK if count == GENERIC_NACK && body.len() >= 12 => {
            Some(Packet::Nack(Nack { ssrc: word(body, 4), items: &body[8..] }))
        }
        BYE => Some(Packet::Bye),
        _ => None,
    }
}

fn blocks(body: &[u8], count: u8) -> Option<Blocks<'_>> {
    body.get(..BLOCK * usize::from(count)).map(Blocks)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Writes a compound into a buffer. What does not fit is left out.
#[derive(Debug)]
pub struct Writer<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl<'a> Writer<'a> {
    /// Begins an empty compound.
    pub fn new(out: &'a mut [u8]) -> Writer<'a> {
        Writer { out, len: 0 }
    }

    /// Bytes written.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A sender report without blocks.
    pub fn sender_report(&mut self, info: &SenderInfo) {
        let mut body = [0; 4 + SENDER_INFO];
        body[..4].copy_from_slice(&info.ssrc.to_be_bytes());
        body[4..12].copy_from_slice(&info.ntp.to_be_bytes());
        body[12..16].copy_from_slice(&info.timestamp.to_be_bytes());
        body[16..20].copy_from_slice(&info.packets.to_be_bytes());
        body[20..24].copy_from_slice(&info.octets.to_be_bytes());
        self.packet(SENDER_REPORT, 0, &[&body]);
    }

    /// A receiver report of at most one block.
    pub fn receiver_report(&mut self, ssrc: u32, block: Option<&Block>) {
        let mut body = [0; BLOCK];
        if let Some(block) = block {
            body[..4].copy_from_slice(&block.ssrc.to_be_bytes());
            body[4..8].copy_from_slice(&block.lost.to_be_bytes());
            body[4] = block.fraction_lost;
            body[8..12].copy_from_slice(&block.highest.to_be_bytes());
            body[12..16].copy_from_slice(&block.jitter.to_be_bytes());
            body[16..20].copy_from_slice(&block.last_report.to_be_bytes());
            body[20..].copy_from_slice(&block.delay.to_be_bytes());
        }
        let count = u8::from(block.is_some());
        self.packet(RECEIVER_REPORT, count, &[&ssrc.to_be_bytes(), &body[..BLOCK * usize::from(count)]]);
    }

    /// The canonical name of a stream (every compound needs one). At most 100 bytes of it are written.
    pub fn description(&mut self, ssrc: u32, cname: &str) {
        let cname = &cname.as_bytes()[..cname.len().min(100)];
        // At least one zero ends the list of items, then zeros up to the next word.
        let padding = 4 - (2 + cname.len()) % 4;
        let head = [CNAME, cname.len() as u8];
        self.packet(DESCRIPTION, 1, &[&ssrc.to_be_bytes(), &head, cname, &[0; 4][..padding]]);
    }

    /// Asks for packets of a stream again: `sequences` in any order, the first 64 of them.
    pub fn nack(&mut self, ssrc: u32, media: u32, sequences: &[u16]) {
        let mut items = [0; 256];
        let count = sequences.len().min(64);
        for (item, sequence) in items.chunks_exact_mut(4).zip(&sequences[..count]) {
            item[..2].copy_from_slice(&sequence.to_be_bytes());
        }
        let ssrcs = [ssrc.to_be_bytes(), media.to_be_bytes()].concat();
        self.packet(TRANSPORT_FEEDBACK, GENERIC_NACK, &[&ssrcs, &items[..4 * count]]);
    }

    /// Goodbye.
    pub fn bye(&mut self, ssrc: u32) {
        self.packet(BYE, 1, &[&ssrc.to_be_bytes()]);
    }

    fn packet(&mut self, kind: u8, count: u8, parts: &[&[u8]]) {
        let body: usize = parts.iter().map(|part| part.len()).sum();
        let Some(room) = self.out.get_mut(self.len..self.len + HEADER + body) else { return };
        room[0] = 0x80 | count;
        room[1] = kind;
        room[2..4].copy_from_slice(&((body / 4) as u16).to_be_bytes());
        let mut at = HEADER;
        for part in parts {
            room[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
        self.len += HEADER + body;
    }
}

/// A span of time as the difference of two NTP timestamps: seconds and 2^-32 fractions.
pub fn ntp(span: Duration) -> u64 {
    let fraction = (u64::from(span.subsec_nanos()) << 32) / 1_000_000_000;
    (span.as_secs() << 32) | fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_block() -> Block {
        Block { ssrc: 9, fraction_lost: 25, lost: 300, highest: 70_000, jitter: 33, last_report: 5, delay: 6 }
    }

    fn written(write: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
        let mut out = [0; 512];
        let mut writer = Writer::new(&mut out);
        write(&mut writer);
        let len = writer.len();
        out[..len].to_vec()
    }

    #[test]
    fn a_compound_is_read_as_it_is_written() {
        let info = SenderInfo { ssrc: 1, ntp: ntp(Duration::from_millis(1_500)), timestamp: 2, packets: 3, octets: 4 };
        let block = a_block();
        let compound = written(|writer| {
            writer.sender_report(&info);
            writer.description(1, "cooee");
            writer.receiver_report(5, Some(&block));
            writer.nack(5, 1, &[10, 65_535]);
            writer.bye(1);
        });
        let packets: Vec<_> = read(&compound).collect();
        let [Packet::SenderReport(read_info, none), Packet::ReceiverReport(blocks), Packet::Nack(nack), Packet::Bye] =
            packets[..]
        else {
            panic!("{packets:?}")
        };
        assert_eq!((read_info, none.iter().count()), (info, 0));
        assert_eq!(info.ntp, (1 << 32) | (1 << 31));
        assert_eq!(blocks.iter().collect::<Vec<_>>(), [block]);
        assert_eq!((nack.ssrc, nack.iter().collect::<Vec<_>>()), (1, vec![10, 65_535]));
    }

    #[test]
    fn a_nack_names_up_to_seventeen_packets_and_rolls_over() {
        let mut compound = written(|writer| writer.nack(1, 2, &[65_534]));
        compound[14..16].copy_from_slice(&0b1000_0000_0000_0011u16.to_be_bytes());
        let Some(Packet::Nack(nack)) = read(&compound).next() else { panic!("no NACK") };
        assert_eq!(nack.iter().collect::<Vec<_>>(), [65_534, 65_535, 0, 14]);
    }

    #[test]
    fn every_length_of_name_fills_whole_words() {
        for name in ["", "a", "ab", "abc", "abcd"] {
            let compound = written(|writer| {
                writer.description(1, name);
                writer.bye(1);
            });
            assert_eq!(compound.len() % 4, 0);
            assert_eq!(read(&compound).next(), Some(Packet::Bye), "after {name:?}");
        }
    }

    #[test]
    fn what_is_cut_off_is_not_read() {
        let block = a_block();
        let report = written(|writer| writer.receiver_report(5, Some(&block)));
        for cut in 0..report.len() {
            assert_eq!(read(&report[..cut]).count(), 0, "cut at {cut}");
        }
        let mut lying = report.clone();
        lying[0] = 0x80 | 31;
        assert_eq!(read(&lying).count(), 0, "31 blocks in the room of one");
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let mut out = [0; 10];
        let mut writer = Writer::new(&mut out);
        writer.bye(1);
        writer.bye(2);
        assert_eq!(writer.len(), 8);
    }
}
