//! The terminal goes away while the program runs: a window is closed, a connection is lost.

use std::{
    io::{Read, Write},
    path::Path,
};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::support::terminal::{COLUMNS, ROWS, environment};

/// Signs in to the demo, closes the terminal and waits for the end of the program.
fn closed_while_signed_in(home: &Path) {
    let size = PtySize { rows: ROWS.get(), cols: COLUMNS.get(), pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_epic-events"));
    command.arg("--demo");
    command.env_clear();
    for (name, value) in environment(home, "") {
        command.env(name, value);
    }
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut writer = pair.master.take_writer().unwrap();
    let mut screen = vt100::Parser::new(ROWS, COLUMNS, 0);
    for (awaited, keys) in [("Demo accounts", "manager\tlook-around-freely\r"), ("Waiting for you", "")] {
        while !screen.screen().contents().contains(awaited) {
            let mut buffer = [0; 4096];
            let read = reader.read(&mut buffer).unwrap();
            assert!(read > 0, "{awaited} was never shown:\n{}", screen.screen().contents());
            screen.process(&buffer[..read]);
        }
        writer.write_all(keys.as_bytes()).unwrap();
    }
    drop((reader, writer, pair.master));
    child.wait().unwrap();
}

/// It is no defect of the program, so no ERROR line may wake an administrator.
#[test]
fn a_terminal_that_goes_away_is_no_error() {
    for round in 0..8 {
        let home = tempfile::tempdir().unwrap();
        closed_while_signed_in(home.path());
        let files = std::fs::read_dir(home.path().join("state/epic-events")).unwrap().map(|file| file.unwrap().path());
        let logs = files.filter(|file| file.extension().is_some_and(|ending| ending == "log"));
        let lines: String = logs.map(|file| std::fs::read_to_string(file).unwrap()).collect();
        assert!(lines.contains("\"level\":\"INFO\""), "round {round}: the log was read");
        assert!(!lines.contains("\"level\":\"ERROR\""), "round {round}: {lines}");
    }
}
