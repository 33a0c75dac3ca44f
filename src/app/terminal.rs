//! Takes over the terminal for the full-screen interface, and restores it.

use std::{
    borrow::Cow,
    io::{self, IsTerminal, Write, stderr, stdout},
    mem::ManuallyDrop,
};

use crossterm::{
    cursor::Show,
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    execute,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{Terminal, backend::CrosstermBackend, layout::Size};

use super::{App, RunError};
use crate::{domain::text, ui::widgets::chrome};

/// The most bytes that can be copied at once: terminals silently drop a longer text.
pub const MOST_COPIED: usize = 74_000;

/// The terminal in full-screen mode; restored when this is dropped.
pub struct TerminalScreen {
    /// Never dropped: ratatui would complain on standard error if the terminal is gone, and panic if that
    /// is gone too. [`leave`] shows the cursor again.
    pub terminal: ManuallyDrop<Terminal<CrosstermBackend<io::Stdout>>>,
    mouse: bool,
    only_ascii: bool,
}

/// Checks that the terminal can show the full-screen interface.
pub fn can_show() -> Result<(), RunError> {
    if !io::stdin().is_terminal() || !stdout().is_terminal() {
        return Err(RunError::NoTerminal);
    }
    if std::env::var_os("TERM").is_some_and(|name| name == "dumb") {
        return Err(RunError::DumbTerminal);
    }
    Ok(())
}

/// Whether the locale of this process uses an encoding other than UTF-8, so that only ASCII text is
/// safe to print.
pub fn only_ascii() -> bool {
    !is_utf8(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

/// Whether the locale uses UTF-8. `LC_ALL` takes precedence over `LC_CTYPE`, and that over `LANG`.
/// If none is set, as in many SSH sessions, UTF-8 is assumed, since current terminals show it.
fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &&str| variable(name).filter(|value| !value.is_empty());
    let Some(locale) = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set) else { return true };
    let name = locale.split('@').next().unwrap_or_default();
    // A locale that names no encoding uses one that is older than UTF-8.
    let encoding = name.split_once('.').map_or("", |(_, encoding)| encoding);
    encoding.replace('-', "").eq_ignore_ascii_case("utf8")
}

/// Prints a sentence on standard error. Unlike `eprintln` it does not panic if the terminal is gone.
pub fn complain(sentence: &str) {
    writeln!(stderr(), "epic-events: {}", for_locale(sentence)).ok();
}

/// A sentence for standard output or error, reduced to ASCII if the locale requires it.
pub fn for_locale(sentence: &str) -> Cow<'_, str> {
    if only_ascii() { Cow::Owned(text::to_ascii(sentence)) } else { Cow::Borrowed(sentence) }
}

/// Whether the program was started by a shell with job control, which gives it a process group of
/// its own. Without one (as the command of a terminal window, or in a hosted session) nothing could
/// resume a stopped program.
pub fn has_shell() -> bool {
    use rustix::process::{getpgrp, getsid};
    getsid(None).is_ok_and(|session| session != getpgrp())
}

impl TerminalScreen {
    /// Takes over the terminal. If the main thread panics, the terminal is restored before the
    /// panic is reported. Panics of other threads print nothing (see `telemetry`).
    pub fn take(mouse: bool) -> io::Result<Self> {
        // The theme decides about colours. Without this, crossterm would drop the reverse video of
        // the selected line if NO_COLOR is set.
        crossterm::style::force_color_output(true);
        enter(mouse)?;
        let main = std::thread::current().id();
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().id() == main {
                leave();
            }
            hook(panic);
        }));
        let terminal = ManuallyDrop::new(Terminal::new(CrosstermBackend::new(stdout()))?);
        Ok(Self { terminal, mouse, only_ascii: only_ascii() })
    }

    /// Draws the app in its present state, in ASCII if the locale requires it; returns the size of the
    /// window that it was drawn for.
    pub fn draw(&mut self, app: &App) -> io::Result<Size> {
        let drawn = self.terminal.draw(|frame| {
            app.draw(frame);
            if self.only_ascii {
                chrome::letters_to_ascii(frame.buffer_mut());
            }
        })?;
        Ok(drawn.area.as_size())
    }

    /// Restores the terminal, stops the process, and takes the terminal over again when the process
    /// is resumed.
    pub fn suspend(&mut self) -> io::Result<()> {
        leave();
        signal_hook::low_level::raise(signal_hook::consts::SIGSTOP)?;
        enter(self.mouse)?;
        // A new `Terminal` draws everything. `Terminal::clear` would query the cursor position, and
        // the thread that reads keys would receive the response.
        self.terminal = ManuallyDrop::new(Terminal::new(CrosstermBackend::new(stdout()))?);
        Ok(())
    }

    /// Turns the capture of mouse events on or off.
    pub fn take_mouse(&mut self, mouse: bool) -> io::Result<()> {
        self.mouse = mouse;
        if mouse { execute!(stdout(), EnableMouseCapture) } else { execute!(stdout(), DisableMouseCapture) }
    }

    /// Copies text to the terminal's clipboard (OSC 52); at most [`MOST_COPIED`] bytes.
    pub fn copy(&self, text: &str) -> io::Result<()> {
        let mut out = stdout();
        write!(out, "\x1b]52;c;{}\x07", base64(text.as_bytes()))?;
        out.flush()
    }
}

impl Drop for TerminalScreen {
    fn drop(&mut self) {
        leave();
    }
}

fn enter(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
    if mouse { execute!(stdout(), EnableMouseCapture) } else { Ok(()) }
}

/// Restores the terminal. Errors are ignored, since the terminal may be gone.
pub fn leave() {
    execute!(stdout(), DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, Show).ok();
    disable_raw_mode().ok();
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let number = group.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for at in 0..4 {
            let sign = SIGNS[(number >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= group.len() { sign.into() } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn whether_utf8_is_shown_is_read_from_the_locale_variables() {
        for (all, ctype, lang, utf8) in [
            ("", "", "", true),
            ("", "", "en_GB.UTF-8", true),
            ("", "", "fr_FR.utf8", true),
            ("", "", "C.UTF-8", true),
            ("", "", "de_DE.UTF-8@euro", true),
            ("C", "", "en_GB.UTF-8", false),
            ("", "POSIX", "en_GB.UTF-8", false),
            ("", "en_GB.UTF-8", "C", true),
            ("", "", "C", false),
            ("", "", "fr_FR", false),
            ("", "", "fr_FR@euro", false),
            ("", "", "fr_FR.ISO-8859-15", false),
            ("", "", "ja_JP.eucJP", false),
        ] {
            let variable = |name: &str| match name {
                "LC_ALL" => Some(all.to_owned()),
                "LC_CTYPE" => Some(ctype.to_owned()),
                _ => Some(lang.to_owned()),
            };
            assert_eq!(super::is_utf8(variable), utf8, "{all:?} {ctype:?} {lang:?}");
        }
    }

    #[test]
    fn copied_text_is_encoded_as_padded_base64() {
        assert_eq!(super::base64(b"Man"), "TWFu");
        assert_eq!(super::base64(b"Ma"), "TWE=");
        assert_eq!(super::base64("é".as_bytes()), "w6k=");
    }
}
