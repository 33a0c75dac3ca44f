//! `epic-events doctor`: reports the configuration and the state of the database, for an
//! administrator who looks for a fault. It only reads.

use std::{
    fmt::Write,
    io::IsTerminal,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Access, access, statvfs},
    io::Errno,
    process::geteuid,
};
use secrecy::ExposeSecret;
use serde_json::{Value as Json, json};

use crate::{
    config::{self, Config, KeyRow, Origin, Value},
    domain::{
        Error,
        diagnosis::{Check, Class, Finding, Found, Verdict},
        language::Language,
    },
    services::{Examination, examine},
    storage::Target,
    telemetry,
    ui::text::{self, AdminPhrase, Label, Phrase},
};

/// The version of the report for programs. It rises when a field is removed or changes its meaning.
const VERSION: u32 = 1;

/// What was found. It contains no secrets.
pub struct Report<'a> {
    config: &'a Config,
    pub findings: Vec<Finding>,
    /// What has ended the examination early.
    problem: Option<Error>,
}

/// Looks at everything.
pub fn look(config: &Config) -> Report<'_> {
    let Examination { mut findings, problem } = examine(config.database.expose_secret());
    if let Ok(Target::Sqlite(path)) = Target::parse(config.database.expose_secret()) {
        findings.extend(writable(&path));
        findings.extend(space(Check::DatabaseSpace, &path));
    }
    findings.extend(unused_files(config));
    let state = &config.folders.state;
    let verdict = if access(existing(state), telemetry::ACCESS).is_ok() { Verdict::Fine } else { Verdict::Fault };
    let mend = if state.exists() { how_to_write(state, telemetry::ACCESS) } else { None };
    let log_folder = Finding::new(Check::LogFolder, Found::Text(state.display().to_string()), verdict);
    findings.push(log_folder.mended_by(mend.into_iter().collect()));
    findings.extend(space(Check::LogSpace, state));
    Report { config, findings, problem }
}

/// The files of the configuration that the program does without, and that cannot be read.
fn unused_files(config: &Config) -> Vec<Finding> {
    let warning = |text| Finding::new(Check::UnusedFile, Found::Text(text), Verdict::Warning);
    let is_unused = |value: &&Value| value.name == "DB_PASSWORD_FILE" && value.overruled_by.is_some();
    let paths = config.found.iter().filter(is_unused).map(|value| value.origin.path(&value.shown));
    let passwords = paths.filter(|path| access(path, Access::READ_OK).is_err()).map(|path| path.display().to_string());
    config.left_out.iter().map(ToString::to_string).chain(passwords).map(warning).collect()
}

/// Whether this account may save to the file of an embedded database, and create the files beside it
/// in which SQLite works. `None` if there is no such file.
fn writable(path: &Path) -> Option<Finding> {
    path.exists().then_some(())?;
    let folder = existing(path.parent()?);
    let files = ["", "-wal", "-shm"].map(|ending| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        (PathBuf::from(name), Access::READ_OK | Access::WRITE_OK)
    });
    let there = files.into_iter().filter(|(file, _)| file.exists());
    let places = there.chain([(folder, Access::WRITE_OK | Access::EXEC_OK)]);
    let refused: Vec<(PathBuf, String)> =
        places.filter_map(|(path, rights)| how_to_write(&path, rights).map(|how| (path, how))).collect();
    if refused.is_empty() {
        return Some(Finding::new(Check::Writable, Found::Yes, Verdict::Fine));
    }
    let (paths, mend): (Vec<_>, Vec<_>) =
        refused.into_iter().map(|(path, how)| (path.display().to_string(), how)).unzip();
    Some(Finding::new(Check::Writable, Found::Text(paths.join(", ")), Verdict::Fault).mended_by(mend))
}

/// The command that gives this account these rights on a path; `None` if it has them.
fn how_to_write(path: &Path, rights: Access) -> Option<String> {
    let refused = access(path, rights).err()?;
    let user = geteuid().as_raw();
    let is_own = path.metadata().is_ok_and(|found| found.uid() == user);
    let quoted = format!("'{}'", path.display().to_string().replace('\'', "'\\''"));
    Some(match refused {
        Errno::ROFS => format!("mount -o remount,rw \"$(findmnt -n -o TARGET -T {quoted})\""),
        Errno::PERM => format!("chattr -i {quoted}"),
        _ if is_own && path.is_dir() => format!("chmod u+rwx {quoted}"),
        _ if is_own => format!("chmod u+rw {quoted}"),
        _ => format!("chown {user} {quoted}"),
    })
}

/// The nearest folder above a path that exists, or the path itself.
fn existing(path: &Path) -> PathBuf {
    let there = path.ancestors().find(|path| path.exists()).filter(|path| !path.as_os_str().is_empty());
    there.unwrap_or(Path::new(".")).to_owned()
}

/// The free space where a path is. `None` if it is not known.
fn space(check: Check, path: &Path) -> Option<Finding> {
    const MEBIBYTE: u64 = 1 << 20;
    const LITTLE: u64 = 1_024 * MEBIBYTE;
    const NEXT_TO_NOTHING: u64 = 32 * MEBIBYTE;
    let disk = statvfs(existing(path)).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let verdict = match free {
        ..NEXT_TO_NOTHING => Verdict::Fault,
        NEXT_TO_NOTHING..LITTLE => Verdict::Warning,
        LITTLE.. => Verdict::Fine,
    };
    Some(Finding::new(check, Found::Text(format!("{} MiB", free / MEBIBYTE)), verdict))
}

impl Report<'_> {
    /// What is wrong: the class of the first fault.
    pub fn fault(&self) -> Option<Class> {
        let fault = self.findings.iter().find(|finding| finding.verdict == Verdict::Fault);
        fault.map(Finding::class)
    }

    /// Why the database cannot be used, or not be examined to the end.
    pub fn problem(&self) -> Option<Error> {
        let unopened = self.findings.iter().find_map(|finding| match &finding.found {
            Found::Problem(problem) => Some(Error::Unavailable(problem.clone())),
            _ => None,
        });
        unopened.or_else(|| self.problem.clone())
    }

    /// How many checks found a fault.
    pub fn faults(&self) -> usize {
        self.findings.iter().filter(|finding| finding.verdict == Verdict::Fault).count()
    }

    /// The report for people.
    pub fn text(&self) -> String {
        let (config, language) = (self.config, self.config.preferences.language);
        let say = |what: Phrase| text::say(language, what);
        let mut page = Page::default();
        let named = |label: Label| text::label(language, label);
        page.line("epic-events", env!("CARGO_PKG_VERSION"));
        page.line(named(Label::System), &system());

        page.title(named(Label::Folders));
        for (label, path) in self.folders() {
            let there = if path.exists() { String::new() } else { format!(" ({})", named(Label::NotThere)) };
            page.line(named(label), &format!("{}{there}", path.display()));
        }

        page.title(named(Label::Settings));
        for Value { name, shown, origin, overruled_by, .. } in &config.found {
            let mut told = format!("{shown}  ({})", from(origin, language));
            if let Some((by, origin)) = overruled_by {
                let by = say(Phrase::Admin(AdminPhrase::DoctorOverruled { by, origin: &from(origin, language) }));
                write!(told, ", {by}").ok();
            }
            page.line(name, &told);
        }
        for KeyRow { name, key, line: at, file } in &config.key_rows {
            page.line(&format!("keys.{name}"), &format!("{key}  ({}:{at})", file.display()));
        }
        if config.found.is_empty() && config.key_rows.is_empty() {
            page.line("", named(Label::BuiltIn));
        }

        page.title(named(Label::Database));
        page.line(named(Label::Address), &config.shown_address());
        for finding in &self.findings {
            page.line(
                text::check(language, finding.check),
                &format!("{}{}", mark(finding, language), found(finding, language)),
            );
            page.line("", &text::means(language, finding));
            for statement in &finding.mend {
                page.line("", &format!("    {statement}"));
            }
        }
        if let Some(error) = &self.problem {
            page.line(named(Label::Problem), &text::error(language, error));
        }

        page.title(named(Label::Screen));
        let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        page.line(named(Label::Terminal), &say(if is_terminal { Phrase::Yes } else { Phrase::No }));
        if let Ok((width, height)) = crossterm::terminal::size() {
            page.line(named(Label::Size), &format!("{width} x {height}"));
        }
        for (name, value) in variables() {
            page.line(name, &value);
        }
        page.line(named(Label::Theme), &config.preferences.look.palette.to_string());
        page.0
    }

    /// The report for programs. Names and verdicts are the same in every language.
    pub fn json(&self, exit_code: u8, sentence: Option<&str>) -> String {
        let (config, language) = (self.config, self.config.preferences.language);
        let name = |check: Check| <&'static str>::from(check);
        let checks = self.findings.iter().map(|finding| {
            json!({
                "name": name(finding.check),
                "found": found_as_json(&finding.found),
                "verdict": <&'static str>::from(finding.verdict),
                "means": text::means(language, finding),
                "mend": finding.mend,
            })
        });
        let values = config.found.iter().map(|Value { name, shown, origin, overruled_by, .. }| {
            let by = overruled_by.as_ref().map(|(by, origin)| json!({"name": by, "origin": origin_as_json(origin)}));
            json!({"name": name, "value": shown, "origin": origin_as_json(origin), "overruled_by": by})
        });
        let keys = config.key_rows.iter();
        let keys = keys.map(|row| json!({"name": row.name, "key": row.key, "line": row.line, "file": row.file}));
        let folders = self.folders().map(|(label, path)| {
            (<&'static str>::from(label).to_owned(), json!({"path": path, "exists": path.exists()}))
        });
        enveloped(
            exit_code,
            sentence,
            &json!({
                "folders": folders.into_iter().collect::<serde_json::Map<_, _>>(),
                "configuration": values.collect::<Vec<_>>(),
                "keys": keys.collect::<Vec<_>>(),
                "address": config.shown_address(),
                "checks": checks.collect::<Vec<_>>(),
            }),
        )
    }

    fn folders(&self) -> [(Label, &Path); 4] {
        let Config { folders, exports, .. } = self.config;
        [
            (Label::Config, &folders.config),
            (Label::Data, &folders.data),
            (Label::State, &folders.state),
            (Label::Exports, exports),
        ]
    }
}

/// The report for programs if the configuration itself cannot be used.
pub fn unusable(error: &config::Error, exit_code: u8) -> String {
    let sentence = error.to_string();
    let check = json!({
        "name": "configuration",
        "found": false,
        "verdict": <&'static str>::from(Verdict::Fault),
        "means": sentence,
        "mend": error.mend().as_slice(),
    });
    enveloped(exit_code, Some(&sentence), &json!({"checks": [check]}))
}

/// What every report for programs begins with.
fn enveloped(exit_code: u8, sentence: Option<&str>, rest: &Json) -> String {
    let mut report = json!({
        "doctor": VERSION,
        "program": env!("CARGO_PKG_VERSION"),
        "system": system(),
        "exit_code": exit_code,
        "problem": sentence,
    });
    if let (Json::Object(report), Json::Object(rest)) = (&mut report, rest) {
        report.extend(rest.clone());
    }
    format!("{report:#}\n")
}

fn system() -> String {
    format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
}

/// What the terminal and the locale say about themselves.
fn variables() -> impl Iterator<Item = (&'static str, String)> {
    ["TERM", "COLORTERM", "LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .map(|name| (name, crate::domain::text::for_terminal(&std::env::var(name).unwrap_or_default()).into_owned()))
}

fn mark(finding: &Finding, language: Language) -> String {
    let word = match finding.verdict {
        Verdict::Fine => return String::new(),
        Verdict::Warning => Label::Warning,
        Verdict::Fault => Label::Fault,
        Verdict::Unknown => Label::Unknown,
    };
    text::pair(language, text::label(language, word), "")
}

fn found(finding: &Finding, language: Language) -> String {
    match &finding.found {
        Found::Text(text) | Found::OfAdministrator(text) => crate::domain::text::for_terminal(text).into_owned(),
        Found::Versions(tables, program) => {
            text::say(language, Phrase::Admin(AdminPhrase::DoctorVersions { tables, program }))
        }
        Found::Yes => text::say(language, Phrase::Yes),
        Found::No | Found::Problem(_) => text::say(language, Phrase::No),
        Found::Nothing => text::label(language, Label::Nothing).to_owned(),
    }
}

fn found_as_json(found: &Found) -> Json {
    match found {
        Found::Text(text) | Found::OfAdministrator(text) => json!(text),
        Found::Versions(tables, program) => json!({"tables": tables, "program": program}),
        Found::Yes => json!(true),
        Found::No | Found::Problem(_) => json!(false),
        Found::Nothing => Json::Null,
    }
}

fn from(origin: &Origin, language: Language) -> String {
    match origin {
        Origin::Flag => text::label(language, Label::CommandLine).to_owned(),
        Origin::Environment => text::label(language, Label::Environment).to_owned(),
        Origin::File(path) => path.display().to_string(),
    }
}

fn origin_as_json(origin: &Origin) -> Json {
    match origin {
        Origin::Flag => json!("flag"),
        Origin::Environment => json!("environment"),
        Origin::File(path) => json!(path),
    }
}

/// The lines of the report for people.
#[derive(Default)]
struct Page(String);

impl Page {
    fn title(&mut self, words: &str) {
        writeln!(self.0, "\n{words}").ok();
    }

    fn line(&mut self, label: &str, value: &str) {
        writeln!(self.0, "{}", format!("  {label:<30} {value}").trim_end()).ok();
    }
}
