//! The pictures of the README, drawn from the real program in a pseudo-terminal:
//! `cargo test --test pictures -- --ignored` writes them to `assets/`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::{fmt::Write, num::NonZeroU16, path::Path};

use support::terminal::{ENTER, ESC, TAB, Terminal};
use vt100::{Cell, Color};

/// The size of most terminals when they open.
const SIZE: (NonZeroU16, NonZeroU16) = (NonZeroU16::new(80).unwrap(), NonZeroU16::new(24).unwrap());
/// The size of a cell in the picture.
const WIDTH: f32 = 8.4;
const HEIGHT: f32 = 18.0;
const MARGIN: f32 = 14.0;
const BACKGROUND: &str = "#16181d";
const TEXT: &str = "#d8dce4";
const FAINT: &str = "#8b93a1";

fn colour(cell: &Cell) -> &'static str {
    match cell.fgcolor() {
        Color::Idx(1 | 9) => "#e5786d",
        Color::Idx(2 | 10) => "#8cc28a",
        Color::Idx(3 | 11) => "#dcb862",
        Color::Idx(6 | 14) => "#6cc0d0",
        _ if cell.dim() => FAINT,
        _ => TEXT,
    }
}

/// The screen as an SVG picture.
fn svg(screen: &vt100::Screen) -> String {
    let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
    let size = |cells: u16, one: f32| f32::from(cells) * one + 2.0 * MARGIN;
    let (wide, tall) = (size(columns, WIDTH), size(rows, HEIGHT));
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{tall}\" viewBox=\"0 0 {wide} {tall}\">\n\
         <rect width=\"{wide}\" height=\"{tall}\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n\
         <g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"14\" xml:space=\"preserve\">\n"
    );
    for row in 0..rows {
        for column in 0..columns {
            let Some(cell) = screen.cell(row, column).filter(|cell| !cell.is_wide_continuation()) else { continue };
            let (x, y) = (MARGIN + f32::from(column) * WIDTH, MARGIN + f32::from(row) * HEIGHT);
            let cells = if cell.is_wide() { 2.0 } else { 1.0 };
            let mut fill = colour(cell);
            if cell.inverse() {
                let wide = WIDTH * cells + 0.7;
                writeln!(
                    picture,
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{HEIGHT}\" fill=\"{TEXT}\"/>"
                )
                .unwrap();
                fill = BACKGROUND;
            }
            if cell.contents().trim().is_empty() {
                continue;
            }
            let text = cell.contents().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let weight = if cell.bold() { " font-weight=\"bold\"" } else { "" };
            let line = if cell.underline() { " text-decoration=\"underline\"" } else { "" };
            let below = y + 13.5;
            writeln!(picture, "<text x=\"{x:.1}\" y=\"{below:.1}\" fill=\"{fill}\"{weight}{line}>{text}</text>")
                .unwrap();
        }
    }
    picture.push_str("</g>\n</svg>\n");
    picture
}

fn keep(terminal: &Terminal, name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.svg")), svg(&terminal.picture())).unwrap();
}

fn demo(home: &Path, who: &str, arguments: &[&str], shows: &str) -> Terminal {
    let mut terminal = Terminal::sized(home, "", arguments, SIZE);
    terminal.see(&["look-around-freely"]).field(who).press("look-around-freely").press(ENTER).see(&[shows]);
    terminal
}

#[test]
#[ignore = "draws the pictures of the README"]
fn the_pictures_of_the_readme() {
    let home = tempfile::tempdir().unwrap();
    let mut t = demo(home.path(), "manager", &["--demo"], "Events in the next four weeks");
    keep(&t, "home");
    t.press(ENTER).see(&["without support", "Title"]).press("a").see(&["Support for", "that week"]);
    keep(&t, "assigning");
    t.press(ESC).gone("Support for").press("c").see(&["Week of", "no support", "Mon"]);
    keep(&t, "calendar");
    t.press(ESC)
        .gone("Week of")
        .press(":")
        .see(&["Go to, or do"])
        .press("owe")
        .press(ENTER)
        .see(&["not fully paid", "due"]);
    keep(&t, "unpaid");
    t.press("\x03");
    t.end();
    let mut t = demo(home.path(), "sales", &["--demo", "--language", "fr"], "Signé par mois");
    t.press(":").see(&["Aller à"]).press("nouveau client").press(ENTER).see(&["Nom complet"]);
    t.field("Aliénor Vichum").field("Salle des fêtes de Mufflins").press("alienor@").press(TAB);
    t.see(&["n'est pas une adresse"]).field("+33 6 12 34 56 78").press("hier").see(&["nov"]);
    keep(&t, "form");
    t.press("\x03");
}
