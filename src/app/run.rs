//! The main loop: takes keys, replies and signals from one channel, carries out the effects of
//! [`App::update`], and draws a frame after each batch.

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
    App, AppEvent, Effect, clock,
    terminal::{self, TerminalScreen},
    worker::{Executor, Job, Worker, in_log},
};
use crate::{domain::language::Language, ui::Preferences};

/// Why the full-screen interface could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("there is no terminal")]
    NoTerminal,
    #[error("the terminal cannot place text on the screen")]
    DumbTerminal,
    #[error("the terminal does not work: {0}")]
    Terminal(#[from] io::Error),
}

/// A change to what this machine uses, or keeps in its configuration files.
#[derive(Debug)]
pub enum Keep {
    /// Store the database of a new company and the language, and use that database from now on.
    Company(SecretString, Language),
    /// Use another database from now on, without storing it.
    Database(SecretString),
    /// Store the preferences of the user with this username.
    Preferences(String, Preferences),
}

/// Runs until the user quits. `make` creates the executor of requests. `keep` applies a [`Keep`]
/// and returns a message for the user, if there is one.
pub fn run(
    mut app: App,
    make: Arc<dyn Fn() -> Executor + Send + Sync>,
    mut keep: impl FnMut(Keep) -> Option<String>,
) -> Result<(), RunError> {
    terminal::can_show()?;
    let (sender, events) = mpsc::channel();
    watch_signals(sender.clone())?;
    let mut screen = TerminalScreen::take(app.preferences().mouse)?;
    read_terminal(sender.clone());
    let mut worker = Worker::new(make, sender);
    let size = screen.terminal.size()?;
    app.update(AppEvent::Terminal(crossterm::event::Event::Resize(size.width, size.height)), clock::now());
    loop {
        let window = screen.draw(&app)?;
        app.update(AppEvent::Drawn(window), clock::now());
        let first = events.recv_timeout(Duration::from_millis(app.patience())).unwrap_or(AppEvent::Tick);
        // All waiting events, up to a limit, are handled before the next frame is drawn.
        let mut batch = vec![first];
        batch.extend(events.try_iter().take(200));
        batch.push(AppEvent::Tick);
        let _session = in_log(&app.session);
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
                    app.update(AppEvent::NotKept(words), now);
                }
            }
        }
    }
}

/// Reads terminal events on a thread of its own, which ends with the program.
fn read_terminal(events: mpsc::Sender<AppEvent>) {
    thread::spawn(move || {
        while let Ok(event) = crossterm::event::read() {
            if events.send(AppEvent::Terminal(event)).is_err() {
                break;
            }
        }
        events.send(AppEvent::Stop).ok();
    });
}

/// Turns signals into events. After SIGHUP (the terminal is gone) and SIGQUIT (the user insists)
/// the process exits after 2 seconds even if the main loop is stuck, and restores the terminal
/// first.
fn watch_signals(events: mpsc::Sender<AppEvent>) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGTSTP])?;
    thread::spawn(move || {
        for signal in &mut signals {
            // Before the process stops, the terminal has to be restored, as after Ctrl+Z.
            let event = if signal == SIGTSTP { AppEvent::Suspend } else { AppEvent::Stop };
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
