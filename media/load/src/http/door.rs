//! The door of a Space: join, then WHEP or WHIP (docs/protocol.md).

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use cooee_session::client::{Client, Wish};
use cooee_session::{Identity, Secrets};
use serde::Deserialize;
use thiserror::Error;

use super::client::{Answer, Connection, HttpError, Question, Site};
use crate::net::Stamp;

/// Somebody was not let in.
#[derive(Debug, Error)]
pub enum DoorError {
    /// The server could not be talked to.
    #[error("{0}")]
    Http(#[from] HttpError),
    /// It said no: what was asked, its status, and its code.
    #[error("{0}: {1} {2}")]
    Refused(&'static str, u16, String),
    /// It said something else.
    #[error("{0}: not the answer of docs/protocol.md")]
    Nonsense(&'static str),
    /// A speaker has no seat on stage.
    #[error("whip: not on stage")]
    NotOnStage,
}

/// What a door says.
#[derive(Debug, Deserialize)]
struct Door {
    #[serde(rename = "feed_url")]
    feed: String,
    #[serde(rename = "whep_url")]
    whep: String,
    #[serde(rename = "whip_url")]
    whip: Option<String>,
}

/// Somebody who was let in.
pub(super) struct Entered {
    pub(super) client: Client,
    pub(super) answer: String,
    /// When they knocked.
    pub(super) asked: Stamp,
    /// How long `join` took, and the WHEP or WHIP after it.
    pub(super) join: Duration,
    pub(super) post: Duration,
    pub(super) feed_url: String,
    /// What to DELETE in order to leave.
    pub(super) location: String,
}

/// A Space at a server.
pub(super) struct Entrance<'a> {
    pub(super) site: &'a Site,
    pub(super) space: &'a str,
    pub(super) identity: &'a Identity,
}

impl Entrance<'_> {
    /// A guest joins and listens.
    pub(super) async fn listen(&self, from: Ipv4Addr) -> Result<Entered, DoorError> {
        let (mut connection, asked, begun) = (self.site.open(from).await?, Stamp::now(), Instant::now());
        let door = self.join(&mut connection, None).await?;
        let (join, wish) = (begun.elapsed(), Wish::Listen { red: true });
        self.open(&mut connection, &door, ("whep", &door.whep), wish, (asked, join)).await
    }

    /// Somebody who has a seat on stage joins, opens their microphone, and speaks.
    pub(super) async fn speak(&self, from: Ipv4Addr, token: &str) -> Result<Entered, DoorError> {
        let (mut connection, asked, begun) = (self.site.open(from).await?, Stamp::now(), Instant::now());
        let door = self.join(&mut connection, Some(token)).await?;
        let (join, wish) = (begun.elapsed(), Wish::Speak { slots: 5 });
        let whip_url = door.whip.as_deref().ok_or(DoorError::NotOnStage)?;
        let entered = self.open(&mut connection, &door, ("whip", whip_url), wish, (asked, join)).await?;
        let path = format!("/api/v1/spaces/{}/me/microphone", self.space);
        let body = Some(("application/json", r#"{"muted": false}"#));
        let answer = connection.ask(Question { method: "PUT", path: &path, token: Some(token), body }).await?;
        expect("microphone", &answer, 200)?;
        Ok(entered)
    }

    /// Leaves.
    pub(super) async fn leave(&self, from: Ipv4Addr, location: &str) -> Result<(), DoorError> {
        let question = Question { method: "DELETE", path: location, token: None, body: None };
        self.site.open(from).await?.ask(question).await?;
        Ok(())
    }

    async fn join(&self, connection: &mut Connection, token: Option<&str>) -> Result<Door, DoorError> {
        let path = format!("/api/v1/spaces/{}/join", self.space);
        let body = Some(("application/json", "{}"));
        let answer = connection.ask(Question { method: "POST", path: &path, token, body }).await?;
        expect("join", &answer, 200)?;
        serde_json::from_slice(&answer.body).map_err(|_| DoorError::Nonsense("join"))
    }

    async fn open(
        &self,
        connection: &mut Connection,
        door: &Door,
        (what, url): (&'static str, &str),
        wish: Wish,
        (asked, join): (Stamp, Duration),
    ) -> Result<Entered, DoorError> {
        let begun = Instant::now();
        let (client, offer) = Client::offer(self.identity, wish, Secrets::draw(0), begun);
        let body = Some(("application/sdp", offer.as_str()));
        let answer = connection.ask(Question { method: "POST", path: url, token: None, body }).await?;
        expect(what, &answer, 201)?;
        let location = answer.location.ok_or(DoorError::Nonsense(what))?;
        let answer = String::from_utf8(answer.body).map_err(|_| DoorError::Nonsense(what))?;
        let feed_url = door.feed.clone();
        Ok(Entered { client, answer, asked, join, post: begun.elapsed(), feed_url, location })
    }
}

fn expect(what: &'static str, answer: &Answer, status: u16) -> Result<(), DoorError> {
    /// A problem document (RFC 9457).
    #[derive(Deserialize)]
    struct Problem {
        code: String,
    }
    if answer.status == status {
        return Ok(());
    }
    let problem = serde_json::from_slice(&answer.body).map(|problem: Problem| problem.code);
    Err(DoorError::Refused(what, answer.status, problem.unwrap_or_default()))
}
