//! What can be told of a DTLS datagram before anything in it is decrypted (RFC 6347 §4.1, §4.2.2).
//!
//! `dimpl` passes over what it cannot read without a word, so that a datagram is looked at here first: what is malformed is
//! dropped and counted.

/// Type, version, epoch, number and length.
const HEADER: usize = 13;
/// Type, length, number, and which part of the message it is.
const MESSAGE_HEADER: usize = 12;

const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

/// What the records of a datagram are there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The first is of the handshake.
    Handshake,
    /// The first is an alert, perhaps a goodbye.
    Alert,
    /// The first carries data, of which a session has none.
    Data,
}

/// Looks at every record; `None` if one is malformed.
pub(crate) fn read(datagram: &[u8]) -> Option<Purpose> {
    let mut rest = datagram;
    let mut records = std::iter::from_fn(|| (!rest.is_empty()).then(|| Record::split(&mut rest)));
    let purpose = records.next()??.purpose();
    records.all(|record| record.is_some()).then_some(purpose)
}

struct Record {
    kind: u8,
}

impl Record {
    /// Takes one well-formed record off.
    fn split(datagram: &mut &[u8]) -> Option<Record> {
        let (header, rest) = datagram.split_first_chunk::<HEADER>()?;
        let [kind, major, minor, epoch_high, epoch, .., len_high, len] = *header;
        let len = usize::from(u16::from_be_bytes([len_high, len]));
        let (body, rest) = rest.split_at_checked(len)?;
        *datagram = rest;
        // A first hello may call itself DTLS 1.0. There is no renegotiation, hence no third epoch.
        let fits = major == 0xFE
            && matches!(minor, 0xFD | 0xFF)
            && match [epoch_high, epoch] {
                [0, 0] => is_plain(kind, body),
                [0, 1] => matches!(kind, ALERT..=APPLICATION_DATA) && !body.is_empty(),
                _ => false,
            };
        fits.then_some(Record { kind })
    }

    fn purpose(&self) -> Purpose {
        match self.kind {
            ALERT => Purpose::Alert,
            APPLICATION_DATA => Purpose::Data,
            _ => Purpose::Handshake,
        }
    }
}

/// Whether a record's body, not encrypted, is what its type says.
fn is_plain(kind: u8, body: &[u8]) -> bool {
    match kind {
        CHANGE_CIPHER_SPEC => body == [1],
        ALERT => body.len() == 2,
        HANDSHAKE => are_messages(body),
        _ => false,
    }
}

/// Whether these are parts of handshake messages, each within its message.
fn are_messages(mut body: &[u8]) -> bool {
    let number = |bytes: &[u8]| bytes.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
    while let Some((header, rest)) = body.split_first_chunk::<MESSAGE_HEADER>() {
        let (len, from, part) = (number(&header[1..4]), number(&header[6..9]), number(&header[9..12]));
        let Some((_, rest)) = rest.split_at_checked(part).filter(|_| from + part <= len) else { return false };
        if rest.is_empty() {
            return true;
        }
        body = rest;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, epoch: u8, body: &[u8]) -> Vec<u8> {
        let header = [kind, 0xFE, 0xFD, 0, epoch, 0, 0, 0, 0, 0, 7, 0, body.len() as u8];
        [&header, body].concat()
    }

    fn message(len: u8, from: u8, part: &[u8]) -> Vec<u8> {
        [&[1, 0, 0, len, 0, 0, 0, 0, from, 0, 0, part.len() as u8], part].concat()
    }

    #[test]
    fn the_first_record_tells_what_a_datagram_is_for() {
        let hello = record(HANDSHAKE, 0, &message(5, 2, &[9; 3]));
        let change = record(CHANGE_CIPHER_SPEC, 0, &[1]);
        let finished = record(HANDSHAKE, 1, &[7; 40]);
        assert_eq!(read(&hello), Some(Purpose::Handshake));
        assert_eq!(read(&[change, finished.clone()].concat()), Some(Purpose::Handshake));
        assert_eq!(read(&record(ALERT, 1, &[7; 26])), Some(Purpose::Alert));
        assert_eq!(read(&record(ALERT, 0, &[1, 0])), Some(Purpose::Alert));
        assert_eq!(read(&[record(APPLICATION_DATA, 1, &[7; 30]), finished].concat()), Some(Purpose::Data));
        let older = [&[HANDSHAKE, 0xFE, 0xFF], &hello[3..]].concat();
        assert_eq!(read(&older), Some(Purpose::Handshake), "a hello of DTLS 1.0");
        let two = [message(3, 0, &[9; 3]), message(0, 0, &[])].concat();
        assert_eq!(read(&record(HANDSHAKE, 0, &two)), Some(Purpose::Handshake), "two messages in a record");
    }

    #[test]
    fn what_no_peer_writes_is_malformed() {
        let hello = record(HANDSHAKE, 0, &message(5, 2, &[9; 3]));
        for cut in 0..hello.len() {
            assert_eq!(read(&hello[..cut]), None, "cut at {cut}");
        }
        let broken = [
            record(19, 0, &[1]),
            record(24, 1, &[1]),
            record(HANDSHAKE, 2, &[7; 40]),
            record(HANDSHAKE, 1, &[]),
            record(HANDSHAKE, 0, &message(5, 3, &[9; 3])),
            record(HANDSHAKE, 0, &[message(3, 0, &[9; 3]), vec![1]].concat()),
            record(CHANGE_CIPHER_SPEC, 0, &[2]),
            record(CHANGE_CIPHER_SPEC, 1, &[1]),
            record(ALERT, 0, &[1]),
            record(APPLICATION_DATA, 0, &[7; 30]),
            [&[HANDSHAKE, 3, 3], &hello[3..]].concat(),
            [hello, vec![0]].concat(),
        ];
        for datagram in broken {
            assert_eq!(read(&datagram), None, "{datagram:?}");
        }
    }
}
