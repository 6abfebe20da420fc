//! Guests, through the doors of a node of a few lines around a real engine.

mod node;

use std::path::PathBuf;
use std::time::Duration;

use cooee_load::http::{Visit, run};
use node::Node;
use serde_json::Value;

fn visit(node: &Node, listeners: u32) -> Visit {
    Visit {
        url: node.url.clone(),
        space: "s".to_owned(),
        listeners,
        time: Duration::from_secs(2),
        join_rate: 100,
        speakers: vec!["ada".to_owned(), "ben".to_owned()],
        voices: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../cooee/demo/voices")),
        feed: true,
    }
}

async fn report(visit: Visit) -> Value {
    serde_json::to_value(run(visit).await.expect("the node can be visited")).expect("a report is JSON")
}

#[tokio::test]
async fn guests_hear_those_who_speak_and_leave_at_the_end() {
    let node = Node::start(usize::MAX).await;
    let report = report(visit(&node, 12)).await;
    assert_eq!((report["ok"].as_bool(), report["listeners"].as_u64()), (Some(true), Some(12)), "{report}");
    assert_eq!(report["join"]["first_packet"]["count"], 12);
    assert_eq!(report["join"]["whep"]["count"], 12);
    assert_eq!((&report["feed"]["opened"], &report["feed"]["snapshots"]), (&12.into(), &12.into()));
    assert_eq!(report["speakers"]["connected"], 2);
    assert!(report["speakers"]["forwarded"].as_u64() > Some(100), "{report}");
    assert_eq!(node.left(), 14, "guests and speakers");
}

#[tokio::test]
async fn who_is_not_let_in_is_told_with_what_was_said() {
    let node = Node::start(5).await;
    let report = report(visit(&node, 8)).await;
    assert_eq!((report["ok"].as_bool(), report["listeners"].as_u64()), (Some(false), Some(3)), "{report}");
    assert_eq!(report["join"]["refused"], serde_json::json!({"join: 429 rate_limited": 5}));
}
