//! `epic-events copy`.

use std::io::{BufRead, IsTerminal, Write, stderr};

use epic_events::{
    config,
    domain::{Error, error::ConnectionProblem},
    services::{
        admin::Verified,
        copy::{self, Copied, CopiedTable, Side},
    },
    ui::text::{self, AdminPhrase, Phrase},
};
use secrecy::{ExposeSecret, SecretString};

use super::{Run, Stop, exit, print, stop};

impl Run<'_> {
    pub fn copy(&self, from: Option<&str>, to: &str, again: bool) -> Result<(), Stop> {
        let language = self.config.preferences.language;
        let (given_from, given_to) = (from, to);
        let from = from.map_or_else(|| Ok(self.config.database.clone()), |given| self.given(given))?;
        let to = self.given(to)?;
        let (from, to) = (from.expose_secret(), to.expose_secret());
        let (copied, statements) = copy::copy((from, to), again, progress()).map_err(|(side, error)| {
            let Stop(code, sentence) = stop(language, &error);
            let about = config::shown_address(if side == Side::Source { from } else { to });
            let said = text::sentence_about(language, &about, &sentence);
            if (side, &error) != (Side::Target, &Error::Unavailable(ConnectionProblem::UnfinishedCopy)) {
                return Stop(code, said);
            }
            let as_given = |given: Option<&str>, address| match given {
                Some("-") => "-".to_owned(),
                _ => format!("'{}'", config::shown_address(address)),
            };
            let (from, to) = (as_given(given_from, from), as_given(Some(given_to), to));
            let command = format!("epic-events copy --from {from} --to {to} --again");
            Stop(code, format!("{said}\n{}", text::say(language, AdminPhrase::CopyAgain(&command).into())))
        })?;
        let Copied { tables, audit, unguarded } = copied;
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
        self.say(AdminPhrase::CopyDone { to: &config::shown_address(to) }.into())?;
        if !statements.is_empty() {
            self.say(AdminPhrase::AfterCopy.into())?;
            print(format!("\n{}\n", statements.join("\n")).as_bytes())?;
        }
        Ok(())
    }

    /// An address of the command line, or the next line of standard input for `-`, with the encryption
    /// that is configured on this computer.
    fn given(&self, given: &str) -> Result<SecretString, Stop> {
        let mut line = given.to_owned();
        if given == "-" {
            line.clear();
            std::io::stdin().lock().read_line(&mut line).map_err(|error| Stop(exit::USAGE, error.to_string()))?;
        }
        let encrypted = self.config.encryption.added_to(line.trim());
        encrypted.map(SecretString::from).map_err(|error| super::unusable(&error, false))
    }
}

/// Shows on standard error how far a copy is: a bar, or a line for each twentieth if nobody watches.
fn progress() -> impl FnMut(u64, u64) {
    const PARTS: u64 = 20;
    let watched = stderr().is_terminal();
    let mut shown = None;
    move |done, all| {
        let part = done * PARTS / all.max(1);
        if shown == Some(part) {
            return;
        }
        shown = Some(part);
        let (filled, empty) =
            (usize::try_from(part).unwrap_or(0), usize::try_from(PARTS - part.min(PARTS)).unwrap_or(0));
        let end = if done == all { "\n" } else { "" };
        // Nothing depends on whether anybody reads it: `eprintln` would end the copy if nobody does.
        let told = if watched {
            write!(stderr(), "\r[{}{}] {done} / {all}{end}", "#".repeat(filled), " ".repeat(empty))
        } else {
            writeln!(stderr(), "{done} / {all}")
        };
        told.ok();
    }
}
