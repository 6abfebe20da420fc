//! `cooee-load engine`, as it is called: small, and whole.

use std::process::{Command, Output};

use serde_json::Value;

fn engine(arguments: &[&str]) -> Output {
    let voices = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cooee/demo/voices");
    let mut command = Command::new(env!("CARGO_BIN_EXE_cooee-load"));
    command.arg("engine").args(["--voices", voices, "--seconds", "3"]).args(arguments).output().expect("it runs")
}

fn report(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

fn number(report: &Value, path: &str) -> f64 {
    report.pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("no {path} in {report}"))
}

#[test]
fn everybody_hears_three_people_who_talk_at_once() {
    let report = report(&engine(&["--listeners", "12", "--class", "20"]));
    assert_eq!((report["ok"].as_bool(), report["listeners"].as_u64()), (Some(true), Some(12)));
    for failures in ["failed_sessions", "unheard", "not_authentic", "undecoded", "forwarded_unknown"] {
        assert_eq!(report["checks"][failures], 0, "{failures}");
    }
    assert!(number(&report, "/checks/quietest_dbov") > -40.0);
    let packets = number(&report, "/network/packets_per_listener_and_second");
    assert!((40.0..=55.0).contains(&packets), "{packets}");
    assert!(number(&report, "/checks/forwarded") > 500.0, "each hears the two others");
    assert_eq!(report["join"]["first_packet"]["count"], 6, "half of them join while somebody talks");
}

#[test]
fn figures_and_delays_are_those_of_an_engine() {
    let report = report(&engine(&["--listeners", "12", "--class", "60"]));
    let packets = number(&report, "/network/packets_per_listener_and_second");
    assert!((12.0..=18.5).contains(&packets), "{packets}");
    for figure in ["/cpu/per_listener_us", "/cpu/room_us", "/cpu/per_packet_us", "/join/cpu_us", "/join/answer_us"] {
        assert!(number(&report, figure) > 0.0, "{figure}");
    }
    let cpu = |figure: &str| number(&report, &format!("/cpu/{figure}"));
    let parts = cpu("fixed_us") + 12.0 * cpu("per_added_listener_us");
    assert!((parts - 12.0 * cpu("per_listener_us")).abs() < 1.0, "the parts are the whole: {report}");
    assert!(number(&report, "/heap/per_listener_bytes") > 1_000.0);
    assert!(number(&report, "/delay/jitter_target_ms") >= 20.0);
    // A packet's time, the jitter buffer, and both codecs.
    assert!(number(&report, "/delay/mix/p50_ms") > 60.0);
    assert!(number(&report, "/delay/forward/p50_ms") < number(&report, "/delay/mix/p50_ms"));
    assert_eq!(report["targets"].as_array().map(Vec::len), Some(5));
}

#[test]
fn a_command_line_that_makes_no_sense_measures_nothing() {
    for arguments in [&["--listeners"][..], &["--listeners", "many"], &["--what", "1", "--listeners", "1"], &["x"]] {
        let output = engine(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
}
