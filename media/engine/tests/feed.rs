//! The feed over real sockets.
#![allow(clippy::float_cmp, reason = "figures that count are whole numbers")]

mod common;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::{KEY, engine, figure, wait_for};
use cooee_engine::{Engine, Event, Grant, GrantKey};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async};

fn grant() -> Grant {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    Grant {
        v: 1,
        topic: "space:a".into(),
        participant: "7".into(),
        door: "feed".into(),
        audiences: vec!["everyone".into(), "person:7".into()],
        epoch: 1,
        expires: now + 60,
    }
}

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What a client reads next.
#[derive(Debug, PartialEq)]
enum Read {
    Message(Value),
    Closed(u16),
    Nothing,
}

impl Client {
    async fn open(engine: &Engine, grant: &Grant, rest: &str) -> Self {
        Self::open_with(engine, &GrantKey::new(KEY).sign(grant), rest).await
    }

    async fn open_with(engine: &Engine, grant: &str, rest: &str) -> Self {
        let address = format!("ws://127.0.0.1:{}/edge/feed?grant={grant}{rest}", engine.edge_port());
        Self(connect_async(address).await.expect("it is accepted").0)
    }

    async fn next(&mut self) -> Read {
        loop {
            match timeout(Duration::from_secs(3), self.0.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => return Read::Message(serde_json::from_str(&text).expect("JSON")),
                Ok(Some(Ok(Message::Close(frame)))) => return Read::Closed(frame.expect("a reason").code.into()),
                Ok(Some(Ok(_))) => {}
                Ok(Some(Err(_)) | None) | Err(_) => return Read::Nothing,
            }
        }
    }

    async fn message(&mut self) -> Value {
        match self.next().await {
            Read::Message(value) => value,
            other => panic!("no message: {other:?}"),
        }
    }
}

fn publish(engine: &Engine, audience: &str, version: u64, prev: u64) {
    let snapshot = json!({ "version": version }).to_string();
    let frame = json!({ "set": { "version": version }, "events": [] }).to_string();
    engine.publish("space:a", audience, (version, prev), &snapshot, &frame);
}

#[tokio::test]
async fn a_client_gets_hello_the_state_and_changes() {
    let engine = engine();
    publish(&engine, "everyone", 1, 0);
    let mut client = Client::open(&engine, &grant(), "").await;
    assert_eq!(client.message().await, json!({"type": "hello", "node": "n1", "resumed": false}));
    let snapshot = json!({"type": "snapshot", "audience": "everyone", "version": 1, "data": {"version": 1}});
    assert_eq!(client.message().await, snapshot);
    publish(&engine, "everyone", 2, 1);
    let data = json!({"set": {"version": 2}, "events": []});
    let frame = json!({"type": "frame", "audience": "everyone", "version": 2, "prev": 1, "data": data});
    assert_eq!(client.message().await, frame);
}

#[tokio::test]
async fn after_a_break_only_what_was_missed_comes() {
    let engine = engine();
    for version in 1..=3 {
        publish(&engine, "everyone", version, version - 1);
    }
    publish(&engine, "person:7", 2, 0);
    // What is published is taken in order: who has seen the last has waited for all.
    let mut before = Client::open(&engine, &grant(), "").await;
    while before.message().await["audience"] != "person:7" {}
    let mut client = Client::open(&engine, &grant(), "&after=everyone:2,person:7:2").await;
    assert_eq!(client.message().await["resumed"], true);
    assert_eq!(client.message().await["version"], 3);
}

#[tokio::test]
async fn reactions_are_gathered_and_go_to_those_who_asked() {
    let engine = engine();
    let mut curious = Client::open(&engine, &grant(), "&channels=levels,reactions").await;
    let mut plain = Client::open(&engine, &grant(), "").await;
    for client in [&mut curious, &mut plain] {
        assert_eq!(client.message().await["type"], "hello");
    }
    for _ in 0..40 {
        engine.react("a", "7", "👏");
    }
    let gathered = curious.message().await;
    assert_eq!(gathered["channel"], "reactions");
    assert_eq!(gathered["data"]["sum"], json!({"👏": 40}));
    publish(&engine, "everyone", 1, 0);
    assert_eq!(plain.message().await["type"], "snapshot", "nothing came before it");
}

#[tokio::test]
async fn a_bad_or_expired_or_outdated_grant_is_closed_with_4001() {
    let engine = engine();
    engine.set_access_epoch("a", 2);
    let good = Grant { epoch: 2, ..grant() };
    let cases = [
        Grant { epoch: 1, ..good.clone() },
        Grant { expires: 1000, ..good.clone() },
        Grant { door: "whep".into(), ..good.clone() },
    ];
    for bad in cases {
        assert_eq!(Client::open(&engine, &bad, "").await.next().await, Read::Closed(4001), "{bad:?}");
    }
    for bad in ["", "x", "e30.e30"] {
        assert_eq!(Client::open_with(&engine, bad, "").await.next().await, Read::Closed(4001), "{bad:?}");
    }
    assert_eq!(Client::open(&engine, &good, "").await.message().await["type"], "hello");
}

#[tokio::test]
async fn closes_say_why() {
    let engine = engine();
    let mut clients = Vec::new();
    for participant in ["7", "8", "9"] {
        let own = Grant { participant: participant.into(), ..grant() };
        let mut client = Client::open(&engine, &own, "").await;
        assert_eq!(client.message().await["type"], "hello");
        clients.push(client);
    }
    assert_eq!(engine.close_participant("a", "7", "removed"), 1);
    assert_eq!(clients[0].next().await, Read::Closed(4003));
    let audiences = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    engine.set_audiences("a", "8", audiences(&["person:7", "everyone"]));
    engine.set_audiences("a", "8", audiences(&["person:7", "everyone", "stage"]));
    assert_eq!(clients[1].next().await, Read::Closed(4004));
    engine.open_space("a", 1);
    publish(&engine, "everyone", 1, 0);
    engine.close_space("a", "ended");
    assert_eq!(clients[2].message().await["version"], 1, "what came before the end");
    assert_eq!(clients[2].next().await, Read::Closed(4005));
    assert_eq!(Client::open(&engine, &grant(), "").await.next().await, Read::Closed(4005), "it is over");
    let me = Grant { topic: "me:7".into(), audiences: vec!["everyone".into()], ..grant() };
    let mut own = Client::open(&engine, &me, "").await;
    assert_eq!(own.message().await["type"], "hello");
    engine.publish_live("me:*", "everyone", "hint", r#"{"changed":"bubbles"}"#);
    assert_eq!(own.message().await["data"]["changed"], "bubbles");
    let mut elsewhere = Client::open(&engine, &me, "").await;
    assert_eq!(elsewhere.message().await["type"], "hello");
    assert_eq!(engine.close_participant("me:7", "7", "removed"), 2);
    for device in [&mut own, &mut elsewhere] {
        assert_eq!(device.next().await, Read::Closed(4003), "somebody was signed out");
    }
    let mut own = Client::open(&engine, &me, "").await;
    assert_eq!(own.message().await["type"], "hello");
    let stopping = std::thread::spawn(move || engine.stop());
    assert_eq!(own.next().await, Read::Closed(1001));
    stopping.join().expect("it stops");
}

/// A client whose system takes in little.
async fn open_narrow(engine: &Engine, grant: &Grant) -> Client {
    let socket = TcpSocket::new_v4().expect("there is a socket");
    socket.set_recv_buffer_size(16 * 1024).expect("it can be set");
    let address = format!("127.0.0.1:{}", engine.edge_port());
    let stream = socket.connect(address.parse().expect("an address")).await.expect("it listens");
    let url = format!("ws://{address}/edge/feed?grant={}", GrantKey::new(KEY).sign(grant));
    Client(client_async(url, MaybeTlsStream::Plain(stream)).await.expect("it is accepted").0)
}

#[tokio::test]
async fn a_slow_reader_is_dropped_and_nobody_waits_for_them() {
    let engine = engine();
    let mut slow = open_narrow(&engine, &grant()).await;
    assert_eq!(slow.message().await["type"], "hello");
    let mut quick = Client::open(&engine, &grant(), "").await;
    assert_eq!(quick.message().await["type"], "hello");
    let data = json!({ "set": { "text": "x".repeat(100_000) } }).to_string();
    let dropped = || engine.metrics().contains("cooee_feed_too_slow_total 1");
    // What the system and the mailbox hold for the slow one comes to an end.
    let mut version = 0;
    while !dropped() {
        version += 1;
        assert!(version < 200, "nobody was dropped");
        engine.publish("space:a", "everyone", (version, version - 1), "{}", &data);
        assert_eq!(quick.message().await["version"], version, "the quick one waits for nobody");
    }
    let mut last = slow.next().await;
    while matches!(last, Read::Message(_)) {
        last = slow.next().await;
    }
    assert_eq!(last, Read::Closed(4000));
}

#[tokio::test]
async fn a_seventeenth_feed_of_the_same_participant_is_closed_with_4006() {
    let engine = engine();
    let mut feeds = Vec::new();
    for _ in 0..16 {
        let mut feed = Client::open(&engine, &grant(), "").await;
        assert_eq!(feed.message().await["type"], "hello");
        feeds.push(feed);
    }
    assert_eq!(Client::open(&engine, &grant(), "").await.next().await, Read::Closed(4006));
    let other = Grant { participant: "8".into(), ..grant() };
    assert_eq!(Client::open(&engine, &other, "").await.message().await["type"], "hello");
}

#[tokio::test]
async fn feeds_are_counted_while_they_are_open() {
    let engine = engine();
    assert_eq!(figure(&engine, "cooee_feed_clients"), 0.0);
    let mut clients = Vec::new();
    for participant in ["7", "8"] {
        let mut client = Client::open(&engine, &Grant { participant: participant.into(), ..grant() }, "").await;
        assert_eq!(client.message().await["type"], "hello");
        clients.push(client);
    }
    assert_eq!(figure(&engine, "cooee_feed_clients"), 2.0);
    clients.pop();
    for _ in 0..3000 {
        if figure(&engine, "cooee_feed_clients") < 2.0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let figures =
        ["clients", "opened_total", "closed_total"].map(|name| figure(&engine, &format!("cooee_feed_{name}")));
    assert_eq!(figures, [1.0, 2.0, 1.0]);
}

#[tokio::test]
async fn a_client_that_talks_is_not_listened_to() {
    let engine = engine();
    let mut client = Client::open(&engine, &grant(), "").await;
    assert_eq!(client.message().await["type"], "hello");
    client.0.send(Message::text("{\"type\":\"frame\"}")).await.expect("it goes out");
    publish(&engine, "everyone", 1, 0);
    assert_eq!(client.message().await["type"], "snapshot");
    client.0.send(Message::text("x".repeat(10_000))).await.expect("it goes out");
    assert_eq!(client.next().await, Read::Nothing, "what is too large ends the connection");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_feed_is_present() {
    let engine = engine();
    let client = Client::open(&engine, &grant(), "").await;
    let presence = |event: &Event| match event {
        Event::Presence { joined, left, count, .. } => Some((joined.clone(), left.clone(), *count)),
        _ => None,
    };
    assert_eq!(wait_for(&engine, presence), (vec!["7".to_owned()], vec![], 1));
    drop(client);
    assert_eq!(wait_for(&engine, presence), (vec![], vec!["7".to_owned()], 0));
}

#[tokio::test]
async fn what_is_no_feed_is_refused_and_closed() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let engine = engine();
    for (path, status) in [("/feed", "426"), ("/edge/feed?grant=x", "426"), ("/", "404"), ("/metrics", "404")] {
        let mut stream = TcpStream::connect(("127.0.0.1", engine.edge_port())).await.expect("it listens");
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("it is open");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("it closes");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {answer}");
    }
}
