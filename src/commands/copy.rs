//! `epic-events copy`.

use std::io::{BufRead, IsTerminal};

use epic_events::{
    config,
    services::{
        admin::Verified,
        copy::{self, Copied, CopiedTable, Side},
    },
    ui::text::{self, AdminPhrase, Phrase},
};
use secrecy::{ExposeSecret, SecretString};

use super::{Run, Stop, exit, stop};

impl Run<'_> {
    pub fn copy(&self, from: Option<&str>, to: &str, again: bool) -> Result<(), Stop> {
        let language = self.config.preferences.language;
        let from = from.map_or_else(|| Ok(self.config.database.clone()), address)?;
        let to = address(to)?;
        let (from, to) = (from.expose_secret(), to.expose_secret());
        let Copied { tables, audit, unguarded } =
            copy::copy((from, to), again, progress()).map_err(|(side, error)| {
                let Stop(code, sentence) = stop(language, &error);
                let about = config::shown_address(if side == Side::Source { from } else { to });
                Stop(code, text::pair(language, &about, &sentence))
            })?;
        for CopiedTable { name, rows, checksum } in &tables {
            self.say(AdminPhrase::CopiedTable { name, rows: *rows, checksum }.into())?;
        }
        let Verified { head, fault } = audit;
        let end = head.to_string();
        self.say(match &fault {
            None => Phrase::Admin(AdminPhrase::AuditWhole { rows: head.seq, head: &end }),
            Some(fault) => Phrase::Admin(AdminPhrase::AuditFault(fault)),
        })?;
        if !unguarded.is_empty() {
            self.say(Phrase::Admin(AdminPhrase::Unguarded(&unguarded)))?;
        }
        self.say(AdminPhrase::CopyDone { to: &config::shown_address(to) }.into())
    }
}

/// An address of the command line, or the next line of standard input for `-`.
fn address(given: &str) -> Result<SecretString, Stop> {
    if given != "-" {
        return Ok(SecretString::from(given));
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| Stop(exit::USAGE, error.to_string()))?;
    Ok(SecretString::from(line.trim()))
}

/// Shows on standard error how far a copy is: a bar, or a line for each twentieth if nobody watches.
fn progress() -> impl FnMut(u64, u64) {
    const PARTS: u64 = 20;
    let watched = std::io::stderr().is_terminal();
    let mut shown = None;
    move |done, all| {
        let part = done * PARTS / all.max(1);
        if shown == Some(part) {
            return;
        }
        shown = Some(part);
        let (filled, empty) =
            (usize::try_from(part).unwrap_or(0), usize::try_from(PARTS - part.min(PARTS)).unwrap_or(0));
        if watched {
            eprint!("\r[{}{}] {done} / {all}", "#".repeat(filled), " ".repeat(empty));
            if done == all {
                eprintln!();
            }
        } else {
            eprintln!("{done} / {all}");
        }
    }
}
