//! One WebSocket: its mailbox goes out, nothing but pongs comes in.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::Query as QueryOf;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::http::header::CONNECTION;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::SinkExt as _;
use tokio::time::{Instant, timeout};

use super::Feed;
use super::mailbox::{Close, Mailbox};
use super::query::Query;
use crate::grant::Refused;
use crate::unix_seconds;

/// How often a quiet socket is asked whether it lives; one that missed two is gone.
const PING: Duration = Duration::from_secs(20);
/// A socket that takes nothing for so long is too slow, even if little waits.
const STUCK: Duration = Duration::from_secs(30);
/// How long a close may take to go out.
const FAREWELL: Duration = Duration::from_secs(2);

/// The edge's HTTP paths. A proxy may or may not strip `/edge`.
pub(crate) fn router(feed: Arc<Feed>) -> Router {
    let other = || async { refused(StatusCode::NOT_FOUND) };
    Router::new().route("/feed", get(open)).route("/edge/feed", get(open)).fallback(other).with_state(feed)
}

/// Says no and closes: a connection that is not a feed has no use.
fn refused(status: StatusCode) -> Response {
    (status, [(CONNECTION, "close")]).into_response()
}

async fn open(
    State(feed): State<Arc<Feed>>,
    query: QueryOf<Query>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else { return refused(StatusCode::UPGRADE_REQUIRED) };
    upgrade
        .read_buffer_size(4096)
        .write_buffer_size(0)
        .max_write_buffer_size(1024 * 1024)
        .max_message_size(4096)
        .max_frame_size(4096)
        .on_upgrade(move |socket| serve(feed, query.0, socket))
}

async fn serve(feed: Arc<Feed>, query: Query, mut socket: WebSocket) {
    let mailbox = Arc::new(Mailbox::default());
    feed.figures.opened.fetch_add(1, Ordering::Relaxed);
    let why = run(&feed, &query, &mailbox, &mut socket).await;
    feed.figures.closed.fetch_add(1, Ordering::Relaxed);
    match why {
        Some(Close::TooSlow) => _ = feed.figures.too_slow.fetch_add(1, Ordering::Relaxed),
        Some(Close::BadGrant | Close::TooMany) => _ = feed.figures.refused.fetch_add(1, Ordering::Relaxed),
        _ => {}
    }
    let Some(why) = why else { return };
    let frame = CloseFrame { code: why as u16, reason: why.reason().into() };
    let farewell = async {
        if empty(&mailbox, &mut socket).await.is_ok() && socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    _ = timeout(FAREWELL, farewell).await;
}

/// Runs until either side closes; the reason if it was ours.
async fn run(feed: &Feed, query: &Query, mailbox: &Arc<Mailbox>, socket: &mut WebSocket) -> Option<Close> {
    let grant = match feed.grants.verify(&query.grant, "feed", unix_seconds()) {
        Ok(grant) => grant,
        Err(Refused::Bad | Refused::Expired) => return Some(Close::BadGrant),
    };
    let seat = match feed.subscribe(&grant, query.channels(), &query.after(), mailbox) {
        Ok(seat) => seat,
        Err(why) => return Some(why),
    };
    let space = grant.topic.strip_prefix("space:");
    let _present = space.map(|space| feed.presence.enter(space, &grant.participant));
    let why = pump(mailbox, socket).await;
    drop(seat);
    why
}

async fn pump(mailbox: &Mailbox, socket: &mut WebSocket) -> Option<Close> {
    let mut closed = pin!(mailbox.closed());
    let mut heard = Instant::now();
    let mut ping = tokio::time::interval_at(heard + PING, PING);
    loop {
        tokio::select! {
            why = &mut closed => return Some(why),
            message = socket.recv() => match message {
                None | Some(Err(_) | Ok(Message::Close(_))) => return None,
                Some(Ok(_)) => heard = Instant::now(),
            },
            () = mailbox.filled() => tokio::select! {
                why = &mut closed => return Some(why),
                sent = timeout(STUCK, empty(mailbox, socket)) => match sent {
                    Ok(sent) => sent.ok()?,
                    Err(_) => return Some(Close::TooSlow),
                },
            },
            _ = ping.tick() => {
                if heard.elapsed() > 2 * PING {
                    return None;
                }
                tokio::select! {
                    why = &mut closed => return Some(why),
                    sent = socket.send(Message::Ping(axum::body::Bytes::new())) => sent.ok()?,
                }
            }
        }
    }
}

/// Sends all that waits.
async fn empty(mailbox: &Mailbox, socket: &mut WebSocket) -> Result<(), axum::Error> {
    while let Some(message) = mailbox.take() {
        socket.feed(Message::Text(message)).await?;
    }
    socket.flush().await
}
