//! What integration tests share: databases of both engines and a small company.
#![allow(dead_code, reason = "each test binary uses its own part of this")]

pub mod cluster;
pub mod proxy;
pub mod terminal;
pub mod world;

use std::{
    fs::File,
    io::Write,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

/// The engines that every service is tested on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Mysql,
}

impl Engine {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Mysql => "MariaDB",
        }
    }
}

/// A database that is not there yet, for one test.
pub struct TestDb {
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

impl TestDb {
    pub fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}", folder.path().join("test.db").display());
                Self { url, _folder: Some(folder) }
            }
            Engine::Mysql => {
                static NEXT: AtomicU32 = AtomicU32::new(1);
                let number = NEXT.fetch_add(1, Ordering::Relaxed);
                let port = server().port;
                Self { url: format!("mysql://crm:only-for-tests@127.0.0.1:{port}/test_{number}"), _folder: None }
            }
        }
    }

    /// One that is there already.
    pub fn at(url: String) -> Self {
        Self { url, _folder: None }
    }

    /// Rows of a query, columns parted by tabs, by the engine's own client where there
    /// is one.
    pub fn query(&self, sql: &str) -> Vec<String> {
        let name = self.url.rsplit('/').next().unwrap();
        server().client(&["-BN", name, "-e", sql])
    }
}

/// A MariaDB server of this test process: loopback only, its data in a folder of its own.
pub struct Server {
    pub port: u16,
    folder: PathBuf,
    /// Its end of the pipe keeps the server alive: however this process ends, the pipe
    /// closes, and the shell stops the server by its process id.
    supervisor: Child,
}

/// The server, started by the first test that needs it.
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start_with(&[]))
}

/// A port of this machine that nobody listens on, another one each time. It lies below those
/// that the system gives to connections on their way out, of which these tests make many.
pub fn free_port() -> u16 {
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 22_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Far from where a test process that runs beside this one begins.
    let start = std::process::id().wrapping_mul(101);
    loop {
        let number = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT;
        let port = u16::try_from(FIRST + number).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

impl Server {
    /// One more server, with options of its own.
    pub fn start_with(options: &[String]) -> Self {
        let server = Self::starting("root", options);
        server.wait_until_up();
        server.client(&["-e", "CREATE USER crm@'%' IDENTIFIED BY 'only-for-tests'; GRANT ALL ON *.* TO crm@'%'"]);
        server
    }

    /// One that is not up yet and knows no account. Where the tests run as root, as this user.
    pub fn starting(user: &str, options: &[String]) -> Self {
        let folder = tempfile::Builder::new().prefix("epic-events-mariadb").tempdir().unwrap().keep();
        let is_root = rustix::process::geteuid().is_root();
        let user = if is_root { format!("--user={user}") } else { String::new() };
        // Of its own: a server that starts removes the temporary tables that it finds in a shared one.
        std::fs::create_dir(folder.join("tmp")).unwrap();
        if let Some(name) = user.strip_prefix("--user=") {
            assert!(Command::new("chown").args(["-R", name]).arg(&folder).status().unwrap().success());
        }
        let data = format!("--datadir={}", folder.join("data").display());
        let temporary = format!("--tmpdir={}", folder.join("tmp").display());
        let log = File::create(folder.join("install.log")).unwrap();
        let installed = Command::new("mariadb-install-db")
            .args(["--no-defaults", &data, &temporary, "--auth-root-authentication-method=normal", "--skip-test-db"])
            .args(Some(&user).filter(|user| !user.is_empty()))
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .status()
            .expect("mariadb-install-db: tests/run installs the package mariadb-server");
        let said = || std::fs::read_to_string(folder.join("install.log")).unwrap_or_default();
        assert!(installed.success(), "mariadb-install-db failed:\n{}", said());
        let port = free_port();
        let supervisor = supervise(&folder, port, &[&[user], options].concat());
        Self { port, folder, supervisor }
    }

    pub fn wait_until_up(&self) {
        let deadline = Instant::now() + Duration::from_mins(3);
        while !self.command(&["-e", "SELECT 1"]).output().is_ok_and(|output| output.status.success()) {
            assert!(Instant::now() < deadline, "MariaDB did not start:\n{}", self.log());
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("error.log")).unwrap_or_default()
    }

    fn process(&self) -> rustix::process::Pid {
        let id = std::fs::read_to_string(self.folder.join("started")).unwrap();
        rustix::process::Pid::from_raw(id.trim().parse().unwrap()).unwrap()
    }

    /// Sends the server's process a signal: KILL, CONT.
    pub fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(self.process(), signal).unwrap();
    }

    /// Stops the server's process where it is; returns when the last of its threads has stopped.
    pub fn freeze(&self) {
        self.signal(rustix::process::Signal::STOP);
        let tasks = format!("/proc/{}/task", self.process().as_raw_nonzero());
        let runs = |stat: String| stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('T'));
        while std::fs::read_dir(&tasks).unwrap().any(|task| {
            let stat = task.and_then(|task| std::fs::read_to_string(task.path().join("stat")));
            stat.is_ok_and(runs)
        }) {
            std::thread::park_timeout(Duration::from_millis(1));
        }
    }

    /// Starts it anew after it was killed, on the same data.
    pub fn start_again(&mut self) {
        self.supervisor.stdin.as_mut().unwrap().write_all(b"again\n").unwrap();
        self.wait_until_up();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("mariadb");
        command.arg("--no-defaults").arg("-uroot").arg("-S").arg(self.folder.join("s")).args(arguments);
        command.stdin(Stdio::null());
        command
    }

    /// A database by the server's own tool, with the options of the README.
    pub fn dump(&self, name: &str) -> Vec<u8> {
        let output = Command::new("mariadb-dump")
            .args(["--no-defaults", "-uroot", "-S"])
            .arg(self.folder.join("s"))
            .args(["--single-transaction", "--triggers", name])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// A dump into a database that is made for it.
    pub fn load(&self, name: &str, dump: &[u8]) {
        self.client(&["-e", &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")]);
        let mut client = self.command(&[name]).stdin(Stdio::piped()).spawn().unwrap();
        client.stdin.take().unwrap().write_all(dump).unwrap();
        assert!(client.wait().unwrap().success());
    }

    /// Runs the server's own client as its administrator; the lines it prints.
    pub fn client(&self, arguments: &[&str]) -> Vec<String> {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }
}

fn supervise(folder: &Path, port: u16, options: &[String]) -> Child {
    // Each line that it reads is a server to start anew, once the last one is gone.
    const SCRIPT: &str = r#"
        folder=$1 port=$2
        shift 2
        while :; do
            mariadbd --no-defaults --datadir="$folder/data" --tmpdir="$folder/tmp" \
                --socket="$folder/s" --port="$port" \
                --bind-address=127.0.0.1 --log-error="$folder/error.log" --innodb-flush-log-at-trx-commit=0 \
                --innodb-buffer-pool-size=64M --performance-schema=off --skip-name-resolve "$@" </dev/null &
            pid=$!
            echo "$pid" >"$folder/started"
            read -r _ || break
            wait "$pid"
        done
        kill -CONT "$pid"
        kill "$pid"
        wait "$pid"
        rm -rf "$folder"
    "#;
    Command::new("sh")
        .args(["-c", SCRIPT, "sh"])
        .arg(folder)
        .arg(port.to_string())
        .args(options.iter().filter(|option| !option.is_empty()))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
