//! The units of `packaging/systemd`: systemd accepts them. `tests/setup/packaging.rs` runs their scripts.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

fn packaging() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/systemd")
}

#[test]
fn systemd_accepts_the_units() {
    let folder = tempfile::tempdir().unwrap();
    let mut units = Vec::new();
    for file in fs::read_dir(packaging()).unwrap().map(|file| file.unwrap().path()) {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&file).unwrap();
        match file.extension().and_then(|ending| ending.to_str()) {
            Some("service" | "timer") => {
                let text = text.replace("/usr/local/lib/epic-events", &packaging().display().to_string());
                fs::write(folder.path().join(&name), text).unwrap();
                units.push(name);
            }
            Some("conf") => {
                let drop_in = folder.path().join("user-1001.slice.d");
                fs::create_dir(&drop_in).unwrap();
                fs::write(drop_in.join("50-epic-events.conf"), text).unwrap();
                fs::write(folder.path().join("user-1001.slice"), "[Slice]\n").unwrap();
                units.push("user-1001.slice".to_owned());
            }
            _ => assert!(file.metadata().unwrap().permissions().mode() & 0o111 != 0, "{name} is a script"),
        }
    }
    assert_eq!(units.len(), 5, "{units:?}");
    let output = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .args(&units)
        .current_dir(folder.path())
        .env("SYSTEMD_UNIT_PATH", format!("{}:", folder.path().display()))
        .output()
        .expect("systemd-analyze: tests/run installs systemd");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success() && said.is_empty(), "{said}");
}
