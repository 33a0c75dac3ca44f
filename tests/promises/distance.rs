//! A server behind a slow link: 300 milliseconds in each direction.

use std::time::{Duration, Instant};

use rstest::rstest;

use crate::{
    common::figure,
    support::{
        Engine,
        proxy::Proxy,
        server,
        terminal::{ENTER, SAVE, Terminal},
        world::{PASSWORD, World},
    },
};

const EACH_WAY: u64 = 300;
const ROUND_TRIP: Duration = Duration::from_millis(2 * EACH_WAY);
/// A character that occurs in none of the forms.
const MARK: &str = "ß";

/// Signing in, opening a list and saving all work, and a key is echoed before a response of the server could
/// arrive.
#[rstest]
fn people_can_sign_in_and_save_over_a_slow_link(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    world.client_of(world.sales.actor.id, "Kevin Casey");
    let wire = Proxy::to(server(engine).port);
    wire.move_away(EACH_WAY);
    let url = world.db.url.replace(&server(engine).port.to_string(), &wire.port.to_string());
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(home.path(), &url, &[]);
    let t = &mut terminal;
    let mut times = Vec::new();
    let mut begun = Instant::now();
    let mut took = |what: &str| {
        times.push(format!("{what} {:.1} s", begun.elapsed().as_secs_f64()));
        begun = Instant::now();
    };
    t.see(&["Username"]).field("sales").press(PASSWORD);
    took("first screen");
    t.press(ENTER).see(&["Waiting for you"]);
    took("signing in");
    t.press(":").see(&["Go to, or do"]).press("clients\r").see(&["Kevin Casey"]);
    took("opening a list");
    t.press(ENTER).see(&["c1@example.org"]).press("e").see(&["Edit client"]).press(MARK).see(&[MARK]);
    took("opening a form");
    t.press(SAVE).see(&["Save these changes?"]).press(ENTER);
    let pressed = Instant::now();
    t.press("\x7f").gone(MARK);
    let echo = pressed.elapsed();
    t.see(&["Saved, up to what you have typed since"]);
    took("saving");
    t.press(SAVE).see(&["Save these changes?"]).press(ENTER).see(&["is now"]).gone("Edit client").press("q");
    assert_eq!(terminal.end().0, 0);
    assert!(echo < ROUND_TRIP, "a key was echoed only after {echo:?}");
    figure("11 slow link", engine.name(), &format!("{}; a key echoed within {echo:.0?}", times.join(", ")));
}
