//! A node without Python: it lets everybody in.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cooee_engine::{Config, Engine, Grant, GrantKey};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const KEY: [u8; 32] = [7; 32];

/// A node, and the Space `s` in which `ada` and `ben` are on stage.
pub struct Node {
    pub url: String,
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    most: usize,
    joined: AtomicUsize,
    left: AtomicUsize,
}

impl Node {
    /// Starts one that lets so many in.
    pub async fn start(most: usize) -> Node {
        let engine = Engine::new(Config {
            node: "n".to_owned(),
            edge_host: "127.0.0.1".to_owned(),
            edge_port: 0,
            advertise: Vec::new(),
            grant_key: KEY.to_vec(),
            listener_threads: 1,
            stage_threads: 1,
            frame_class: None,
        });
        engine.start().expect("a port is free");
        engine.open_space("s", 1);
        engine.set_stage("s", 1, vec![("ada".to_owned(), 1, true), ("ben".to_owned(), 2, true)]);
        engine.publish("space:s", "everyone", (1, 0), r#"{"title": "Night radio"}"#, "{}");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let (joined, left) = Default::default();
        let inner = Arc::new(Inner { engine, most, joined, left });
        let server = Arc::clone(&inner);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = Arc::clone(&server);
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
        Node { url, inner }
    }

    /// How many have left.
    pub fn left(&self) -> usize {
        self.inner.left.load(SeqCst)
    }
}

impl Inner {
    async fn serve(&self, mut stream: TcpStream) {
        let mut text = Vec::new();
        loop {
            let mut more = [0; 4096];
            match stream.read(&mut more).await {
                Ok(0) | Err(_) => return,
                Ok(length) => text.extend_from_slice(&more[..length]),
            }
            if let Some(request) = whole(&text) {
                let (status, headers, body) = self.answer(&request);
                let length = body.len();
                let answer = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
                stream.write_all(answer.as_bytes()).await.expect("they wait for the answer");
                text.clear();
            }
        }
    }

    fn answer(&self, request: &Request) -> (&'static str, String, String) {
        let participant = request.query.clone().unwrap_or_default();
        let engine = &self.engine;
        let opened = |session: String, sdp: String| {
            ("201 Created", format!("Content-Type: application/sdp\r\nLocation: /whep/s/n.{session}\r\n"), sdp)
        };
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/api/v1/spaces/s/join") => self.join(request.token.clone()),
            ("PUT", "/api/v1/spaces/s/me/microphone") => ("200 OK", String::new(), r#"{"muted":false}"#.to_owned()),
            ("POST", "/whep/s") => {
                let answer = engine.open_listen("s", &participant, &request.body, 0).expect("a good offer");
                opened(answer.session, answer.sdp)
            }
            ("POST", "/whip/s") => {
                let answer = engine.open_speak("s", &participant, &request.body, 0, None).expect("a good offer");
                opened(answer.session, answer.sdp)
            }
            ("DELETE", path) => {
                let session = path.rsplit('.').next().unwrap_or_default();
                assert!(engine.close_session("s", session, &"left".into()), "{path}");
                self.left.fetch_add(1, SeqCst);
                ("200 OK", String::new(), String::new())
            }
            other => panic!("nobody asks {other:?}"),
        }
    }

    fn join(&self, token: Option<String>) -> (&'static str, String, String) {
        let number = self.joined.fetch_add(1, SeqCst);
        if number >= self.most {
            return ("429 Too Many Requests", String::new(), r#"{"code": "rate_limited"}"#.to_owned());
        }
        let speaks = token.is_some();
        let participant = token.unwrap_or_else(|| format!("g{number}"));
        let port = self.engine.edge_port();
        let door = json!({
            "participant_id": participant,
            "feed_url": format!("ws://127.0.0.1:{port}/feed?grant={}", feed_grant(&participant)),
            "whep_url": format!("http://elsewhere/whep/s?grant={participant}"),
            "whip_url": speaks.then(|| format!("http://elsewhere/whip/s?grant={participant}")),
        });
        ("200 OK", "Content-Type: application/json\r\n".to_owned(), door.to_string())
    }
}

fn feed_grant(participant: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let grant = Grant {
        v: 1,
        topic: "space:s".to_owned(),
        participant: participant.to_owned(),
        door: "feed".to_owned(),
        audiences: vec!["everyone".to_owned()],
        epoch: 1,
        expires: (now + Duration::from_secs(60)).as_secs(),
    };
    GrantKey::new(&KEY).sign(&grant)
}

struct Request {
    method: String,
    path: String,
    /// The grant, which is the participant's name here.
    query: Option<String>,
    token: Option<String>,
    body: String,
}

/// The request, if all of it has come.
fn whole(text: &[u8]) -> Option<Request> {
    let text = std::str::from_utf8(text).expect("offers are ASCII");
    let (head, body) = text.split_once("\r\n\r\n")?;
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    let length: usize = header("Content-Length: ")?.parse().expect("a number");
    let mut words = head.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?);
    let (path, query) = target.split_once("?grant=").map_or((target, None), |(path, query)| (path, Some(query)));
    let token = header("Authorization: Bearer ");
    (body.len() == length).then(|| Request {
        method,
        path: path.to_owned(),
        query: query.map(str::to_owned),
        token,
        body: body.to_owned(),
    })
}
