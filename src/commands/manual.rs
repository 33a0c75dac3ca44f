//! The manual pages: one for the program and one for each command, made from the command line and
//! from the tables of files, variables and exit codes.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use clap::CommandFactory;
use clap_mangen::{
    Man,
    roff::{Roff, bold, roman},
};
use epic_events::{
    cli::Cli,
    config::reference::{FILES, SETTINGS, VARIABLES},
};

use super::stop::{Stop, exit};

const PROGRAM: &str = "epic-events";

/// Which of several values counts, and where else the settings may be.
const ENVIRONMENT: &str = "The variables down to NO_COLOR are settings. They may also be in .env and, with their names in \
     lower case, in config.toml. An option counts before the environment, the environment before .env, .env before what \
     a person chose in the program, and that before config.toml; last comes the one in /etc. The command doctor shows each value and where it \
     comes from.";

/// The page of a command, which is named by its words or, as the page is, with hyphens; without a
/// command, that of the program.
pub fn page(words: &[String]) -> Result<Vec<u8>, Stop> {
    let name = words.join("-");
    let name = match name.strip_prefix(PROGRAM) {
        Some(rest) => rest.trim_start_matches('-'),
        None => &name,
    };
    let wanted = if name.is_empty() { PROGRAM.to_owned() } else { format!("{PROGRAM}-{name}") };
    let pages = pages();
    if let Some((_, page)) = pages.iter().find(|(name, _)| *name == wanted) {
        return Ok(page.clone().into_bytes());
    }
    let known: Vec<&str> = pages.iter().filter_map(|(name, _)| name.strip_prefix("epic-events-")).collect();
    Err(Stop(exit::USAGE, format!("there is no manual page \"{name}\". There are: {}", known.join(", "))))
}

/// Writes all pages into a folder, readable for everybody.
pub fn write_pages(folder: &Path) -> Result<(), Stop> {
    for (name, page) in pages() {
        let path = folder.join(format!("{name}.1"));
        fs::write(&path, page)
            .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(0o644)))
            .map_err(|error| Stop(exit::ERROR, format!("{}: {error}", path.display())))?;
    }
    Ok(())
}

/// Every page, with its name.
fn pages() -> Vec<(String, String)> {
    fn collect(command: &clap::Command, all: &mut Vec<clap::Command>) {
        all.push(command.clone());
        for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
            collect(below, all);
        }
    }
    let mut program = Cli::command();
    program.build();
    let mut all = Vec::new();
    collect(&program, &mut all);
    let names: Vec<String> = all.iter().map(name).collect();
    all.into_iter().map(|command| (name(&command), render(command, &names))).collect()
}

fn name(command: &clap::Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

fn render(command: clap::Command, names: &[String]) -> String {
    let own = name(&command);
    let mut more = Roff::new();
    if own == PROGRAM {
        section(&mut more, "FILES", "", &FILES);
        let variables: Vec<_> = SETTINGS.iter().chain(&VARIABLES).copied().collect();
        section(&mut more, "ENVIRONMENT", ENVIRONMENT, &variables);
    }
    let codes = exit::ALL.map(|(code, meaning)| (code.to_string(), meaning));
    section(&mut more, "EXIT STATUS", "", &codes);
    more.control("SH", ["SEE ALSO"]);
    let others: Vec<String> = names.iter().filter(|name| **name != own).map(|name| format!("{name}(1)")).collect();
    more.text([roman(others.join(", "))]);

    let mut page = Vec::new();
    // Writing to memory does not fail.
    Man::new(command).source(format!("{PROGRAM} {}", env!("CARGO_PKG_VERSION"))).render(&mut page).ok();
    let page = String::from_utf8_lossy(&page).into_owned();
    let (before, version) = page.split_at(page.find(".SH VERSION").unwrap_or(page.len()));
    format!("{before}{}{version}", more.to_roff())
}

/// A section of terms with their meanings, after an introduction.
fn section(page: &mut Roff, title: &str, before: &str, rows: &[(impl AsRef<str>, &str)]) {
    page.control("SH", [title]);
    if !before.is_empty() {
        page.text([roman(before)]);
    }
    for (term, meaning) in rows {
        page.control("TP", []);
        page.text([bold(term.as_ref())]);
        page.text([roman(*meaning)]);
    }
}
