//! Runs the real program in a pseudo-terminal, sends keys to it and reads its screen.

use std::{
    io::{Read, Write},
    num::NonZeroU16,
    path::Path,
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};

/// The bytes that these keys send.
pub const ENTER: &str = "\r";
pub const TAB: &str = "\t";
pub const ESC: &str = "\x1b";
pub const SAVE: &str = "\x13";

pub const ROWS: NonZeroU16 = NonZeroU16::new(24).unwrap();
pub const COLUMNS: NonZeroU16 = NonZeroU16::new(80).unwrap();

/// How long a test waits for an expected text.
const PATIENCE: Duration = Duration::from_mins(1);

struct Seen {
    screen: vt100::Parser,
    raw: Vec<u8>,
    /// When the program last wrote something.
    at: Instant,
    ended: bool,
}

/// How the screen reacted to keys.
#[derive(Debug, Clone, Copy)]
pub struct Reaction {
    /// Time until the first change.
    pub first: Duration,
    /// Time until it showed what was expected.
    pub shown: Duration,
    /// Time until the last change.
    pub rest: Duration,
    /// The number of bytes that were written to the terminal until then.
    pub bytes: usize,
}

/// A program running in a pseudo-terminal.
pub struct Terminal {
    _master: Box<dyn MasterPty + Send>,
    /// Kept open while the program runs; its output ends once both have closed it.
    slave: Option<Box<dyn SlavePty + Send>>,
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
}

/// The environment of the program: folders below `home`, this database, and fast password hashing.
pub fn environment(home: &Path, url: &str) -> Vec<(String, String)> {
    let folder = |name: &str| home.join(name).display().to_string();
    [
        ("HOME", home.display().to_string()),
        ("XDG_CONFIG_HOME", folder("config")),
        ("XDG_DATA_HOME", folder("data")),
        ("XDG_STATE_HOME", folder("state")),
        // That of the machine on which the tests run must not count.
        ("EPIC_EVENTS_SYSTEM_CONFIG", folder("machine.toml")),
        ("DATABASE_URL", url.to_owned()),
        ("EPIC_EVENTS_BCRYPT_COST", "4".to_owned()),
        ("EPIC_EVENTS_LANGUAGE", "en".to_owned()),
        ("TERM", "xterm-256color".to_owned()),
        ("PATH", std::env::var("PATH").unwrap_or_default()),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

impl Terminal {
    pub fn start(home: &Path, url: &str, arguments: &[&str]) -> Self {
        Self::sized(home, url, arguments, (COLUMNS, ROWS))
    }

    /// Starts the program in a window of this size: columns and rows.
    pub fn sized(home: &Path, url: &str, arguments: &[&str], size: (NonZeroU16, NonZeroU16)) -> Self {
        Self::with(home, url, arguments, size, Vec::new())
    }

    /// Starts the program with additional environment variables.
    pub fn with(
        home: &Path,
        url: &str,
        arguments: &[&str],
        size: (NonZeroU16, NonZeroU16),
        more: Vec<(String, String)>,
    ) -> Self {
        Self::of(env!("CARGO_BIN_EXE_epic-events"), home, url, arguments, size, more)
    }

    /// Starts the program as a job of a shell. When the program is suspended, the shell prints `stop` with a
    /// number and resumes the program after it has read a line.
    pub fn behind_a_shell(home: &Path, url: &str, arguments: &[&str]) -> Self {
        const SCRIPT: &str =
            "\"$0\" \"$@\"; n=1; while echo stop $n && read -r _; do n=$((n+1)); fg; [ $? -gt 128 ] || break; done";
        let arguments = [&["-mc", SCRIPT, env!("CARGO_BIN_EXE_epic-events")], arguments].concat();
        Self::of("sh", home, url, &arguments, (COLUMNS, ROWS), Vec::new())
    }

    /// Starts any program in the same environment.
    pub fn of(
        program: &str,
        home: &Path,
        url: &str,
        arguments: &[&str],
        (columns, rows): (NonZeroU16, NonZeroU16),
        more: Vec<(String, String)>,
    ) -> Self {
        let size = PtySize { rows: rows.get(), cols: columns.get(), pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.cwd(home);
        for (name, value) in environment(home, url).into_iter().chain(more) {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let seen =
            Seen { screen: vt100::Parser::new(rows, columns, 0), raw: Vec::new(), at: Instant::now(), ended: false };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let read = reader.read(&mut buffer).unwrap_or(0);
                let mut seen = shared.0.lock().unwrap();
                seen.screen.process(&buffer[..read]);
                seen.raw.extend_from_slice(&buffer[..read]);
                seen.at = Instant::now();
                seen.ended = read == 0;
                shared.1.notify_all();
                if read == 0 {
                    break;
                }
            }
        });
        Self { _master: pair.master, slave: Some(pair.slave), child, writer, seen }
    }

    /// Sends keys.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
        self
    }

    /// Types into a field and goes to the next one.
    pub fn field(&mut self, text: &str) -> &mut Self {
        self.press(text).press(TAB)
    }

    /// The current screen with its styles.
    pub fn picture(&self) -> vt100::Screen {
        self.seen.0.lock().unwrap().screen.screen().clone()
    }

    /// The process id of the program.
    pub fn process(&self) -> rustix::process::Pid {
        let id = self.child.process_id().and_then(|id| i32::try_from(id).ok()).unwrap();
        rustix::process::Pid::from_raw(id).unwrap()
    }

    /// Suspends the program that runs behind a shell with a signal from outside.
    pub fn stop(&mut self) -> &mut Self {
        let shell = self.process().as_raw_nonzero();
        let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
        let program = rustix::process::Pid::from_raw(children.trim().parse().unwrap()).unwrap();
        rustix::process::kill_process(program, rustix::process::Signal::TSTP).unwrap();
        self
    }

    /// The text on the screen.
    pub fn screen(&self) -> String {
        self.seen.0.lock().unwrap().screen.screen().contents()
    }

    /// Waits until the screen shows all of these texts.
    pub fn see(&mut self, texts: &[&str]) -> &mut Self {
        self.wait(texts, |screen| texts.iter().all(|text| screen.contains(text)))
    }

    /// Waits until the screen no longer shows this text.
    pub fn gone(&mut self, text: &str) -> &mut Self {
        self.wait(&["(to disappear)", text], |screen| !screen.contains(text))
    }

    fn wait(&mut self, what: &[&str], holds: impl Fn(&str) -> bool) -> &mut Self {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.seen.0.lock().unwrap();
        loop {
            let contents = seen.screen.screen().contents();
            if holds(&contents) {
                break;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let waits = !left.is_zero() && !seen.ended;
            if !waits {
                drop(seen);
                panic!("waited for {what:?} and saw:\n{contents}");
            }
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
        drop(seen);
        self
    }

    /// Sends keys and measures the reaction: waits until the screen has changed and `shows` holds for it, and
    /// then until the program has written nothing for a tenth of a second.
    pub fn react(&mut self, keys: &str, shows: impl Fn(&str) -> bool) -> Reaction {
        const QUIET: Duration = Duration::from_millis(100);
        let before = self.seen.0.lock().unwrap().raw.len();
        let begun = Instant::now();
        self.press(keys);
        let (mut first, mut shown) = (None, None);
        let mut seen = self.seen.0.lock().unwrap();
        loop {
            if seen.raw.len() > before {
                first.get_or_insert(seen.at - begun);
                if shown.is_none() && shows(&seen.screen.screen().contents()) {
                    shown = Some(seen.at - begun);
                }
            }
            let quiet = seen.at.max(begun).elapsed();
            if let (Some(first), Some(shown)) = (first, shown)
                && quiet >= QUIET
            {
                let (rest, bytes) = (seen.at - begun, seen.raw.len() - before);
                return Reaction { first, shown, rest, bytes };
            }
            let contents = || seen.screen.screen().contents();
            assert!(begun.elapsed() < PATIENCE, "after {keys:?}:\n{}", contents());
            seen = self.seen.1.wait_timeout(seen, QUIET).unwrap().0;
        }
    }

    /// Waits until the program has ended. Returns its exit code and everything that it wrote.
    pub fn end(mut self) -> (u32, Vec<u8>) {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.seen.0.lock().unwrap();
        while !seen.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "still running:\n{}", seen.screen.screen().contents());
            // What it wrote last is still read after it has ended.
            if self.child.try_wait().unwrap().is_some() {
                self.slave = None;
            }
            seen = self.seen.1.wait_timeout(seen, Duration::from_millis(50)).unwrap().0;
        }
        let raw = seen.raw.clone();
        drop(seen);
        (self.child.wait().unwrap().exit_code(), raw)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
