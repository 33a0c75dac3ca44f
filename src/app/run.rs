//! The loop: one channel for keys, replies and signals; a frame when something changed.

use std::{
    io,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use secrecy::SecretString;
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP},
    iterator::Signals,
};

use super::{
    App, Effect, Event, clock,
    terminal::{self, Screen},
    worker::{Executor, Job, Worker},
};
use crate::{domain::language::Language, ui::Preferences};

/// Why the program could not show itself.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("there is no terminal")]
    NoTerminal,
    #[error("the terminal cannot place text on the screen")]
    DumbTerminal,
    #[error("the terminal does not work: {0}")]
    Terminal(#[from] io::Error),
}

/// What is kept in the machine's configuration.
#[derive(Debug)]
pub enum Keep {
    /// The database of a new company, and the language.
    Company(SecretString, Language),
    /// Another database from now on, without a line in the configuration.
    Database(SecretString),
    /// How this person, by username, wants the program to be.
    Preferences(String, Preferences),
}

/// Runs until somebody quits. `make` opens what requests are executed on; `keep` writes
/// on the machine, and answers with what there is to be said about that.
pub fn run(
    mut app: App,
    make: Arc<dyn Fn() -> Executor + Send + Sync>,
    mut keep: impl FnMut(Keep) -> Option<String>,
) -> Result<(), Failure> {
    terminal::can_show()?;
    let (sender, events) = mpsc::channel();
    watch_signals(sender.clone())?;
    let mut screen = Screen::take(app.preferences().mouse)?;
    read_terminal(sender.clone());
    let mut worker = Worker::new(make, sender);
    let size = screen.terminal.size()?;
    app.update(Event::Terminal(crossterm::event::Event::Resize(size.width, size.height)), clock::now());
    loop {
        screen.draw(&app)?;
        let first = events.recv_timeout(Duration::from_millis(app.patience())).unwrap_or(Event::Tick);
        // What has piled up is taken before the next frame.
        let mut batch = vec![first];
        batch.extend(events.try_iter().take(200));
        batch.push(Event::Tick);
        for event in batch {
            let now = clock::now();
            for effect in app.update(event, now) {
                let kept = match effect {
                    Effect::Remember { url, language } => keep(Keep::Company(url, language)),
                    Effect::Use(url) => keep(Keep::Database(url)),
                    Effect::Keep { username, preferences } => keep(Keep::Preferences(username, preferences)),
                    Effect::Send { id, session, request } => {
                        worker.send(Job { id, session, request, now });
                        None
                    }
                    Effect::Abandon => {
                        worker.abandon();
                        None
                    }
                    Effect::Copy(text) => {
                        screen.copy(&text)?;
                        None
                    }
                    Effect::Suspend => {
                        screen.suspend()?;
                        None
                    }
                    Effect::Prefer(preferences) => {
                        screen.take_mouse(preferences.mouse)?;
                        None
                    }
                    Effect::Quit => return Ok(()),
                };
                if let Some(words) = kept {
                    app.update(Event::NotKept(words), now);
                }
            }
        }
    }
}

/// Keys come from a thread of their own, which ends with the program.
fn read_terminal(events: mpsc::Sender<Event>) {
    thread::spawn(move || {
        while let Ok(event) = crossterm::event::read() {
            if events.send(Event::Terminal(event)).is_err() {
                break;
            }
        }
        events.send(Event::Stop).ok();
    });
}

/// When the terminal has vanished nothing can be drawn or read any more: the program
/// stops by itself, and does not wait for a loop that may be stuck. Nor does it where somebody
/// insists; the screen is given back all the same.
fn watch_signals(events: mpsc::Sender<Event>) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGTSTP])?;
    thread::spawn(move || {
        for signal in &mut signals {
            // Stopped from outside, the terminal has to be given back first as well.
            let event = if signal == SIGTSTP { Event::Suspend } else { Event::Stop };
            events.send(event).ok();
            if signal == SIGHUP || signal == SIGQUIT {
                thread::sleep(Duration::from_secs(2));
                terminal::leave();
                std::process::exit(0);
            }
        }
    });
    Ok(())
}
