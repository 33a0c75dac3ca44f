//! What was made out about a file, and the field that each of its columns is read into.

use ratatui::{Frame, layout::Rect, style::Style};

use super::{
    Asked, CHOICES, Import, ORDERS,
    chosen::{Chosen, Next, Step},
};
use crate::{
    domain::{Field, day_order::Found, entity::EntityKind, imports::IMPORTED, text, users::Role},
    services::{import::is_date, spreadsheet::headings},
    ui::{
        Action, Context, Notice,
        actions::{bind, bind_quietly},
        form::Choices,
        keys::{Binding, Command},
        popup::{Popup, Source},
        text::{ImportPhrase as I, capitalised},
        widgets::{
            chrome::wrapped,
            paint::{Focus, LABELS, line_at, put, rows},
            table::first_shown,
        },
    },
};

/// A line that can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Holds,
    Order,
    Contact,
    Duplicates,
    /// The column at this index.
    Column(usize),
}

/// The lines of a file: what was chosen for all of it, and its columns.
fn lines(chosen: &Chosen) -> Vec<Line> {
    let Some(kind) = chosen.kind() else { return vec![Line::Holds] };
    let has_dates = chosen.columns().iter().any(|column| column.field.is_some_and(is_date));
    let about = [
        (true, Line::Holds),
        (has_dates, Line::Order),
        (kind == EntityKind::Client, Line::Contact),
        (kind != EntityKind::User, Line::Duplicates),
    ];
    let about = about.into_iter().filter(|(is_shown, _)| *is_shown).map(|(_, line)| line);
    about.chain((0..chosen.columns().len()).map(Line::Column)).collect()
}

impl Import {
    /// Asks for what has to be chosen first, or shows the preview.
    pub(super) fn go_on(&mut self, ctx: &Context) -> Action {
        let Some(chosen) = &mut self.chosen else { return Action::None };
        chosen.next = Some(Next::Preview);
        let Some(preview) = &chosen.preview else {
            return if chosen.comparing { Action::None } else { Action::Send(chosen.compare()) };
        };
        if chosen.comparing {
            return Action::None;
        }
        if chosen.unsettled {
            return Action::Send(chosen.compare());
        }
        if preview.kind.is_none() {
            return self.ask_line(Line::Holds, ctx);
        }
        if !preview.missing.is_empty() {
            chosen.next = None;
            return Action::Notice(Notice::bad(missing(&preview.missing, ctx)));
        }
        if preview.order.is_none() {
            return self.ask_line(Line::Order, ctx);
        }
        if chosen.lacks_contact() && !chosen.without_contact {
            return self.ask_contact(ctx);
        }
        (chosen.step, chosen.next) = (Step::Preview, None);
        Action::None
    }

    /// Asks who looks after new clients.
    pub(super) fn ask_contact(&mut self, ctx: &Context) -> Action {
        self.ask_line(Line::Contact, ctx)
    }

    /// Asks what is to stand in a line.
    fn ask_line(&mut self, line: Line, ctx: &Context) -> Action {
        let Some(chosen) = &self.chosen else { return Action::None };
        let (what, popup) = match line {
            Line::Holds => {
                let kinds = IMPORTED.map(|kind| capitalised(&ctx.say(I::Holds(kind))));
                let at = IMPORTED.iter().position(|kind| Some(*kind) == chosen.kind()).unwrap_or(0);
                (Asked::Kind, Popup::choice(ctx.say(I::WhatHolds), kinds.to_vec(), at))
            }
            Line::Order => {
                let order = chosen.preview.as_ref().and_then(|preview| preview.order);
                let orders = ORDERS.map(|order| capitalised(&ctx.say(I::Order(order))));
                let at = ORDERS.iter().position(|one| Some(*one) == order).unwrap_or(0);
                let popup = Popup::choice(ctx.say(I::WhichOrder), orders.to_vec(), at);
                (Asked::Order, popup.about(order_problem(chosen, ctx)))
            }
            Line::Contact => {
                let nobody = Some(ctx.say(I::NobodyContact));
                let source = Source::Records(Choices::Users(Role::Sales));
                let popup = Popup::picker(ctx.say(I::WhichContact), source, nobody);
                (Asked::Contact, popup.at_person(chosen.file.sales_contact))
            }
            Line::Duplicates => {
                let choices = CHOICES.map(|choice| capitalised(&ctx.say(I::Choice(choice))));
                let at = CHOICES.iter().position(|one| *one == chosen.file.otherwise).unwrap_or(0);
                (Asked::Duplicates, Popup::choice(ctx.say(I::LabelDuplicates), choices.to_vec(), at))
            }
            Line::Column(at) => {
                let Some(column) = chosen.columns().get(at) else { return Action::None };
                let fields = fields(chosen);
                let place = column.field.and_then(|field| fields.iter().position(|one| *one == field));
                let none = capitalised(&ctx.say(I::NotImported));
                let labels = fields.iter().map(|field| label_of(*field, at, chosen, ctx));
                let options = std::iter::once(none).chain(labels).collect();
                let popup = Popup::choice(
                    ctx.say(I::WhichField(&heading(&column.heading, ctx))),
                    options,
                    place.map_or(0, |place| place + 1),
                );
                let samples = (!column.samples.is_empty()).then(|| column.samples.join(", "));
                (Asked::Field(at), popup.about(samples))
            }
        };
        self.ask(what, popup)
    }

    /// The chosen line of the fields, the first of which is none.
    pub(super) fn choose_field(&mut self, column: usize, at: usize) -> Action {
        let Some(chosen) = &mut self.chosen else { return Action::None };
        let field = at.checked_sub(1).and_then(|at| fields(chosen).get(at).copied());
        chosen.read_into(column, field);
        self.compare_again()
    }

    /// What to do with all suspected duplicates.
    pub(super) fn choose_for_all(&mut self, at: usize, ctx: &Context) -> Action {
        let (Some(chosen), Some(choice)) = (&mut self.chosen, CHOICES.get(at)) else { return Action::None };
        let others = chosen.decide_all(*choice);
        if chosen.step == Step::Preview {
            chosen.ask_contact_for(*choice);
        }
        let compare = self.compare_again();
        match others {
            0 => compare,
            others => Action::All(vec![Action::Notice(Notice::plain(ctx.say(I::AlsoDecided(others)))), compare]),
        }
    }

    pub(super) fn run_in_columns(&mut self, command: Command, ctx: &Context) -> Action {
        const PAGE: usize = 10;
        let Some(chosen) = &mut self.chosen else { return Action::None };
        let lines = lines(chosen);
        let last = lines.len().saturating_sub(1);
        match command {
            Command::Up => chosen.line = chosen.line.saturating_sub(1),
            Command::Down => chosen.line = (chosen.line + 1).min(last),
            Command::PageUp => chosen.line = chosen.line.saturating_sub(PAGE),
            Command::PageDown => chosen.line = (chosen.line + PAGE).min(last),
            Command::Home => chosen.line = 0,
            Command::End => chosen.line = last,
            Command::Open => return self.go_on(ctx),
            Command::Edit => {
                chosen.next = None;
                let line = lines.get(chosen.line).copied();
                return line.map_or(Action::None, |line| self.ask_line(line, ctx));
            }
            _ => {}
        }
        Action::None
    }
}

fn fields(chosen: &Chosen) -> &'static [Field] {
    chosen.kind().map_or(&[], headings::fields)
}

/// A field in the menu for the column at this index; of another column, with its heading.
fn label_of(field: Field, at: usize, chosen: &Chosen, ctx: &Context) -> String {
    let other = chosen.columns().iter().enumerate().find(|(one, column)| *one != at && column.field == Some(field));
    match other {
        Some((_, column)) => ctx.say(I::FieldOf { field, heading: &heading(&column.heading, ctx) }),
        None => ctx.field(field),
    }
}

fn heading(heading: &str, ctx: &Context) -> String {
    if heading.trim().is_empty() { ctx.say(I::NoHeadingHere) } else { heading.to_owned() }
}

fn missing(fields: &[Field], ctx: &Context) -> String {
    let names: Vec<String> = fields.iter().map(|field| ctx.field(*field)).collect();
    ctx.say(I::Missing(&names.join(", ")))
}

/// Why the order of day and month has to be chosen, if so.
fn order_problem(chosen: &Chosen, ctx: &Context) -> Option<String> {
    match chosen.preview.as_ref()?.found {
        Found::Undecided => Some(ctx.say(I::OrderUnknown)),
        Found::Contradictory => Some(ctx.say(I::OrderMixed)),
        Found::Decided(_) => None,
    }
}

pub(super) fn bindings(chosen: &Chosen, ctx: &Context) -> Vec<Binding> {
    use Command as C;
    let renamed = |command, label: I, help: I| {
        let (label, help) = (ctx.say(label).into(), ctx.say(help).into());
        Binding { label, help, ..bind(command, ctx, None) }
    };
    let mut change = renamed(C::Edit, I::KeyChange, I::KeyChangeMeans);
    change.unavailable = chosen.preview.is_none().then(|| ctx.say(I::NotComparedYet));
    let mut bindings = vec![renamed(C::Open, I::KeyPreview, I::KeyPreviewMeans), change, bind_quietly(C::Refresh, ctx)];
    let moves = [C::Up, C::Down, C::PageUp, C::PageDown, C::Home, C::End];
    bindings.extend(moves.map(|command| bind_quietly(command, ctx)));
    bindings.push(bind(C::Back, ctx, None));
    bindings
}

/// What stands in a line that is about all of the file: its label, its value, and whether it has to be chosen.
fn about(line: Line, chosen: &Chosen, ctx: &Context) -> Option<(I<'static>, String, bool)> {
    let preview = chosen.preview.as_ref()?;
    Some(match line {
        Line::Holds => match preview.kind {
            Some(kind) => (I::LabelHolds, ctx.say(I::Holds(kind)), false),
            None => (I::LabelHolds, ctx.say(I::ChooseHolds), true),
        },
        Line::Order => match preview.order {
            Some(order) => (I::LabelOrder, ctx.say(I::Order(order)), false),
            None => (I::LabelOrder, ctx.say(I::ChooseOrder), true),
        },
        Line::Contact => match &chosen.contact {
            Some(name) => (I::LabelContact, ctx.say(I::Contact(name)), false),
            None => (I::LabelContact, ctx.say(I::NoContact), chosen.lacks_contact()),
        },
        Line::Duplicates => (I::LabelDuplicates, ctx.say(I::Choice(chosen.file.otherwise)), false),
        Line::Column(_) => return None,
    })
}

/// What the person should know before the lines: what the file is, and what is missing.
fn told(chosen: &Chosen, columns: usize, ctx: &Context) -> Vec<(String, Style)> {
    let sheet = &chosen.file.sheet;
    let seen = I::Seen {
        format: sheet.seen.format,
        sheet: sheet.seen.sheet.as_deref(),
        rows: sheet.rows.len(),
        heading_row: sheet.seen.heading_row,
    };
    let left_out = (sheet.seen.left_out > 0).then(|| ctx.say(I::SeenLeftOut(sheet.seen.left_out)));
    let quiet = std::iter::once(ctx.say(seen)).chain(left_out).map(|words| (words, ctx.theme.quiet));
    let wrong = match &chosen.preview {
        None if chosen.comparing => vec![(progress(chosen, ctx), ctx.theme.quiet)],
        None => vec![(ctx.say(I::NotCompared), ctx.theme.bad)],
        Some(preview) if !preview.missing.is_empty() => vec![(missing(&preview.missing, ctx), ctx.theme.bad)],
        Some(preview) if preview.order.is_none() => order_problem(chosen, ctx)
            .filter(|_| preview.kind.is_some())
            .map(|words| (words, ctx.theme.bad))
            .into_iter()
            .collect(),
        Some(_) => Vec::new(),
    };
    let words = quiet.chain(wrong);
    words.flat_map(|(words, style)| wrapped(&words, columns).into_iter().map(move |line| (line, style))).collect()
}

/// How far the comparison is.
pub(super) fn progress(chosen: &Chosen, ctx: &Context) -> String {
    ctx.say(I::Comparing { done: chosen.file.progress.done(), rows: chosen.file.sheet.rows.len() })
}

/// The widths of the columns of a line: heading, field and samples.
fn widths(chosen: &Chosen, area: Rect, ctx: &Context) -> (usize, usize, usize) {
    const GAPS: usize = 6;
    let longest = |words: &mut dyn Iterator<Item = usize>, most: usize| words.max().unwrap_or(0).clamp(12, most);
    let third = usize::from(area.width) / 3;
    let headings = &mut chosen.columns().iter().map(|column| text::width(&column.heading));
    let fields = &mut fields(chosen).iter().map(|field| text::width(&ctx.field(*field)));
    let (headings, fields) = (longest(headings, third), longest(fields, third));
    (headings, fields, usize::from(area.width).saturating_sub(headings + fields + GAPS))
}

pub(super) fn draw(chosen: &Chosen, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
    let mut row = 0;
    for (line, style) in told(chosen, area.width.into(), ctx) {
        put(frame, area, row, &line, style);
        row += 1;
    }
    if chosen.preview.is_none() {
        return line_at(area, 0);
    }
    let lines = lines(chosen);
    let selected = chosen.line.min(lines.len().saturating_sub(1));
    let (headings, fields, samples) = widths(chosen, area, ctx);
    let above = lines.iter().filter(|line| !matches!(line, Line::Column(_))).count();
    // A blank line before, and one with the titles of the columns between.
    let body = Rect { y: area.y + row + 1, height: area.height.saturating_sub(row + 1), ..area };
    let room = usize::from(body.height);
    let titles = usize::from(lines.len() > above) * 2;
    let place = |at: usize| if at < above { at } else { at + titles };
    let from = first_shown(place(selected), room, lines.len() + titles);
    let mut draw = |at: usize, words: &str, style: Style| {
        if let Some(row) = at.checked_sub(from) {
            put(frame, body, rows(row), words, style);
        }
    };
    let cells = |heading: &str, field: &str, sample: &str| {
        let (heading, field) = (text::fit(heading, headings), text::fit(field, fields));
        format!("  {heading}  {field}  {}", text::fit(sample, samples))
    };
    if titles > 0 {
        let [heading, field, sample] = [I::ColColumn, I::ColReadAs, I::ColSamples].map(|title| ctx.say(title));
        draw(above + 1, &cells(&heading, &field, &sample), ctx.theme.quiet);
    }
    for (at, line) in lines.iter().enumerate() {
        let (words, style) = match (*line, about(*line, chosen, ctx)) {
            (Line::Column(column), _) => {
                let column = &chosen.columns()[column];
                let field = column.field.map_or_else(|| ctx.say(I::NotImported), |field| ctx.field(field));
                let style = if column.field.is_some() { ctx.theme.text } else { ctx.theme.quiet };
                (cells(&heading(&column.heading, ctx), &field, &column.samples.join(", ")), style)
            }
            (_, Some((label, value, has_to_be_chosen))) => {
                let style = if has_to_be_chosen { ctx.theme.bad } else { ctx.theme.text };
                (format!("  {}{value}", text::fit(&ctx.say(label), usize::from(LABELS))), style)
            }
            (_, None) => continue,
        };
        let words = text::fit(&words, area.width.into());
        draw(place(at), &words, if at == selected { ctx.theme.selected } else { style });
    }
    line_at(body, rows(place(selected) - from))
}
