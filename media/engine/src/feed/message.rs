//! The JSON that goes over a feed, composed around values that are already encoded.

use axum::extract::ws::Utf8Bytes;

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The first message of a connection.
pub(super) fn hello(node: &str, resumed: bool) -> Utf8Bytes {
    format!(r#"{{"type":"hello","node":{},"resumed":{resumed}}}"#, quoted(node)).into()
}

/// The whole state of an audience.
pub(super) fn snapshot(audience: &str, version: u64, data: &str) -> Utf8Bytes {
    format!(r#"{{"type":"snapshot","audience":{},"version":{version},"data":{data}}}"#, quoted(audience)).into()
}

/// One change of an audience's state.
pub(super) fn frame(audience: &str, version: u64, prev: u64, data: &str) -> Utf8Bytes {
    format!(r#"{{"type":"frame","audience":{},"version":{version},"prev":{prev},"data":{data}}}"#, quoted(audience))
        .into()
}

/// A value of which only the latest matters.
pub(super) fn live(channel: &str, data: &str) -> Utf8Bytes {
    format!(r#"{{"type":"live","channel":{},"data":{data}}}"#, quoted(channel)).into()
}
