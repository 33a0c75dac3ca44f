//! Draws the popups.

use chrono::Datelike;
use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{Focus, line_at, put, rows};
use crate::{
    domain::{dates, text},
    ui::{
        Context,
        popup::{Confirm, Menu, Month, Password, Popup, Source},
        text::Phrase,
        widgets::chrome::{boxed, wrapped},
    },
};

/// Draws a popup over the body; returns its focus.
pub fn draw_popup(frame: &mut Frame, area: Rect, popup: &Popup, ctx: &Context) -> Focus {
    match popup {
        Popup::Confirm(confirm) => draw_confirm(frame, area, confirm, ctx),
        Popup::Password(password) => Focus::Caret(draw_password(frame, area, password, ctx)),
        Popup::Month(month) => draw_month(frame, area, month, ctx),
        Popup::Menu(menu) => draw_menu(frame, area, menu, ctx),
    }
}

fn draw_confirm(frame: &mut Frame, area: Rect, confirm: &Confirm, ctx: &Context) -> Focus {
    let width = area.width.min(70);
    let lines = confirm.wrapped(usize::from(width.saturating_sub(6)));
    let shown = lines.len().min(usize::from(area.height.saturating_sub(6)));
    let inner = boxed(frame, area, (width, rows(shown) + 6), &confirm.title, ctx.theme);
    let hidden = lines.len() > shown;
    let from = if hidden { confirm.scrolled.min(lines.len() - 1) } else { 0 };
    let upto = (from + shown).min(lines.len());
    for (row, line) in lines.iter().take(upto).skip(from).enumerate() {
        put(frame, inner, 1 + rows(row), line, ctx.theme.text);
    }
    if hidden {
        let place = Phrase::MoreLines { from: from + 1, to: upto, of: lines.len() };
        put(frame, inner, 1 + rows(shown), &ctx.say(place), ctx.theme.quiet);
    }
    let buttons = Rect { y: inner.bottom().saturating_sub(2), height: 1, ..inner };
    let cancel = format!(" {} ", confirm.cancel);
    let verb = format!(" {} ", capitalised(&confirm.verb));
    let style = |chosen: bool| if chosen { ctx.theme.selected } else { ctx.theme.text };
    let spans = vec![
        Span::styled(if confirm.yes { cancel.clone() } else { format!("[{}]", cancel.trim()) }, style(!confirm.yes)),
        Span::raw("   "),
        Span::styled(if confirm.yes { format!("[{}]", verb.trim()) } else { verb }, style(confirm.yes)),
    ];
    frame.render_widget(Paragraph::new(Line::from(spans)), buttons);
    let before = if confirm.yes { rows(text::width(&cancel)) + 3 } else { 0 };
    line_at(Rect { x: buttons.x + before, ..buttons }, 0)
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn draw_password(frame: &mut Frame, area: Rect, password: &Password, ctx: &Context) -> Position {
    let inner = boxed(frame, area, (62, 8), &ctx.say(Phrase::PasswordTitle), ctx.theme);
    for (row, line) in wrapped(&password.why, inner.width.into()).iter().take(2).enumerate() {
        put(frame, inner, rows(row), line, ctx.theme.text);
    }
    let label = format!("{}: ", ctx.field(crate::domain::Field::Password));
    let used = rows(text::width(&label));
    put(frame, inner, 3, &label, ctx.theme.accent);
    if let Some(problem) = &password.problem {
        put(frame, inner, 5, problem, ctx.theme.bad);
    }
    let field = Rect { x: inner.x + used, y: inner.y + 3, width: inner.width.saturating_sub(used), height: 1 };
    password.input.draw(frame, field, ctx.theme.field)
}

/// The most lines of the text that says what a choice is about.
const ABOUT: usize = 3;

fn draw_menu(frame: &mut Frame, area: Rect, menu: &Menu, ctx: &Context) -> Focus {
    let typed = u16::from(menu.input.is_some()) * 2;
    let wide = menu.input.is_some() || menu.source == Source::Report;
    let width = if wide { area.width.saturating_sub(4).min(100) } else { 50 };
    let about =
        menu.about.as_ref().map(|about| wrapped(about, usize::from(width.saturating_sub(4)))).unwrap_or_default();
    let about: Vec<&String> = about.iter().take(ABOUT).collect();
    let tall = rows(menu.shown.len().max(3) + about.len()) + 2 + typed;
    let height = if menu.input.is_some() { area.height.min(20) } else { tall };
    let mut inner = boxed(frame, area, (width, height), &menu.title, ctx.theme);
    for line in about {
        put(frame, inner, 0, line, ctx.theme.text);
        (inner.y, inner.height) = (inner.y + 1, inner.height.saturating_sub(1));
    }
    let caret = menu.input.as_ref().map(|input| {
        let field = Rect { height: 1, ..inner };
        let caret = input.draw(frame, field, ctx.theme.field);
        if input.is_empty() {
            put(frame, field, 0, &ctx.say(Phrase::TypeToNarrow), ctx.theme.quiet);
        }
        Focus::Caret(caret)
    });
    let mut lines = Rect { y: inner.y + typed, height: inner.height.saturating_sub(typed), ..inner };
    for (is_so, words) in [(menu.among_newest, Phrase::AmongNewest), (menu.more, Phrase::MoreChoices)] {
        if is_so {
            lines.height = lines.height.saturating_sub(1);
            put(frame, Rect { y: lines.bottom(), height: 1, ..lines }, 0, &ctx.say(words), ctx.theme.quiet);
        }
    }
    if menu.shown.is_empty() {
        put(frame, lines, 0, &ctx.say(Phrase::NothingFound), ctx.theme.quiet);
    }
    let room = usize::from(lines.height.max(1));
    let from = (menu.at + 1).saturating_sub(room);
    for (row, item) in menu.shown.iter().skip(from).take(room).enumerate() {
        let selected = from + row == menu.at;
        let style = match (selected, item.outcome.is_some()) {
            (true, _) => ctx.theme.selected,
            (false, true) => ctx.theme.text,
            (false, false) => ctx.theme.quiet,
        };
        let columns = usize::from(lines.width);
        let detail = text::cut(&item.detail, columns.saturating_sub(text::width(&item.label).min(columns / 2) + 2));
        let label = text::fit(&item.label, columns.saturating_sub(text::width(&detail) + 1));
        put(frame, lines, rows(row), &format!("{label} {detail}"), style);
    }
    caret.unwrap_or(line_at(lines, rows(menu.at - from)))
}

/// Draws a month to pick a day from: one week per row, Monday first.
fn draw_month(frame: &mut Frame, area: Rect, month: &Month, ctx: &Context) -> Focus {
    const DAY: u16 = 4;
    // The month, the weekdays, six weeks, the selected day, and the border.
    const TALL: u16 = 12;
    let inner = boxed(frame, area, (7 * DAY + 5, TALL), &month.title, ctx.theme);
    put(frame, inner, 0, &dates::spell_month(month.day, ctx.language), ctx.theme.heading);
    let names = dates::weekdays(ctx.language);
    let place = |column: u16, row: u16| Rect {
        x: inner.x + column * DAY,
        y: inner.y + row,
        width: DAY.min(inner.right().saturating_sub(inner.x + column * DAY)),
        height: u16::from(inner.y + row < inner.bottom()),
    };
    for (column, name) in (0_u16..).zip(names) {
        put(
            frame,
            place(column, 2),
            0,
            &text::fit_right(&name.chars().take(2).collect::<String>(), 3),
            ctx.theme.quiet,
        );
    }
    let mut focus = line_at(inner, 0);
    for (column, row, day) in month.days() {
        let (selected, today) = (day == month.day, day == month.today);
        let style = match (selected, today) {
            (true, _) => ctx.theme.selected,
            (_, true) => ctx.theme.accent,
            _ => ctx.theme.text,
        };
        let number = day.day().to_string();
        let number = if today { format!("*{number}") } else { number };
        put(frame, place(column, 3 + row), 0, &text::fit_right(&number, 3), style);
        if selected {
            focus = line_at(place(column, 3 + row), 0);
        }
    }
    put(frame, inner, 9, &dates::spell_date(month.day, ctx.language), ctx.theme.quiet);
    focus
}
