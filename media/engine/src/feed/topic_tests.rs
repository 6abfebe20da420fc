use super::*;

fn channels(names: &str) -> Channels {
    let query: super::super::query::Query =
        serde_json::from_value(serde_json::json!({ "channels": names })).expect("a query");
    query.channels()
}

struct Reader {
    id: SubscriberId,
    mailbox: Arc<Mailbox>,
}

impl Reader {
    fn joins(topic: &mut Topic, audiences: &[&str], after: &[(&str, u64)]) -> Self {
        Self::asks(topic, audiences, after, "")
    }

    fn asks(topic: &mut Topic, audiences: &[&str], after: &[(&str, u64)], wishes: &str) -> Self {
        let audiences: Vec<String> = audiences.iter().map(ToString::to_string).collect();
        let after = after.iter().map(|(name, version)| ((*name).to_owned(), *version)).collect();
        let mailbox = Arc::new(Mailbox::default());
        let wish = Subscription { participant: "7", audiences: &audiences, channels: channels(wishes), after: &after };
        let id = topic.readers() as SubscriberId;
        topic.subscribe(id, "a", &wish, &mailbox).expect("there is room");
        Self { id, mailbox }
    }

    fn reads(&self) -> Vec<serde_json::Value> {
        std::iter::from_fn(|| self.mailbox.take())
            .map(|text| serde_json::from_str(&text).expect("messages are JSON"))
            .collect()
    }

    /// Types and versions, in short.
    fn sees(&self) -> Vec<String> {
        self.reads()
            .iter()
            .map(|message| match message["type"].as_str() {
                Some("hello") => format!("hello {}", message["resumed"]),
                Some("live") => format!("live {} {}", message["channel"], message["data"]),
                kind => {
                    format!("{} {} {}", kind.unwrap_or("?"), message["audience"], message["version"]).replace('"', "")
                }
            })
            .collect()
    }
}

fn publish(topic: &mut Topic, now: Instant, audience: &str, version: u64, prev: u64) {
    publish_frame(topic, now, audience, (version, prev), r#"{"set":{"a":1}}"#);
}

fn publish_frame(topic: &mut Topic, now: Instant, audience: &str, (version, prev): (u64, u64), frame: &str) {
    topic.publish(now, audience, &Change { version, prev, snapshot: r#"{"a":1}"#, frame });
}

#[test]
fn a_newcomer_gets_hello_then_the_state_then_frames() {
    let (mut topic, now) = (Topic::default(), Instant::now());
    publish(&mut topic, now, "everyone", 1, 0);
    let reader = Reader::joins(&mut topic, &["everyone"], &[]);
    publish(&mut topic, now, "everyone", 2, 1);
    assert_eq!(reader.sees(), ["hello false", "snapshot everyone 1", "frame everyone 2"]);
}

#[test]
fn only_the_granted_audiences_are_heard() {
    let (mut topic, now) = (Topic::default(), Instant::now());
    let reader = Reader::joins(&mut topic, &["everyone"], &[]);
    publish(&mut topic, now, "hosts", 1, 0);
    publish(&mut topic, now, "everyone", 1, 0);
    assert_eq!(reader.sees(), ["hello false", "snapshot everyone 1"]);
}

#[test]
fn who_comes_back_within_a_minute_gets_what_was_missed() {
    let (mut topic, now) = (Topic::default(), Instant::now());
    for version in 1..=4 {
        publish(&mut topic, now, "everyone", version, version - 1);
    }
    let reader = Reader::joins(&mut topic, &["everyone"], &[("everyone", 2)]);
    assert_eq!(reader.sees(), ["hello true", "frame everyone 3", "frame everyone 4"]);
    let reader = Reader::joins(&mut topic, &["everyone"], &[("everyone", 4)]);
    assert_eq!(reader.sees(), ["hello true"]);
}

#[test]
fn who_comes_back_later_gets_the_state() {
    let (mut topic, now) = (Topic::default(), Instant::now());
    publish(&mut topic, now, "everyone", 1, 0);
    publish(&mut topic, now, "everyone", 2, 1);
    publish(&mut topic, now + Duration::from_secs(61), "everyone", 3, 2);
    let reader = Reader::joins(&mut topic, &["everyone"], &[("everyone", 1)]);
    assert_eq!(reader.sees(), ["hello false", "snapshot everyone 3"]);
}

#[test]
fn who_missed_more_than_is_kept_gets_the_state() {
    let (mut topic, now) = (Topic::default(), Instant::now());
    for version in 1..=300 {
        publish(&mut topic, now, "everyone", version, version - 1);
    }
    let reader = Reader::joins(&mut topic, &["everyone"], &[("everyone", 99)]);
    assert_eq!(reader.sees(), ["hello false", "snapshot everyone 300"]);
    let reader = Reader::joins(&mut topic, &["everyone"], &[("everyone", 100)]);
    assert_eq!(reader.sees().len(), 1 + FRAMES);
}

#[test]
fn who_missed_much_in_every_audience_is_not_too_slow_for_it() {
    let (mut topic, now) = (Topic::default(), Instant::now());
    let audiences = ["everyone", "stage", "hosts", "person:7"];
    let long = format!(r#"{{"set":{{"a":"{}"}}}}"#, "x".repeat(10_000));
    for (audience, version) in audiences.into_iter().flat_map(|name| (1..=40).map(move |version| (name, version))) {
        publish_frame(&mut topic, now, audience, (version, version - 1), &long);
    }
    assert!(topic.audiences.values().all(|audience| audience.bytes <= BYTES && audience.frames.len() == 9));
    let reader = Reader::joins(&mut topic, &audiences, &audiences.map(|name| (name, 31)));
    assert_eq!(reader.sees().len(), 1 + 4 * 9);
    topic.forget(now + Duration::from_secs(61));
    assert!(topic.audiences.values().all(|audience| audience.bytes == 0));
}

#[test]
fn nobody_has_more_than_sixteen_feeds_of_a_topic() {
    let mut topic = Topic::default();
    let readers: Vec<_> = (0..FEEDS).map(|_| Reader::joins(&mut topic, &["everyone"], &[])).collect();
    let (mailbox, after, audiences) = (Arc::default(), After::new(), ["everyone".to_owned()]);
    let wish = |participant| Subscription { participant, audiences: &audiences, channels: channels(""), after: &after };
    assert_eq!(topic.subscribe(99, "a", &wish("7"), &mailbox), Err(Close::TooMany));
    assert_eq!(topic.subscribe(98, "a", &wish("8"), &mailbox), Ok(()), "another has room");
    topic.unsubscribe(readers[3].id);
    assert_eq!(topic.subscribe(97, "a", &wish("7"), &mailbox), Ok(()));
    for id in 0..100 {
        topic.unsubscribe(id);
    }
    assert!(topic.is_idle() && topic.feeds.is_empty());
}

#[test]
fn a_version_from_the_future_gets_the_state() {
    let (mut topic, now) = (Topic::default(), Instant::now());
    publish(&mut topic, now, "everyone", 1, 0);
    let reader = Reader::joins(&mut topic, &["everyone"], &[("everyone", 9)]);
    assert_eq!(reader.sees(), ["hello false", "snapshot everyone 1"]);
}

#[test]
fn a_change_that_does_not_follow_the_last_is_sent_whole() {
    let (mut topic, now) = (Topic::default(), Instant::now());
    publish(&mut topic, now, "everyone", 1, 0);
    let reader = Reader::joins(&mut topic, &["everyone"], &[("everyone", 1)]);
    publish(&mut topic, now, "everyone", 5, 3);
    assert_eq!(reader.sees(), ["hello true", "snapshot everyone 5"]);
}

#[test]
fn an_older_version_changes_nothing() {
    let (mut topic, now) = (Topic::default(), Instant::now());
    publish(&mut topic, now, "everyone", 5, 0);
    let reader = Reader::joins(&mut topic, &["everyone"], &[]);
    publish(&mut topic, now, "everyone", 5, 4);
    publish(&mut topic, now, "everyone", 4, 3);
    assert_eq!(reader.sees(), ["hello false", "snapshot everyone 5"]);
}

#[test]
fn levels_go_to_those_who_asked_and_presence_to_all_and_to_newcomers() {
    let mut topic = Topic::default();
    let plain = Reader::joins(&mut topic, &["everyone"], &[]);
    let curious = Reader::asks(&mut topic, &["everyone"], &[], "levels");
    topic.publish_live("everyone", "levels", r#"{"9":50}"#);
    topic.publish_live("everyone", "presence", "1");
    assert_eq!(plain.sees(), ["hello false", "live \"presence\" 1"]);
    let mut seen = curious.sees();
    seen.sort();
    assert_eq!(seen, ["hello false", "live \"levels\" {\"9\":50}", "live \"presence\" 1"]);
    let newcomer = Reader::joins(&mut topic, &["everyone"], &[]);
    assert_eq!(newcomer.sees(), ["hello false", "live \"presence\" 1"]);
}

#[test]
fn a_topic_that_all_left_and_nobody_filled_is_idle() {
    let mut topic = Topic::default();
    let reader = Reader::joins(&mut topic, &["everyone", "person:7"], &[]);
    assert!(!topic.is_idle());
    topic.unsubscribe(reader.id);
    topic.unsubscribe(reader.id);
    assert!(topic.is_idle());
}

#[test]
fn the_own_state_of_who_left_long_ago_is_forgotten() {
    let (mut topic, now) = (Topic::default(), Instant::now());
    for name in ["everyone", "person:7", "person:8"] {
        publish(&mut topic, now, name, 1, 0);
    }
    let reader = Reader::joins(&mut topic, &["everyone", "person:7"], &[]);
    assert_eq!(reader.sees().len(), 3);
    let later = |seconds| now + Duration::from_secs(seconds);
    topic.forget(later(500));
    topic.unsubscribe(reader.id);
    topic.forget(later(900));
    assert_eq!(
        Reader::joins(&mut topic, &["person:7", "person:8"], &[]).sees(),
        ["hello false", "snapshot person:7 1"]
    );
    topic.unsubscribe(0);
    topic.forget(later(2000));
    assert_eq!(
        Reader::joins(&mut topic, &["person:7", "everyone"], &[]).sees(),
        ["hello false", "snapshot everyone 1"]
    );
}

#[test]
fn audience_names_are_escaped() {
    let (mut topic, now) = (Topic::default(), Instant::now());
    publish(&mut topic, now, "per\"son", 1, 0);
    let reader = Reader::joins(&mut topic, &["per\"son"], &[]);
    assert_eq!(reader.reads()[1]["audience"], "per\"son");
}

fn wants_levels(topic: &mut Topic, number: usize, audiences: &[&str]) -> Reader {
    let (audiences, mailbox) = (audiences.iter().map(ToString::to_string).collect::<Vec<_>>(), Arc::default());
    let (participant, after) = (number.to_string(), std::iter::empty().collect());
    let channels = channels("levels");
    let wish = Subscription { participant: &participant, audiences: &audiences, channels, after: &after };
    topic.subscribe(number as SubscriberId, "a", &wish, &mailbox).expect("there is room");
    Reader { id: number as SubscriberId, mailbox }
}

fn crowd(topic: &mut Topic, listeners: usize) -> Vec<Reader> {
    (0..listeners).map(|number| wants_levels(topic, number, &["everyone"])).collect()
}

/// How often a listener and somebody on stage are told levels, with so many listeners, in four seconds in which somebody else
/// begins to talk after two.
fn told(listeners: usize) -> [usize; 2] {
    let mut topic = Topic::default();
    let readers = crowd(&mut topic, listeners);
    let on_stage = wants_levels(&mut topic, listeners, &["everyone", "stage"]);
    let mut told = [0; 2];
    for message in 1..=20 {
        topic.publish_levels(message == 11, r#"{"9":50}"#);
        for (count, reader) in told.iter_mut().zip([&readers[0], &on_stage]) {
            *count += reader.reads().iter().filter(|message| message["type"] == "live").count();
        }
    }
    told
}

#[test]
fn levels_are_told_to_a_large_audience_now_and_then_and_when_others_talk() {
    assert_eq!(told(99), [20, 20]);
    assert_eq!(told(101), [4, 20]);
}

#[test]
fn a_large_audience_is_told_at_once_that_all_are_silent() {
    let mut topic = Topic::default();
    let readers = crowd(&mut topic, 101);
    for (others, data) in [(true, r#"{"9":50}"#), (false, "{}")] {
        topic.publish_levels(others, data);
    }
    assert_eq!(readers[0].reads().last().map(|message| message["data"].to_string()), Some("{}".to_owned()));
}
