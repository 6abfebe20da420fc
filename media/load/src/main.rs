//! `cooee-load`: listeners and speakers by the thousand, for benchmarks and tests.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use cooee_load::args::Args;
use cooee_load::child::{Settings, serve};
use cooee_load::{bench, http as node};

const HELP: &str = "\
cooee-load engine --listeners N [--speakers 3] [--class 20|40|60] [--seconds 10] [--join-rate 200] [--threads 0]
                  [--voices cooee/demo/voices] [--settle] [--program PATH]
    What the media engine costs, and how long sound takes through it. PATH is another build of cooee-load, or a script
    that runs one, whose engine is to be measured.

cooee-load http --space ID --listeners N [--url http://127.0.0.1:8000] [--seconds 10] [--join-rate 50] [--feed]
                [--speakers TOKEN,TOKEN] [--voices cooee/demo/voices]
    Guests of a node on this machine, each from an address of their own in 127.0.0.0/8, and people with a seat on stage.

Prints one JSON object. Ends with 1 if something that came was not authentic or not sound.";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let done = match words.next().as_deref() {
        Some("engine") => engine(words),
        Some("http") => http(words),
        Some("serve-engine") => {
            serve(std::io::stdin().lock(), std::io::stdout().lock()).map(|()| true).map_err(Into::into)
        }
        _ => Err(HELP.into()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn engine(words: impl Iterator<Item = String>) -> Result<bool, Box<dyn Error>> {
    let mut args = Args::read(words)?;
    let settings = Settings { class_ms: args.maybe("class")?, listener_threads: args.or("threads", 0)? };
    let plan = bench::Plan {
        program: args.maybe("program")?.map_or_else(std::env::current_exe, Ok)?,
        voices: args.or("voices", "cooee/demo/voices".into())?,
        listeners: args.must("listeners")?,
        speakers: args.or("speakers", 3)?,
        settings,
        time: Duration::from_secs(args.or("seconds", 10)?),
        join_rate: args.or("join-rate", 200)?,
        settle: args.flag("settle")?,
    };
    args.finish()?;
    let report = bench::run(&plan)?;
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(report.is_ok())
}

fn http(words: impl Iterator<Item = String>) -> Result<bool, Box<dyn Error>> {
    let mut args = Args::read(words)?;
    let tokens: Option<String> = args.maybe("speakers")?;
    let visit = node::Visit {
        url: args.or("url", "http://127.0.0.1:8000".to_owned())?,
        space: args.must("space")?,
        listeners: args.must("listeners")?,
        time: Duration::from_secs(args.or("seconds", 10)?),
        join_rate: args.or("join-rate", 50)?,
        speakers: tokens.map_or(Vec::new(), |tokens| tokens.split(',').map(str::to_owned).collect()),
        voices: args.or("voices", "cooee/demo/voices".into())?,
        feed: args.flag("feed")?,
    };
    args.finish()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(node::run(visit))?;
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(report.is_ok())
}
