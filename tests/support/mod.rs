//! Shared by the integration tests: servers and databases of every engine, and a small company.
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

/// The engines that every service is tested on. A test's `#[values(…)]` lists either all engines or all
/// servers; `tests/architecture` checks this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    MariaDb,
    Mysql,
}

impl Engine {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::MariaDb => "MariaDB",
            Self::Mysql => "MySQL",
        }
    }

    /// The path of a program of the server's packages, by its MySQL name: `mysqld`, `mysql` or `mysqldump`.
    fn program(self, name: &str) -> PathBuf {
        match self {
            Self::Sqlite => panic!("the embedded engine has no {name}"),
            Self::MariaDb => match name {
                "mysqld" => "mariadbd".to_owned(),
                _ => name.replace("mysql", "mariadb").replace("dump", "-dump").replace("binlog", "-binlog"),
            }
            .into(),
            Self::Mysql => unpacked_mysql().join(name),
        }
    }
}

/// The folder in which `tests/support/mysql-server` has unpacked a MySQL server.
fn unpacked_mysql() -> PathBuf {
    let named = std::env::var_os("EPIC_EVENTS_MYSQL").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.unwrap_or_else(|| Path::new(&std::env::var_os("HOME").unwrap()).join(".cache"));
        cache.join("epic-events-tests/mysql")
    });
    assert!(folder.join("data").is_dir(), "no MySQL in {}: run tests/support/mysql-server", folder.display());
    folder
}

/// The address of a database for one test. The database does not exist yet.
pub struct TestDb {
    pub url: String,
    pub engine: Engine,
    _folder: Option<tempfile::TempDir>,
}

impl TestDb {
    pub fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}", folder.path().join("test.db").display());
                Self { url, engine, _folder: Some(folder) }
            }
            Engine::MariaDb | Engine::Mysql => {
                static NEXT: AtomicU32 = AtomicU32::new(1);
                let number = NEXT.fetch_add(1, Ordering::Relaxed);
                Self { url: server(engine).url(&format!("test_{number}")), engine, _folder: None }
            }
        }
    }

    /// A database on a server that the test has started itself.
    pub fn on(server: &Server, name: &str) -> Self {
        Self { url: server.url(name), engine: server.engine, _folder: None }
    }

    /// A database at this address, for example on a cluster. Its engine counts as MariaDB.
    pub fn at(url: String) -> Self {
        Self { url, engine: Engine::MariaDb, _folder: None }
    }

    /// The whole content of the database: the bytes of all files in its folder, or of a dump. On SQLite this
    /// includes deleted data that the file has not overwritten yet.
    pub fn stored(&self) -> Vec<u8> {
        match self.url.strip_prefix("sqlite://") {
            Some(path) => {
                let files = std::fs::read_dir(Path::new(path).parent().unwrap()).unwrap();
                files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
            }
            None => server(self.engine).dump(self.url.rsplit('/').next().unwrap()),
        }
    }

    /// Runs a query on a server with the server's own client. Returns the rows, with columns separated by tabs.
    pub fn query(&self, sql: &str) -> Vec<String> {
        let name = self.url.rsplit('/').next().unwrap();
        server(self.engine).client(&["-BN", name, "-e", sql])
    }
}

/// The number of repetitions: `quick` in an ordinary run, `EPIC_EVENTS_ROUNDS` in `tests/torture`.
pub fn rounds(quick: usize) -> usize {
    std::env::var("EPIC_EVENTS_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(quick)
}

/// Returns when the condition holds; panics with `what` after 30 seconds.
pub fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !so() {
        assert!(Instant::now() < deadline, "the condition does not hold after 30 s: {what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// The number of transactions in this database that wait for a row locked by another transaction.
pub fn waiting_for_rows(url: &str) -> i64 {
    use diesel::RunQueryDsl;
    use epic_events::storage::{Db, Target};
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        waiting: i64,
    }
    // The server refreshes this table only when it was not queried for a tenth of a second.
    std::thread::park_timeout(Duration::from_millis(110));
    let Db::Mysql(mut db) = Db::open(&Target::parse(url).unwrap()).unwrap() else { panic!("a server") };
    let sql = "SELECT COUNT(*) AS waiting FROM information_schema.innodb_trx AS t \
               JOIN information_schema.processlist AS p ON p.id = t.trx_mysql_thread_id \
               WHERE t.trx_state = 'LOCK WAIT' AND p.db = DATABASE()";
    diesel::sql_query(sql).get_result::<Count>(&mut db).unwrap().waiting
}

/// A server started by this test process. It listens on loopback only and has a data folder of its own.
pub struct Server {
    pub engine: Engine,
    pub port: u16,
    /// The databases are in `data` inside it.
    pub folder: PathBuf,
    /// A shell that runs the server. However this process ends, the pipe to the shell's standard input closes,
    /// and the shell then stops the server by its process id.
    supervisor: Child,
}

/// The server of this engine that all tests of the process share; the first test that needs it starts it.
pub fn server(engine: Engine) -> &'static Server {
    static MARIADB: OnceLock<Server> = OnceLock::new();
    static MYSQL: OnceLock<Server> = OnceLock::new();
    let server = match engine {
        Engine::Sqlite => panic!("the embedded engine has no server"),
        Engine::MariaDb => &MARIADB,
        Engine::Mysql => &MYSQL,
    };
    server.get_or_init(|| Server::start_with(engine, &[]))
}

/// A port that is free on loopback, a different one at each call. It is below the range from which the system
/// takes the ports of outgoing connections, of which these tests make many.
pub fn free_port() -> u16 {
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 22_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Test processes that run at the same time start at distant numbers.
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
    /// Starts another server with these options, waits until it is up, and creates the account of the tests.
    pub fn start_with(engine: Engine, options: &[String]) -> Self {
        let server = Self::starting(engine, "root", options);
        server.wait_until_up();
        server.client(&[
            "-e",
            "CREATE USER crm@'%' IDENTIFIED BY 'only-for-tests'; GRANT ALL ON *.* TO crm@'%' WITH GRANT OPTION",
        ]);
        server
    }

    /// Starts a server without waiting for it and without creating an account. If the tests run as root, the
    /// server runs as `user`.
    pub fn starting(engine: Engine, user: &str, options: &[String]) -> Self {
        let prefix = format!("epic-events-{}", engine.name().to_lowercase());
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir().unwrap().keep();
        let is_root = rustix::process::geteuid().is_root();
        let user = if is_root { format!("--user={user}") } else { String::new() };
        // Not shared with other servers: a starting server removes the temporary tables that it finds there.
        std::fs::create_dir(folder.join("tmp")).unwrap();
        if let Some(name) = user.strip_prefix("--user=") {
            assert!(Command::new("chown").args(["-R", name]).arg(&folder).status().unwrap().success());
        }
        match engine {
            Engine::Sqlite => panic!("the embedded engine has no server"),
            Engine::MariaDb => install_mariadb(&folder, &user),
            Engine::Mysql => {
                // tests/support/mysql-server has initialised a data folder once; copying it is faster.
                let mut copy = Command::new("cp");
                copy.args(["-r", "--sparse=always"]).args([unpacked_mysql().join("data"), folder.join("data")]);
                assert!(copy.status().unwrap().success());
            }
        }
        let port = free_port();
        let own: &[&str] = match engine {
            Engine::Mysql => &["--mysqlx=OFF", "--pid-file=pid", "--sync-binlog=0"],
            Engine::Sqlite | Engine::MariaDb => &[],
        };
        let own: Vec<String> = own.iter().map(|option| (*option).to_owned()).collect();
        let supervisor = supervise(engine, &folder, port, &[&[user], own.as_slice(), options].concat());
        Self { engine, port, folder, supervisor }
    }

    /// The address of a database with the account of the tests, which has all rights.
    pub fn url(&self, name: &str) -> String {
        format!("mysql://crm:only-for-tests@127.0.0.1:{}/{name}", self.port)
    }

    pub fn wait_until_up(&self) {
        let deadline = Instant::now() + Duration::from_mins(3);
        while !self.command(&["-e", "SELECT 1"]).output().is_ok_and(|output| output.status.success()) {
            assert!(Instant::now() < deadline, "{} did not start:\n{}", self.engine.name(), self.log());
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

    /// Sends the server's process a signal, such as KILL or CONT.
    pub fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(self.process(), signal).unwrap();
    }

    /// Stops the server's process (SIGSTOP) and returns when all its threads have stopped.
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

    /// Starts the server again on the same data after it was killed.
    pub fn start_again(&mut self) {
        self.supervisor.stdin.as_mut().unwrap().write_all(b"again\n").unwrap();
        self.wait_until_up();
    }

    /// A program of the server's packages, set up to connect to this server as root.
    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.engine.program(name));
        command.args(["--no-defaults", "-uroot", "-S"]).arg(self.folder.join("s"));
        command
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.tool("mysql");
        command.args(arguments);
        command.stdin(Stdio::null());
        command
    }

    /// Dumps a database with the server's own tool.
    pub fn dump(&self, name: &str) -> Vec<u8> {
        let own = (self.engine == Engine::Mysql).then_some("--set-gtid-purged=OFF");
        let mut dump = self.tool("mysqldump");
        let output = dump.args(["--single-transaction", "--triggers"]).args(own).arg(name).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Writes a script for each of the server's tools into a folder, by their own names: they connect to this
    /// server with the options that they are called with.
    pub fn tools_in(&self, folder: &Path) {
        use std::os::unix::fs::PermissionsExt;
        for name in ["mysql", "mysqldump", "mysqlbinlog"] {
            let program = self.engine.program(name);
            let own = match self.engine {
                Engine::Mysql => Path::new(name),
                Engine::Sqlite | Engine::MariaDb => &program,
            };
            // The file of options has to come first.
            let script = format!(
                "#!/bin/sh\nfirst=$1\nshift\nexec {} \"$first\" --socket='{}' \"$@\"\n",
                if program.is_absolute() {
                    program.display().to_string()
                } else {
                    format!("/usr/bin/{}", program.display())
                },
                self.folder.join("s").display()
            );
            let file = folder.join(own);
            std::fs::write(&file, script).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// Runs the server's own client as root and returns the lines that it prints.
    pub fn client(&self, arguments: &[&str]) -> Vec<String> {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }
}

fn install_mariadb(folder: &Path, user: &str) {
    let data = format!("--datadir={}", folder.join("data").display());
    let temporary = format!("--tmpdir={}", folder.join("tmp").display());
    let log = File::create(folder.join("install.log")).unwrap();
    let installed = Command::new("mariadb-install-db")
        .args(["--no-defaults", &data, &temporary, "--auth-root-authentication-method=normal", "--skip-test-db"])
        .args(Some(user).filter(|user| !user.is_empty()))
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .status()
        .expect("mariadb-install-db: tests/run installs the package mariadb-server");
    let said = || std::fs::read_to_string(folder.join("install.log")).unwrap_or_default();
    assert!(installed.success(), "mariadb-install-db failed:\n{}", said());
}

fn supervise(engine: Engine, folder: &Path, port: u16, options: &[String]) -> Child {
    // For each line on its standard input the script waits for the server to end and starts it again.
    const SCRIPT: &str = r#"
        program=$1 folder=$2 port=$3
        shift 3
        while :; do
            "$program" --no-defaults --datadir="$folder/data" --tmpdir="$folder/tmp" \
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
        .arg(engine.program("mysqld"))
        .arg(folder)
        .arg(port.to_string())
        .args(options.iter().filter(|option| !option.is_empty()))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
