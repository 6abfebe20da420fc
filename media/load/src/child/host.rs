//! The engine's process from outside.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use thiserror::Error;

use super::words::{Ask, Figures, Reply, Settings};

/// The child did not do as it was told.
#[derive(Debug, Error)]
pub enum HostError {
    /// It could not be started, or is gone.
    #[error("the engine's process: {0}")]
    Io(#[from] std::io::Error),
    /// It answered something else.
    #[error("the engine's process said nonsense: {0}")]
    Nonsense(String),
    /// The engine refused.
    #[error("the engine refused: {0}")]
    Refused(String),
}

/// A child with an engine.
pub struct Host {
    child: Child,
    asks: Option<ChildStdin>,
    replies: BufReader<ChildStdout>,
}

impl Host {
    /// Starts `program serve-engine`, and its engine.
    pub fn start(program: &Path, settings: Settings) -> Result<Host, HostError> {
        let piped = || (Stdio::piped(), Stdio::piped());
        let (input, output) = piped();
        let mut child = Command::new(program).arg("serve-engine").stdin(input).stdout(output).spawn()?;
        let asks = child.stdin.take();
        let replies = child.stdout.take().ok_or_else(|| HostError::Nonsense("no output".to_owned()))?;
        let mut host = Host { child, asks, replies: BufReader::new(replies) };
        host.ask(&Ask::Start(settings))?;
        Ok(host)
    }

    /// Gives these people the stage, with their microphones open.
    pub fn stage(&mut self, seats: Vec<(String, u32)>) -> Result<(), HostError> {
        self.ask(&Ask::Stage(seats)).map(drop)
    }

    /// Opens a speak session; the answer's SDP.
    pub fn speak(&mut self, participant: String, offer: String) -> Result<String, HostError> {
        self.ask(&Ask::Speak { participant, offer }).and_then(answer)
    }

    /// Opens a listen session; the answer's SDP.
    pub fn listen(&mut self, participant: String, offer: String) -> Result<String, HostError> {
        self.ask(&Ask::Listen { participant, offer }).and_then(answer)
    }

    /// What the engine has used so far.
    pub fn figures(&mut self) -> Result<Figures, HostError> {
        match self.ask(&Ask::Figures)? {
            Reply::Figures(figures) => Ok(*figures),
            other => Err(HostError::Nonsense(format!("{other:?}"))),
        }
    }

    fn ask(&mut self, ask: &Ask) -> Result<Reply, HostError> {
        let nonsense = |error: serde_json::Error| HostError::Nonsense(error.to_string());
        let gone = || HostError::Nonsense("it is gone".to_owned());
        let mut line = serde_json::to_string(ask).map_err(nonsense)?;
        line.push('\n');
        self.asks.as_mut().ok_or_else(gone)?.write_all(line.as_bytes())?;
        line.clear();
        self.replies.read_line(&mut line)?;
        match serde_json::from_str(&line).map_err(nonsense)? {
            Reply::Refused(why) => Err(HostError::Refused(why)),
            reply => Ok(reply),
        }
    }
}

fn answer(reply: Reply) -> Result<String, HostError> {
    match reply {
        Reply::Answer(sdp) => Ok(sdp),
        other => Err(HostError::Nonsense(format!("{other:?}"))),
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // The child ends when it is asked nothing more. It is waited for so that it does not outlive the run.
        self.asks = None;
        _ = self.child.wait();
    }
}
