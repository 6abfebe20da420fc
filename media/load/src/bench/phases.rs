//! One phase after the other.

use std::time::{Duration, Instant};

use cooee_session::client::{Client, Wish};
use cooee_session::{Identity, Secrets};

use super::{BenchError, Plan};
use crate::child::{Figures, Host};
use crate::crowd::{self, Crowd, Newcomer};
use crate::net::{Seat, Stamp};
use crate::talk::{self, Guest, Mode, Speech, Talk};

/// Clients that decode what they hear.
const EARS: u32 = 16;
/// How long sessions may take to connect once all have knocked.
const PATIENCE: Duration = Duration::from_secs(10);
/// Before something is measured, what was changed has to come to rest.
const REST: Duration = Duration::from_millis(1500);
/// Without listeners the room is measured no longer than this.
const ROOM: Duration = Duration::from_secs(5);
/// Longest time of marks: forty of them.
const MARKS: Duration = Duration::from_secs(21);
/// How often the jitter buffers are looked at meanwhile.
const LOOK: Duration = Duration::from_secs(1);
/// The last flight of a session's handshake is kept so long, says the engine's design; and a little more.
const HANDSHAKE_KEPT: Duration = Duration::from_secs(34);

/// What was used and noticed in a phase.
pub(super) struct Phase {
    pub(super) time: Duration,
    pub(super) before: Figures,
    pub(super) after: Figures,
    pub(super) crowd: crowd::Window,
    pub(super) talk: talk::Window,
    /// Offers that the engine refused.
    pub(super) refused: usize,
    /// How long the longest jitter buffer held sound back, on average; 0 where it was not asked.
    pub(super) jitter_delay_ms: f64,
}

pub(super) struct Bench<'a> {
    plan: &'a Plan,
    host: Host,
    crowd: Crowd,
    talk: Talk,
    identity: Identity,
    joined: u32,
    last_join: Instant,
}

impl<'a> Bench<'a> {
    /// Starts an engine and lets the speakers on stage.
    pub(super) fn start(plan: &'a Plan) -> Result<Self, BenchError> {
        let crowd = Crowd::start((plan.listeners / EARS).max(1))?;
        let (talk, identity) = (Talk::start()?, Identity::new()?);
        let host = Host::start(&plan.program, plan.settings)?;
        let mut bench = Bench { plan, host, crowd, talk, identity, joined: 0, last_join: Instant::now() };
        bench.let_speakers_in()?;
        Ok(bench)
    }

    fn let_speakers_in(&mut self) -> Result<(), BenchError> {
        let speeches = Speech::read_all(&self.plan.voices)?;
        let name = |number: u32| format!("speaker{number}");
        self.host.stage((0..self.plan.speakers).map(|number| (name(number), number + 1)).collect())?;
        for (number, speech) in (0..self.plan.speakers).zip(speeches.iter().cycle()) {
            let wish = Wish::Speak { slots: 5 };
            let (client, offer) = Client::offer(&self.identity, wish, Secrets::draw(0), Instant::now());
            let answer = self.host.speak(name(number), offer)?;
            self.talk.enter(Guest { seat: Seat(number), client, answer, speech: speech.clone() });
        }
        let until = Instant::now() + PATIENCE;
        loop {
            std::thread::sleep(Duration::from_millis(50));
            let connected = self.talk.take().connected;
            if connected == self.plan.speakers as usize {
                return Ok(());
            }
            if Instant::now() >= until {
                return Err(BenchError::Speakers(connected, self.plan.speakers));
            }
        }
    }

    /// The Space without listeners, while all speakers talk.
    pub(super) fn room(&mut self) -> Result<Phase, BenchError> {
        eprintln!("{} speakers talk to nobody", self.plan.speakers);
        self.turn(Mode::Speech);
        let time = ROOM.min(self.plan.time);
        self.phase(|_| {
            std::thread::sleep(time);
            Ok(0)
        })
    }

    /// Half of the listeners join while nobody speaks: what that costs is the joining itself.
    pub(super) fn join_in_silence(&mut self) -> Result<Phase, BenchError> {
        self.turn(Mode::Quiet);
        let count = self.plan.listeners / 2;
        self.phase(|bench| bench.join(count))
    }

    /// Half of them are there, and all speakers talk: with [`Bench::steady`] this tells what a listener costs from what all
    /// cost together.
    pub(super) fn half(&mut self) -> Result<Phase, BenchError> {
        self.turn(Mode::Speech);
        self.steady()
    }

    /// The other half joins while all talk: how long it takes until they hear.
    pub(super) fn join_in_talk(&mut self) -> Result<Phase, BenchError> {
        let count = self.plan.listeners - self.joined;
        self.phase(|bench| bench.join(count))
    }

    /// Everybody who joined is there, and all speakers talk.
    pub(super) fn steady(&mut self) -> Result<Phase, BenchError> {
        std::thread::sleep(REST);
        eprintln!("{} listeners for {:?}", self.joined, self.plan.time);
        let time = self.plan.time;
        self.phase(|_| {
            std::thread::sleep(time);
            Ok(0)
        })
    }

    /// Marks in silence, to be timed.
    pub(super) fn marks(&mut self) -> Result<Phase, BenchError> {
        self.turn(Mode::Marks);
        let time = MARKS.min(self.plan.time);
        eprintln!("marks for {time:?}");
        let mut delays = Vec::new();
        let mut phase = self.phase(|bench| {
            let begun = Instant::now();
            while begun.elapsed() < time {
                std::thread::sleep(LOOK.min(time));
                delays.push(bench.host.figures()?.jitter_delay_ms);
            }
            Ok(0)
        })?;
        phase.jitter_delay_ms = delays.iter().sum::<f64>() / delays.len().max(1) as f64;
        Ok(phase)
    }

    /// Waits until the handshakes are forgotten.
    pub(super) fn settle(&mut self) -> Result<Phase, BenchError> {
        self.turn(Mode::Quiet);
        let rest = HANDSHAKE_KEPT.saturating_sub(self.last_join.elapsed());
        eprintln!("waiting {rest:?} for handshakes to be forgotten");
        self.phase(|_| {
            std::thread::sleep(rest);
            Ok(0)
        })
    }

    fn turn(&mut self, mode: Mode) {
        self.talk.turn(mode);
        std::thread::sleep(REST);
    }

    fn phase(&mut self, act: impl FnOnce(&mut Self) -> Result<usize, BenchError>) -> Result<Phase, BenchError> {
        self.crowd.take();
        self.talk.take();
        let (before, begun) = (self.host.figures()?, Instant::now());
        let refused = act(self)?;
        let (time, after) = (begun.elapsed(), self.host.figures()?);
        Ok(Phase {
            time,
            before,
            after,
            crowd: self.crowd.take(),
            talk: self.talk.take(),
            refused,
            jitter_delay_ms: 0.0,
        })
    }

    /// Lets `count` listeners join, evenly in time, and waits until they are connected. How many were refused.
    fn join(&mut self, count: u32) -> Result<usize, BenchError> {
        eprintln!("{count} listeners join, {} a second", self.plan.join_rate);
        let begun = Instant::now();
        let mut refused = 0;
        for number in 0..count {
            let due = begun + Duration::from_secs(1) * number / self.plan.join_rate.max(1);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            refused += usize::from(!self.knock()?);
        }
        // Time enough for the slowest, and a little for everybody's first packet.
        std::thread::sleep(Duration::from_secs(1));
        self.last_join = Instant::now();
        Ok(refused)
    }

    fn knock(&mut self) -> Result<bool, BenchError> {
        let seat = Seat(self.joined);
        self.joined += 1;
        let wish = Wish::Listen { red: true };
        let (client, offer) = Client::offer(&self.identity, wish, Secrets::draw(0), Instant::now());
        let asked = Stamp::now();
        match self.host.listen(format!("g{}", seat.0), offer) {
            Ok(answer) => self.crowd.enter(Newcomer { seat, client, answer, asked }),
            Err(crate::child::HostError::Refused(_)) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        Ok(true)
    }
}
