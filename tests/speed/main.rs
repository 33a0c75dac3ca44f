//! Measurements on a company of any size; not part of the ordinary tests. `benches/run` creates the companies,
//! runs this on both engines and prints the tables that docs/performance.md quotes.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod floor;
mod imports;
mod money;
mod screens;
mod services;
mod staff;
mod town;

use std::time::Duration;

/// How often each measurement is repeated.
const ROUNDS: usize = 20;

/// The password of the demo's accounts.
const PASSWORD: &str = "look-around-freely";

/// The address of a demo made with `--scale`.
fn url() -> String {
    std::env::var("EPIC_EVENTS_SPEED_URL").expect("benches/run says which company")
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The median and the maximum, in milliseconds.
fn median_and_worst(mut times: Vec<Duration>) -> (f64, f64) {
    times.sort();
    (milliseconds(times[times.len() / 2]), milliseconds(times[times.len() - 1]))
}

/// Prints a line of the table: median, maximum, the floor of the same run, and the ratio of median to floor.
fn say(name: &str, times: Vec<Duration>, floor: Option<f64>, more: &str) {
    let (median, worst) = median_and_worst(times);
    let floor = floor.map_or("| |".to_owned(), |floor| format!("{floor:.2} | {:.1} |", median / floor));
    println!("SPEED | {name} | {median:.2} | {worst:.1} | {floor} {more}");
}
