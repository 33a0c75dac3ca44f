//! An almost empty program as the baseline of `benches/run`: it opens the same database and draws a frame
//! with one line, again after each key.

use epic_events::storage::{Db, Target};
use ratatui::{Terminal, backend::CrosstermBackend, crossterm};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::var("DATABASE_URL")?;
    let target = Target::parse(&address).map_err(|problem| format!("{problem:?}"))?;
    let _open = Db::open(&target).map_err(|problem| format!("{problem:?}"))?;
    crossterm::terminal::enable_raw_mode()?;
    let mut out = std::io::stdout();
    crossterm::execute!(out, crossterm::terminal::EnterAlternateScreen)?;
    let mut terminal = Terminal::new(CrosstermBackend::new(out))?;
    for frame_number in 0_u64.. {
        terminal.draw(|frame| frame.render_widget(format!("Frame {frame_number}"), frame.area()))?;
        match crossterm::event::read()? {
            crossterm::event::Event::Key(key) if key.code == crossterm::event::KeyCode::Char('q') => break,
            _ => {}
        }
    }
    crossterm::terminal::disable_raw_mode()?;
    crossterm::execute!(std::io::stdout(), crossterm::terminal::LeaveAlternateScreen)?;
    Ok(())
}
