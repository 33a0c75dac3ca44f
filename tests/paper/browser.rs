//! A real browser that prints documents: Chromium, told what to do over its debugging pipe. One is started
//! for all tests that run at the same time, since a start takes longer than printing.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, Weak, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// On a busy machine a start takes long.
const PATIENCE: Duration = Duration::from_mins(5);

/// What is on paper.
pub struct Printed {
    /// The text of the pages, laid out as on paper.
    pub text: String,
    /// The text in the order in which it was written: a cell of a table, then the next.
    pub written: String,
    pub pages: usize,
}

impl Printed {
    /// The words of the text, each run of white space as one space.
    pub fn words(&self) -> String {
        self.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub fn see(&self, text: &str) -> &Self {
        let wanted = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(self.words().contains(&wanted), "no \"{text}\" in:\n{}", self.text);
        self
    }

    /// The text of each page.
    pub fn by_page(&self) -> impl Iterator<Item = &str> {
        self.text.split('\u{c}').filter(|page| !page.trim().is_empty())
    }
}

/// Prints documents. The browser ends with the last one of these.
pub struct Printer(Arc<Mutex<Browser>>);

static SHARED: Mutex<Weak<Mutex<Browser>>> = Mutex::new(Weak::new());

impl Printer {
    pub fn new() -> Self {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let browser = shared.upgrade().unwrap_or_else(|| Arc::new(Mutex::new(Browser::start())));
        *shared = Arc::downgrade(&browser);
        Self(browser)
    }

    /// Prints the document to PDF and reads that back. `EPIC_EVENTS_PAPER` names a folder that keeps the PDF
    /// under this name, to look at it.
    pub fn print(&self, name: &str, html: &str) -> Printed {
        let pdf = self.0.lock().unwrap_or_else(PoisonError::into_inner).print(html);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.pdf");
        std::fs::write(&path, &pdf).unwrap();
        if let Some(keep) = std::env::var_os("EPIC_EVENTS_PAPER") {
            std::fs::write(Path::new(&keep).join(format!("{name}.pdf")), pdf).unwrap();
        }
        let pages = run(Command::new("pdfinfo").arg(&path));
        let pages = pages.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap().trim().parse().unwrap();
        let text = |order| run(Command::new("pdftotext").arg(order).arg(&path).arg("-"));
        Printed { text: text("-layout"), written: text("-raw"), pages }
    }
}

/// Runs a program of the packages that `tests/run` installs.
fn run(command: &mut Command) -> String {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{program} is missing ({error}): tests/run installs it"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A running Chromium without a window. It ends when its pipe is closed, also if the tests are killed.
pub struct Browser {
    process: Child,
    /// `None` once it has been told to end.
    to: Option<ChildStdin>,
    /// What it says.
    from: mpsc::Receiver<Value>,
    /// What it has said and nobody has waited for so far.
    unheard: Vec<Value>,
    /// Ends with the last process that has the descriptor for errors, which its helpers share.
    log: Option<JoinHandle<()>>,
    folder: TempDir,
    asked: u64,
}

impl Browser {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| is_installed(name));
        let program = program.expect("chromium is missing: tests/run installs it");
        // The pipe is on descriptors 3 and 4. What it writes is in this folder.
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >&2", program])
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--disable-extensions", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", folder.path().join("browser").display()))
            .env("HOME", folder.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_CACHE_HOME")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = process.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            _ = std::io::copy(&mut errors, &mut std::io::sink());
        });
        let (to, stdout) = (process.stdin.take(), process.stdout.take().unwrap());
        let (sender, from) = mpsc::channel();
        std::thread::spawn(move || {
            // A message ends with a zero byte.
            for message in BufReader::new(stdout).split(0) {
                let Ok(message) = message.map(|bytes| serde_json::from_slice(&bytes).unwrap_or(Value::Null)) else {
                    return;
                };
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Self { process, to, from, unheard: Vec::new(), log: Some(log), folder, asked: 0 }
    }

    /// The folder of all that it writes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The PDF of a document.
    pub fn print(&mut self, html: &str) -> Vec<u8> {
        let page = self.folder().join("page.html");
        std::fs::write(&page, html).unwrap();
        self.unheard.clear();
        let made = self.ask(None, "Target.createTarget", &json!({ "url": "about:blank" }));
        let target = &made["targetId"];
        let attached = self.ask(None, "Target.attachToTarget", &json!({ "targetId": target, "flatten": true }));
        let session = attached["sessionId"].as_str().unwrap().to_owned();
        self.ask(Some(&session), "Page.enable", &json!({}));
        self.ask(Some(&session), "Page.navigate", &json!({ "url": format!("file://{}", page.display()) }));
        self.wait(|message| message["method"] == "Page.loadEventFired" && message["sessionId"] == session.as_str());
        let how = json!({ "preferCSSPageSize": true, "printBackground": false });
        let pdf = self.ask(Some(&session), "Page.printToPDF", &how);
        self.ask(None, "Target.closeTarget", &json!({ "targetId": target }));
        from_base64(pdf["data"].as_str().unwrap())
    }

    fn ask(&mut self, session: Option<&str>, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        let mut request = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            request["sessionId"] = json!(session);
        }
        let sent = write!(self.to.as_ref().unwrap(), "{request}\0");
        assert!(sent.is_ok(), "{method}: {}", self.log());
        let mut answer = self.wait(|message| message["id"] == id);
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].take()
    }

    /// The next message of which this holds.
    fn wait(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.unheard.iter().position(&is_it) {
            return self.unheard.remove(at);
        }
        loop {
            match self.from.recv_timeout(PATIENCE) {
                Ok(message) if is_it(&message) => return message,
                Ok(message) => self.unheard.push(message),
                Err(error) => panic!("the browser does not answer ({error}): {}", self.log()),
            }
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join("log")).unwrap_or_default()
    }
}

impl Drop for Browser {
    /// Waits until it has ended: it would write to its folder until then.
    fn drop(&mut self) {
        if let Some(mut to) = self.to.take() {
            _ = write!(to, "{}\0", json!({ "id": 0, "method": "Browser.close" }));
        }
        // Its end closes the channel. One that hangs is killed.
        loop {
            match self.from.recv_timeout(PATIENCE) {
                Ok(_) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    _ = self.process.kill();
                    break;
                }
            }
        }
        _ = self.process.wait();
        // Its helpers notice its end by themselves.
        _ = self.log.take().map(JoinHandle::join);
    }
}

fn is_installed(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

fn from_base64(text: &str) -> Vec<u8> {
    let sextet = |letter: u8| match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::new();
    for group in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = group.iter().fold(0_u32, |bits, letter| (bits << 6) | u32::from(sextet(*letter)));
        let bits = bits << (6 * (4 - group.len()));
        bytes.extend(&bits.to_be_bytes()[1..group.len()]);
    }
    bytes
}
