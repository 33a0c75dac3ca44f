//! Runs the hosted configuration of SECURITY.md in a real `sshd`: people reach the program and nothing else.

use std::{
    io::Read,
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use epic_events::{
    app,
    domain::{Error, error::SignInProblem},
    services::{Request, Services, SessionRequest},
    storage::Target,
};
use secrecy::SecretString;

use crate::{
    common::figure,
    support::{
        Engine, free_port,
        terminal::{COLUMNS, ENTER, ROWS, Terminal},
        world::{PASSWORD, World},
    },
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_epic-events");

/// An `sshd` for this test: on loopback only, for the one account that runs the tests.
struct Hosted {
    folder: tempfile::TempDir,
    port: u16,
    account: String,
    /// The server runs as long as its end of the pipe is open.
    _supervisor: Child,
}

fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// The configuration block of SECURITY.md, adapted to this account, key file and program.
fn documented(account: &str, keys: &Path) -> String {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("SECURITY.md")).unwrap();
    let block = text.split_once("```sshd\n").unwrap().1.split_once("```").unwrap().0;
    let replaced = block.replace("Match User epic", &format!("Match User {account}"));
    let replaced = replaced.replace("/etc/ssh/epic-events-keys", &keys.display().to_string());
    replaced.replace("/usr/local/bin/epic-events", PROGRAM)
}

/// The line of a key that is bound to a person, from SECURITY.md.
fn bound(person: &str, key: &str) -> String {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("SECURITY.md")).unwrap();
    let line = text.lines().find(|line| line.contains("epic-events --user anna")).expect("the line in SECURITY.md");
    let (options, _) = line.split_once(" ssh-ed25519").unwrap();
    let options =
        options.replace("/usr/local/bin/epic-events", PROGRAM).replace("--user anna", &format!("--user {person}"));
    format!("{options} {key}")
}

impl Hosted {
    fn start(url: &str) -> Self {
        Self::with(url, |key| format!("restrict,pty {key}"), &documented)
    }

    /// Keys are bound to a person, so `sshd` itself forces no command.
    fn of_person(url: &str, person: &str) -> Self {
        let unforced = |account: &str, keys: &Path| {
            let all = documented(account, keys);
            all.split_inclusive('\n').filter(|line| !line.contains("ForceCommand")).collect()
        };
        Self::with(url, |key| bound(person, key), &unforced)
    }

    fn with(url: &str, line: impl Fn(&str) -> String, configure: &dyn Fn(&str, &Path) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let shown = |name: &str| path(name).display().to_string();
        for name in ["host", "anna", "stranger"] {
            let made = run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", &shown(name)]);
            assert!(made.status.success(), "ssh-keygen: tests/run installs openssh-server");
        }
        let anna = std::fs::read_to_string(path("anna.pub")).unwrap();
        std::fs::write(path("keys"), line(&anna)).unwrap();
        let configuration = path("config/epic-events/config.toml");
        std::fs::create_dir_all(configuration.parent().unwrap()).unwrap();
        let exports = shown("exports/{username}");
        let lines = format!(
            "database_url = \"{url}\"\nepic_events_exports = \"{exports}\"\n\
             epic_events_language = \"en\"\nepic_events_bcrypt_cost = 4\n"
        );
        std::fs::write(&configuration, lines).unwrap();
        std::fs::set_permissions(&configuration, std::fs::Permissions::from_mode(0o600)).unwrap();
        let account = String::from_utf8(run("id", &["-un"]).stdout).unwrap().trim().to_owned();
        let port = free_port();
        // The account's folders belong to the test; the other options let it run beside a real server.
        let own = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nPidFile none\nUsePAM no\nStrictModes no\n\
             PermitRootLogin prohibit-password\nAcceptEnv LANG LC_*\nSubsystem sftp internal-sftp\n\
             SetEnv XDG_CONFIG_HOME={} XDG_DATA_HOME={} XDG_STATE_HOME={}\n",
            shown("host"),
            shown("config"),
            shown("data"),
            shown("state"),
        );
        std::fs::write(path("sshd_config"), own + &configure(&account, &path("keys"))).unwrap();
        // The folder in which sshd drops its privileges when it runs as root. A fresh system creates it at
        // boot.
        std::fs::create_dir_all("/run/sshd").ok();
        let script = "\"$(command -v sshd || echo /usr/sbin/sshd)\" -D -e -f \"$1\" 2>\"$2\" & pid=$!; cat >/dev/null; kill $pid; wait";
        let supervisor = Command::new("sh")
            .args(["-c", script, "sh", &shown("sshd_config"), &shown("log")])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let hosted = Self { folder, port, account, _supervisor: supervisor };
        wait_until("sshd listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        hosted
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The `ssh` arguments of every connection, with this key.
    fn arguments(&self, key: &str, more: &[&str]) -> Vec<String> {
        let fixed = [
            "-F",
            "none",
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
            "-o",
            "LogLevel=ERROR",
        ];
        let login = format!("{}@127.0.0.1", self.account);
        let rest = [
            "-o",
            "IdentitiesOnly=yes",
            "-o",
            "BatchMode=yes",
            "-p",
            &self.port.to_string(),
            "-i",
            &self.path(key).display().to_string(),
        ];
        let all = fixed.iter().chain(&rest).chain(more).map(|one| (*one).to_owned());
        all.map(|one| if one == "HOST" { login.clone() } else { one }).collect()
    }

    fn ssh(&self, key: &str, more: &[&str]) -> Output {
        let arguments = self.arguments(key, more);
        Command::new("ssh").args(arguments).stdin(Stdio::null()).output().unwrap()
    }

    fn screen(&self, more: &[&str]) -> Terminal {
        let arguments = self.arguments("anna", &[&["-tt"], more].concat());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        Terminal::of("ssh", self.folder.path(), "", &arguments, (COLUMNS, ROWS), Vec::new())
    }

    /// The folder in `/proc` of the program that this `sshd` has started.
    fn program(&self) -> PathBuf {
        let ours = |folder: &Path| {
            let environment = std::fs::read(folder.join("environ")).unwrap_or_default();
            let marked = format!("XDG_DATA_HOME={}", self.path("data").display());
            std::fs::read_link(folder.join("exe")).is_ok_and(|exe| exe == Path::new(PROGRAM))
                && String::from_utf8_lossy(&environment).contains(&marked)
        };
        let all = std::fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
        all.into_iter().find(|folder| ours(folder)).expect("the program runs")
    }
}

impl Drop for Hosted {
    /// Prints the log of `sshd` if the test failed.
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{}", std::fs::read_to_string(self.path("log")).unwrap_or_default());
        }
    }
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "timed out: {what}");
        thread::park_timeout(Duration::from_millis(10));
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned()
}

#[test]
fn a_hosted_account_reaches_only_the_program() {
    let mut world = World::new(Engine::Sqlite);
    world.client_of(world.sales.actor.id, "Kevin Casey");
    let hosted = Hosted::start(&world.db.url);

    // The intended use: a session, and an export into the user's own folder.
    let evil =
        ["-o", "SetEnv=DATABASE_URL=sqlite:///tmp/evil.db", "-o", "SetEnv=LD_PRELOAD=/tmp/evil.so", "-A", "HOST"];
    let mut terminal = hosted.screen(&evil);
    let t = &mut terminal;
    t.see(&["Username"]).field("manager").press(PASSWORD).press(ENTER).see(&["Waiting for you"]);
    t.press("\x1a").see(&["no shell behind this window"]);
    t.press(":").see(&["Go to, or do"]).press("clients\r").see(&["Kevin Casey"]).press("X").see(&["CSV"]).press(ENTER);
    let exported = hosted.path("exports/manager");
    t.see(&["exports/manager"]);
    let files: Vec<_> = std::fs::read_dir(&exported).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let running = hosted.program();
    let environment = String::from_utf8_lossy(&std::fs::read(running.join("environ")).unwrap()).into_owned();
    for name in ["DATABASE_URL", "LD_PRELOAD", "SSH_AUTH_SOCK", "DISPLAY"] {
        assert!(!environment.split('\0').any(|pair| pair.starts_with(name)), "{name} arrived");
    }
    for task in std::fs::read_dir(running.join("task")).unwrap() {
        assert_eq!(std::fs::read_to_string(task.unwrap().path().join("children")).unwrap(), "", "it has a child");
    }
    t.press("\x03");
    terminal.end();

    // Other commands and arguments are ignored: the program starts instead, without arguments.
    for command in
        [&["id"][..], &["/bin/sh", "-c", "echo uid="], &["--demo"], &["audit", "verify"], &[PROGRAM, "doctor"]]
    {
        let output = hosted.ssh("anna", &[&["HOST", "--"], command].concat());
        let said = text(&output);
        assert!(!output.status.success() && said.contains("terminal") && !said.contains("uid="), "{command:?}: {said}");
        let mut terminal = hosted.screen(&[&["HOST", "--"], command].concat());
        terminal.see(&["Username or e-mail"]);
        assert!(!terminal.screen().contains("Demo accounts"), "{command:?}");
        let arguments = std::fs::read_to_string(hosted.program().join("cmdline")).unwrap();
        assert_eq!(arguments.trim_end_matches('\0'), PROGRAM);
        terminal.press("\x03");
        terminal.end();
    }
    no_files_and_no_forwarding(&hosted);

    // Another key and a password are refused, and other accounts cannot read the configuration.
    assert_eq!(hosted.ssh("stranger", &["HOST"]).status.code(), Some(255));
    let by_password = ["-o", "PreferredAuthentications=password,keyboard-interactive", "HOST"];
    assert_eq!(hosted.ssh("anna", &by_password).status.code(), Some(255));
    if rustix::process::geteuid().is_root() {
        let configuration = hosted.path("config/epic-events/config.toml");
        // Open the folders above the file, so that only the file's own mode can refuse.
        for folder in configuration.ancestors().skip(1).take(3) {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let file = configuration.display().to_string();
        let read = run("setpriv", &["--reuid=65534", "--regid=65534", "--clear-groups", "cat", &file]);
        assert!(!read.status.success() && read.stdout.is_empty(), "another account read the configuration");
    }
    figure(
        "18 hosted",
        "sshd on loopback",
        "16 ways out tried, none leads anywhere; exports in the person's own folder",
    );
}

/// A key that is bound to a person lets only that person sign in, and reaches nothing else either.
#[test]
fn a_key_that_is_bound_to_a_person_lets_nobody_else_sign_in() {
    let mut world = World::new(Engine::Sqlite);
    world.client_of(world.sales.actor.id, "Kevin Casey");
    let hosted = Hosted::of_person(&world.db.url, "sales");
    let before = world.audit().len();
    let mut terminal = hosted.screen(&["HOST"]);
    let t = &mut terminal;
    // The username stands there, and no key leads to it: what is typed goes into the password.
    t.see(&["Username", "sales"]).press("\x1b[Z").press("\t").press(PASSWORD).press(ENTER);
    t.see(&["Waiting for you"]).press("\x03");
    terminal.end();
    let rows = world.audit();
    assert_eq!(rows[before..], ["session.signed_in"]);
    let named = "SELECT actor_name AS text FROM audit_log ORDER BY id DESC LIMIT 1";
    assert_eq!(world.connection().texts(named).unwrap(), [world.sales.actor.full_name.as_str()]);

    // Not even a changed screen could sign somebody else in.
    let services = Services::new(Target::parse(&world.db.url).unwrap(), "test".to_owned(), 4);
    let login = SessionRequest::SignIn { login: "manager".to_owned(), password: SecretString::from(PASSWORD) };
    let refused = services.for_user(Some("sales".to_owned())).execute(None, &Request::Session(login), app::now());
    assert_eq!(refused.unwrap_err(), Error::SignIn(SignInProblem::Wrong));

    // Other commands and arguments do not arrive.
    for command in [&["id"][..], &["--user", "manager"], &["reset-password", "manager"], &["audit", "verify"]] {
        let output = hosted.ssh("anna", &[&["HOST", "--"], command].concat());
        let said = text(&output);
        assert!(!output.status.success() && said.contains("terminal") && !said.contains("uid="), "{command:?}: {said}");
        let mut terminal = hosted.screen(&[&["HOST", "--"], command].concat());
        terminal.see(&["Username", "sales"]).press("\x03");
        terminal.end();
    }
    no_files_and_no_forwarding(&hosted);
}

fn no_files_and_no_forwarding(hosted: &Hosted) {
    let output = hosted.ssh("anna", &["-s", "HOST", "sftp"]);
    assert!(!output.status.success(), "sftp: {}", text(&output));
    let stolen = hosted.path("stolen");
    let to = stolen.display().to_string();
    for old in [&["-O"][..], &[]] {
        let port = hosted.port.to_string();
        let from = format!("{}@127.0.0.1:{}", hosted.account, hosted.path("keys").display());
        let key = hosted.path("anna").display().to_string();
        let fixed = [
            "-q",
            "-F",
            "none",
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
            "-o",
            "BatchMode=yes",
        ];
        let arguments = [&fixed[..], old, &["-P", &port, "-i", &key, &from, &to]].concat();
        assert!(!run("scp", &arguments).status.success() && !stolen.exists(), "scp {old:?}");
    }
    // Local and dynamic forwarding: if it worked, `sshd` on its own port would send its greeting.
    let local = free_port();
    for way in [format!("-L{local}:127.0.0.1:{}", hosted.port), format!("-D{local}")] {
        let arguments = hosted.arguments("anna", &["-N", &way, "HOST"]);
        let mut forward =
            Command::new("ssh").args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_until("the client listens", || TcpStream::connect(("127.0.0.1", local)).is_ok());
        let mut stream = TcpStream::connect(("127.0.0.1", local)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        if way.starts_with("-D") {
            use std::io::Write;
            // SOCKS 5: no authentication, connect to the server's port.
            let [high, low] = hosted.port.to_be_bytes();
            stream.write_all(&[5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, high, low]).unwrap();
        }
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        assert!(!answer.windows(4).any(|word| word == b"SSH-"), "{way} was forwarded");
        forward.kill().unwrap();
        forward.wait().unwrap();
    }
    // Remote forwarding and tunnel devices.
    let output = hosted.ssh("anna", &["-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1", "HOST"]);
    assert_eq!(output.status.code(), Some(255), "-R: {}", text(&output));
    let output = hosted.ssh("anna", &["-w", "any", "-o", "ExitOnForwardFailure=yes", "-N", "HOST"]);
    assert_eq!(output.status.code(), Some(255), "-w: {}", text(&output));
}
