//! A document printed by a real browser.

use std::{
    path::Path,
    process::{Command, Stdio},
};

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
}

/// Runs a program of the packages that `tests/run` installs.
fn run(command: &mut Command) -> String {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{program} is missing ({error}): tests/run installs it"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Prints the document to PDF and reads that back. `EPIC_EVENTS_PAPER` names a folder that keeps the PDF
/// under this name, to look at it.
pub fn print(name: &str, html: &str) -> Printed {
    let folder = tempfile::tempdir().unwrap();
    let path = |file: &str| folder.path().join(file);
    std::fs::write(path("page.html"), html).unwrap();
    let pdf = path("page.pdf");
    let chromium = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| is_installed(name));
    run(Command::new(chromium.unwrap_or("chromium"))
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", path("browser").display()))
        .arg("--no-pdf-header-footer")
        .arg(format!("--print-to-pdf={}", pdf.display()))
        .arg(path("page.html")));
    if let Some(keep) = std::env::var_os("EPIC_EVENTS_PAPER") {
        std::fs::copy(&pdf, Path::new(&keep).join(format!("{name}.pdf"))).unwrap();
    }
    let pages = run(Command::new("pdfinfo").arg(&pdf));
    let pages = pages.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap().trim().parse().unwrap();
    let text = |order| run(Command::new("pdftotext").arg(order).arg(&pdf).arg("-"));
    Printed { text: text("-layout"), written: text("-raw"), pages }
}

fn is_installed(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}
