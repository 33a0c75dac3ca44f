//! The terminal, taken and given back whole.

use std::io::{self, IsTerminal, Write, stdout};

use crossterm::{
    cursor::Show,
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    execute,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{Terminal, backend::CrosstermBackend};

/// The screen while the program has it; given back when dropped.
pub struct Screen {
    pub terminal: Terminal<CrosstermBackend<io::Stdout>>,
    mouse: bool,
}

/// Whether input and output are a terminal.
pub fn is_there() -> bool {
    io::stdin().is_terminal() && stdout().is_terminal()
}

/// Whether a shell waits behind the program, which gave it a process group of its own.
/// Stopped without one (a window's own command, a hosted session) it would hang for good.
pub fn has_shell() -> bool {
    use rustix::process::{getpgrp, getsid};
    getsid(None).is_ok_and(|session| session != getpgrp())
}

impl Screen {
    /// Takes the terminal. A panic of the main thread gives it back before it is told; those of
    /// other threads must not be told on the screen (`telemetry` sees to that).
    pub fn take(mouse: bool) -> io::Result<Self> {
        // The theme decides about colours; left to itself crossterm would drop the
        // reverse video of the selected line under NO_COLOR.
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
        let terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
        Ok(Self { terminal, mouse })
    }

    /// Gives the terminal to the shell and stops until it is given back.
    pub fn suspend(&mut self) -> io::Result<()> {
        leave();
        signal_hook::low_level::raise(signal_hook::consts::SIGSTOP)?;
        enter(self.mouse)?;
        // Drawn from nothing. Clearing would ask the terminal where the cursor is, and the
        // thread that reads keys has the answer.
        self.terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
        Ok(())
    }

    /// Takes the mouse from the terminal, or gives it back.
    pub fn take_mouse(&mut self, mouse: bool) -> io::Result<()> {
        self.mouse = mouse;
        if mouse { execute!(stdout(), EnableMouseCapture) } else { execute!(stdout(), DisableMouseCapture) }
    }

    /// Gives text to the terminal's clipboard.
    pub fn copy(&self, text: &str) -> io::Result<()> {
        const MOST: usize = 74_000;
        if text.len() <= MOST {
            let mut out = stdout();
            write!(out, "\x1b]52;c;{}\x07", base64(text.as_bytes()))?;
            out.flush()?;
        }
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

fn enter(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
    if mouse { execute!(stdout(), EnableMouseCapture) } else { Ok(()) }
}

/// As far as it goes: the terminal may be gone already.
fn leave() {
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
    fn copies_are_encoded_as_terminals_expect() {
        assert_eq!(super::base64(b"Man"), "TWFu");
        assert_eq!(super::base64(b"Ma"), "TWE=");
        assert_eq!(super::base64("é".as_bytes()), "w6k=");
    }
}
