//! How the screens and popups look.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::Span,
    widgets::Paragraph,
};

use super::{
    Screen,
    detail::Detail,
    entry::{Entry, Kind},
    form::Form,
    home::{self, HomeScreen, Line as HomeRow},
    list::List,
};
use crate::{
    domain::{page::Count, text},
    ui::{
        Context,
        popup::{Confirm, Menu, Password, Popup, Source},
        records::{self, Record},
        text::W,
        widgets::{
            chrome::{boxed, wrapped},
            table::{self, Line},
        },
    },
};

/// From this width on a list has a preview beside it.
const PREVIEW_FROM: u16 = 110;
/// What a field keeps for typing when its meaning stands beside it.
const TYPED: u16 = 22;
/// The columns of labels in details and forms.
const LABELS: u16 = 22;

fn put(frame: &mut Frame, area: Rect, row: u16, words: &str, style: Style) {
    if row < area.height {
        let shown = text::cut(words, area.width.into());
        frame.buffer_mut().set_stringn(area.x, area.y + row, shown, area.width.into(), style);
    }
}

fn rows(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// Draws the screen; where the caret is, if anywhere.
pub fn draw(frame: &mut Frame, area: Rect, screen: &Screen, ctx: &Context) -> Option<Position> {
    match screen {
        Screen::Home(home) => {
            draw_home(frame, area, home, ctx);
            None
        }
        Screen::List(list) => draw_list(frame, area, list, ctx),
        Screen::Detail(detail) => {
            draw_detail(frame, area, detail, ctx);
            None
        }
        Screen::Form(form) => draw_form(frame, area, form, ctx),
    }
}

fn draw_home(frame: &mut Frame, area: Rect, home: &HomeScreen, ctx: &Context) {
    let lines = HomeScreen::lines(ctx);
    let waiting = lines.iter().filter(|line| matches!(line, HomeRow::Waiting(_))).count();
    let row_of = |number: usize| HomeScreen::row_of(number, &lines);
    let skip = home.skipped(area.height, &lines);
    let mut line = |row: u16, words: &str, style| {
        if let Some(row) = row.checked_sub(skip) {
            put(frame, area, row, words, style);
        }
    };
    line(0, &ctx.say(W::WaitingTitle), ctx.theme.quiet);
    line(row_of(waiting) - 1, &ctx.say(W::SectionsTitle), ctx.theme.quiet);
    for (number, one) in lines.iter().copied().enumerate() {
        let count = match one {
            HomeRow::Waiting(waiting) => home.count(waiting).map_or("...".to_owned(), |count| count_words(count, ctx)),
            _ => String::new(),
        };
        let style = if number == home.at { ctx.theme.selected } else { ctx.theme.text };
        let shown = format!("  {}  {} ", text::fit_right(&count, 7), text::fit(&home::label(one, ctx), 40));
        line(row_of(number), &shown, style);
    }
}

fn count_words(count: Count, ctx: &Context) -> String {
    match count {
        Count::Exactly(number) => ctx.say(W::Number(number)),
        Count::MoreThan(number) => ctx.say(W::MoreThan(number)),
    }
}

fn draw_list(frame: &mut Frame, area: Rect, list: &List, ctx: &Context) -> Option<Position> {
    let mut caret = None;
    let mut top = area;
    if let Some(input) = &list.filter {
        let label = format!("{}: ", ctx.say(W::FilterLabel));
        put(frame, area, 0, &label, ctx.theme.accent);
        let used = rows(text::width(&label));
        let field = Rect { x: area.x + used, y: area.y, width: area.width.saturating_sub(used + 22), height: 1 };
        caret = Some(input.draw(frame, field, ctx.theme.text));
    } else if !list.query.text().is_empty() {
        put(frame, area, 0, &ctx.say(W::FilteredBy(list.query.text())), ctx.theme.accent);
    } else if list.query.is_refined() {
        put(frame, area, 0, &ctx.say(W::Refined), ctx.theme.accent);
    }
    put(frame, area, 0, &text::fit_right(&position(list, ctx), 0), ctx.theme.quiet);
    let place = position(list, ctx);
    let width = rows(text::width(&place)).min(area.width);
    let right = Rect { x: area.right() - width, width, ..area };
    put(frame, right, 0, &place, ctx.theme.quiet);
    (top.y, top.height) = (top.y + 1, top.height.saturating_sub(1));
    if area.width >= PREVIEW_FROM {
        let side = Rect { x: area.right() - 42, width: 42, ..top };
        top.width -= 44;
        if let Some(record) = list.selected() {
            draw_facts(frame, side, record, ctx);
        }
    }
    if list.rows.is_empty() {
        if list.loaded {
            for (number, line) in list.empty_words(ctx).iter().enumerate() {
                put(frame, top, 2 + rows(number), &format!("  {line}"), ctx.theme.quiet);
            }
        }
        return caret;
    }
    let marked = |record: &Record| list.marks.contains(&record.id());
    draw_rows(frame, top, &list.rows, list.at, (list.kind(), Some(list.query.sort())), &marked, ctx);
    caret
}

/// "101–150 of 2,340".
fn position(list: &List, ctx: &Context) -> String {
    let Some(total) = list.total.filter(|total| !total.is_zero()) else { return String::new() };
    let total = count_words(total, ctx);
    let marks =
        if list.marks.is_empty() { String::new() } else { format!("{}, ", ctx.say(W::Marked(list.marks.len()))) };
    match list.first {
        Some(first) => {
            let at = first + i64::try_from(list.at).unwrap_or(0) + 1;
            format!("{marks}{}", ctx.say(W::Position { at, total: &total }))
        }
        None => format!("{marks}{total}"),
    }
}

fn draw_rows(
    frame: &mut Frame,
    area: Rect,
    records: &[Record],
    at: usize,
    (kind, sort): (records::Kind, Option<(usize, bool)>),
    marked: &dyn Fn(&Record) -> bool,
    ctx: &Context,
) {
    let columns = records::columns(kind);
    let layout = table::fitting(&columns, area.width.saturating_sub(2));
    let titles = records::titles(kind, ctx);
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    table::draw_titles(frame, area, &layout, &columns, &titles, sort, ctx.theme);
    let room = usize::from(area.height.saturating_sub(1)).max(1);
    let from = table::first_shown(at, room, records.len());
    for (row, record) in records.iter().skip(from).take(room).enumerate() {
        let selected = from + row == at;
        let style = if selected {
            ctx.theme.selected
        } else if record.is_hidden() {
            ctx.theme.quiet
        } else {
            ctx.theme.text
        };
        let line = Line { cells: records::cells(record, ctx), selected, marked: marked(record), style };
        let place = Rect { y: area.y + 1 + rows(row), height: 1, ..area };
        if place.y < area.bottom() {
            table::draw_line(frame, place, &layout, &columns, &line);
        }
    }
}

/// Labels and values, one under the other; the rows that were used.
fn draw_pairs(frame: &mut Frame, area: Rect, pairs: &[(String, String)], ctx: &Context) -> u16 {
    let labels = LABELS.min(area.width / 3);
    let values = Rect { x: area.x + labels, width: area.width.saturating_sub(labels), ..area };
    let mut row = 0;
    for (label, value) in pairs {
        put(frame, Rect { width: labels.saturating_sub(1), ..area }, row, label, ctx.theme.quiet);
        let lines = wrapped(value, values.width.into());
        for (at, line) in lines.iter().take(3).enumerate() {
            put(frame, values, row + rows(at), line, ctx.theme.text);
        }
        row += rows(lines.len().clamp(1, 3));
    }
    row
}

fn draw_facts(frame: &mut Frame, area: Rect, record: &Record, ctx: &Context) {
    let heading = records::heading(record, ctx);
    put(frame, area, 0, &heading, ctx.theme.heading);
    let below = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
    draw_pairs(frame, below, &records::facts(record, ctx), ctx);
}

fn draw_detail(frame: &mut Frame, area: Rect, detail: &Detail, ctx: &Context) {
    let mut row = draw_pairs(frame, area, &detail.facts(ctx), ctx);
    if !detail.notes.is_empty() {
        let lines = wrapped(&detail.notes, usize::from(area.width.saturating_sub(LABELS)));
        let pairs =
            [(ctx.field(crate::domain::Field::Notes), lines.iter().take(6).cloned().collect::<Vec<_>>().join("\n"))];
        let below = Rect { y: area.y + row, height: area.height.saturating_sub(row), ..area };
        row += draw_pairs(frame, below, &pairs, ctx);
    }
    let Some(part) = detail.parts.get(detail.part) else { return };
    // A few rows stay for what belongs to it, however much the record itself holds.
    let row = (row + 1).min(area.height.saturating_sub(6));
    let below = Rect { y: area.y + row, height: area.height.saturating_sub(row), ..area };
    frame.render_widget(ratatui::widgets::Clear, below);
    let mut x = below.x;
    for (number, one) in detail.parts.iter().enumerate() {
        let title = format!(" {} ({}) ", ctx.say(one.title), one.rows.len());
        let style = if number == detail.part { ctx.theme.accent } else { ctx.theme.quiet };
        let title = if number == detail.part { format!("[{}]", title.trim()) } else { title };
        let place = Rect { x, width: below.right().saturating_sub(x), ..below };
        put(frame, place, 0, &title, style);
        x += rows(text::width(&title)) + 1;
    }
    let table = Rect { y: below.y + 1, height: below.height.saturating_sub(1), ..below };
    if part.rows.is_empty() {
        put(frame, table, 1, &format!("  {}", ctx.say(W::EmptyPart)), ctx.theme.quiet);
        return;
    }
    draw_rows(frame, table, &part.rows, detail.at, (part.kind, None), &|_| false, ctx);
    if let Some(Record::Audit(line)) = part.rows.get(detail.at) {
        let last = Rect { y: table.bottom().saturating_sub(1), height: 1, ..table };
        let changes = records::changes(line, ctx);
        let words: Vec<String> = changes.iter().map(|(label, change)| format!("{label}: {change}")).collect();
        if !words.is_empty() {
            put(frame, last, 0, &text::fit(&words.join("; "), last.width.into()), ctx.theme.quiet);
        }
    }
}

/// Draws a form around the field that has the caret.
pub fn draw_form(frame: &mut Frame, area: Rect, form: &Form, ctx: &Context) -> Option<Position> {
    let height = |entry: &Entry| {
        let own = if entry.kind == Kind::Notes { 4 } else { 1 };
        own + u16::from(entry.problem.is_some()) + u16::from(entry.theirs.is_some())
    };
    let before: u16 = form.entries.iter().take(form.at).map(height).sum();
    let focused = form.entries.get(form.at).map_or(1, height);
    let mut skip = (before + focused).saturating_sub(area.height);
    let mut y = area.y;
    let mut caret = None;
    for (number, entry) in form.entries.iter().enumerate() {
        let tall = height(entry);
        if skip > 0 {
            skip = skip.saturating_sub(tall);
            continue;
        }
        if y + tall > area.bottom() {
            break;
        }
        let place = Rect { y, height: tall, ..area };
        let at = draw_entry(frame, place, entry, (form, number == form.at), ctx);
        caret = caret.or(at);
        y += tall;
    }
    if form.saving && y < area.bottom() {
        put(frame, Rect { y, height: 1, ..area }, 0, &ctx.say(W::Saving), ctx.theme.quiet);
    }
    caret
}

fn draw_entry(
    frame: &mut Frame,
    area: Rect,
    entry: &Entry,
    (form, focused): (&Form, bool),
    ctx: &Context,
) -> Option<Position> {
    let theme = ctx.theme;
    let labels = LABELS.min(area.width * 2 / 5);
    let label = ctx.field(entry.field);
    let label = if entry.required { format!("{label} *") } else { label };
    let marker = if focused { "> " } else { "  " };
    put(
        frame,
        Rect { width: labels, ..area },
        0,
        &format!("{marker}{label}"),
        if focused { theme.accent } else { theme.quiet },
    );
    let echo = entry.echo(ctx, form.clock(entry.field, ctx));
    let room = area.width.saturating_sub(labels);
    let echo_width = echo.as_ref().map_or(0, |echo| rows(text::width(echo)) + 2).min(room.saturating_sub(TYPED));
    let own = if entry.kind == Kind::Notes { 4 } else { 1 };
    let value = Rect { x: area.x + labels, width: room - echo_width, height: own, ..area };
    let mut caret = None;
    match &entry.kind {
        Kind::Choice(options) => {
            let chosen = options.get(entry.choice).map_or("", |(_, label)| label.as_str());
            let shown = if focused { format!("< {chosen} >") } else { format!("  {chosen}") };
            put(frame, value, 0, &shown, theme.text);
        }
        Kind::Person(_) | Kind::Client | Kind::Contract if entry.input.is_empty() => {
            put(frame, value, 0, &ctx.say(W::PickHint), theme.quiet);
        }
        Kind::Fixed | Kind::Person(_) | Kind::Client | Kind::Contract => {
            put(frame, value, 0, entry.input.text(), theme.text);
        }
        _ => {
            let at = entry.input.draw(frame, value, if focused { theme.field } else { theme.text });
            caret = focused.then_some(at);
        }
    }
    if let Some(echo) = echo {
        let side = Rect { x: value.right() + 1, width: echo_width.saturating_sub(1), ..value };
        put(frame, side, 0, &echo, theme.quiet);
    }
    let mut row = own;
    let below = Rect { x: area.x + labels, width: room, ..area };
    if let Some(problem) = entry.problem {
        put(frame, below, row, &ctx.problem(problem), theme.bad);
        row += 1;
    }
    if let Some(theirs) = &entry.theirs {
        let name = form.conflict.as_ref().map_or("", |(name, _)| name);
        put(frame, below, row, &ctx.say(W::Theirs { name, value: theirs }), theme.warning);
    }
    caret
}

/// Draws a popup over the body; where the caret is, if anywhere.
pub fn draw_popup(frame: &mut Frame, area: Rect, popup: &Popup, ctx: &Context) -> Option<Position> {
    match popup {
        Popup::Confirm(confirm) => {
            draw_confirm(frame, area, confirm, ctx);
            None
        }
        Popup::Password(password) => Some(draw_password(frame, area, password, ctx)),
        Popup::Menu(menu) => draw_menu(frame, area, menu, ctx),
    }
}

fn draw_confirm(frame: &mut Frame, area: Rect, confirm: &Confirm, ctx: &Context) {
    let width = area.width.min(70);
    let lines: Vec<String> = confirm.lines.iter().flat_map(|line| wrapped(line, usize::from(width) - 6)).collect();
    let shown = lines.len().min(usize::from(area.height.saturating_sub(6)));
    let inner = boxed(frame, area, (width, rows(shown) + 6), &confirm.title, ctx.theme);
    for (row, line) in lines.iter().take(shown).enumerate() {
        put(frame, inner, 1 + rows(row), line, ctx.theme.text);
    }
    let buttons = Rect { y: inner.bottom().saturating_sub(2), height: 1, ..inner };
    let cancel = format!(" {} ", ctx.say(W::Cancel));
    let verb = format!(" {} ", confirm.verb);
    let style = |chosen: bool| if chosen { ctx.theme.selected } else { ctx.theme.text };
    let spans = vec![
        Span::styled(if confirm.yes { cancel.clone() } else { format!("[{}]", cancel.trim()) }, style(!confirm.yes)),
        Span::raw("   "),
        Span::styled(if confirm.yes { format!("[{}]", verb.trim()) } else { verb }, style(confirm.yes)),
    ];
    frame.render_widget(Paragraph::new(ratatui::text::Line::from(spans)), buttons);
}

fn draw_password(frame: &mut Frame, area: Rect, password: &Password, ctx: &Context) -> Position {
    let inner = boxed(frame, area, (62, 8), &ctx.say(W::PasswordTitle), ctx.theme);
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

fn draw_menu(frame: &mut Frame, area: Rect, menu: &Menu, ctx: &Context) -> Option<Position> {
    let typed = u16::from(menu.input.is_some()) * 2;
    let wide = menu.input.is_some() || menu.source == Source::Report;
    let width = if wide { area.width.saturating_sub(4).min(100) } else { 50 };
    let tall = rows(menu.shown.len().max(3)) + 2 + typed;
    let height = if menu.input.is_some() { area.height.min(20) } else { tall };
    let inner = boxed(frame, area, (width, height), &menu.title, ctx.theme);
    let caret = menu.input.as_ref().map(|input| {
        let field = Rect { height: 1, ..inner };
        input.draw(frame, field, ctx.theme.field)
    });
    let lines = Rect { y: inner.y + typed, height: inner.height.saturating_sub(typed), ..inner };
    if menu.shown.is_empty() {
        put(frame, lines, 0, &ctx.say(W::NothingFound), ctx.theme.quiet);
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
        let detail = text::cut(&item.detail, columns / 2);
        let label = text::fit(&item.label, columns.saturating_sub(text::width(&detail) + 1));
        put(frame, lines, rows(row), &format!("{label} {detail}"), style);
    }
    caret
}
