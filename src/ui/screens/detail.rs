//! A record with all it holds, what belongs to it, and its history.

use std::cell::Cell;

use ratatui::{Frame, layout::Rect};

use super::screen::Screen;
use crate::{
    domain::{
        Error, Field,
        entity::{EntityKind, Record},
        instalments::Instalment,
        lists::ColumnName,
        page::Sums,
        text,
    },
    services::{Reply, Request},
    ui::{
        Action, Context, Destination, Notice,
        actions::{self, Intent, bind, bind_quietly},
        entity::{self, DetailPart, PartContent, RecordDetail, facts, heading},
        keys::{Binding, Command},
        popup::Outcome,
        report,
        text::{ListPhrase, Phrase},
        widgets::{
            chrome::wrapped_to,
            instalments::{self, draw_instalments},
            paint::{Focus, count_words, draw_pairs, label_columns, line_at, pair_lines, put, rows},
            records::draw_rows,
            table::{Columns, first_shown},
        },
    },
};

/// How many lines of the notes a key scrolls.
const SCROLLED: usize = 4;

/// A detail screen.
#[derive(Debug)]
pub struct Detail {
    kind: EntityKind,
    id: i64,
    record: Option<Record>,
    notes: String,
    /// The number of the signed contracts, and their sums.
    signed: Option<(i64, Sums)>,
    parts: Vec<DetailPart>,
    part: usize,
    at: usize,
    /// How many lines of the values and notes are scrolled out of view. The number of lines is known
    /// only when they are drawn, which keeps it in bounds.
    scrolled: Cell<usize>,
    asked: Option<Intent>,
}

impl Detail {
    pub fn new(kind: EntityKind, id: i64) -> Self {
        Self {
            kind,
            id,
            record: None,
            notes: String::new(),
            signed: None,
            parts: Vec::new(),
            part: 0,
            at: 0,
            scrolled: Cell::new(0),
            asked: None,
        }
    }

    /// The labelled values on top.
    fn facts(&self, ctx: &Context) -> Vec<(String, String)> {
        let mut facts = self.record.as_ref().map(|record| facts(record, ctx)).unwrap_or_default();
        if let Some((count, sums)) = self.signed.filter(|(count, _)| *count > 0) {
            facts.push((ctx.say(Phrase::ViewSigned), entity::sums_in_words(count, sums, ctx)));
        }
        facts
    }

    fn show(&mut self, RecordDetail { record, notes, signed, parts }: RecordDetail) -> Action {
        (self.record, self.notes, self.signed, self.parts) = (Some(record), notes, signed, parts);
        // The history is empty for users who may not read it, and not every contract has instalments.
        let may_lack = |part: &DetailPart| part.is_history() || matches!(part.content, PartContent::Instalments(_));
        self.parts.retain(|part| !may_lack(part) || !part.is_empty());
        self.part = self.part.min(self.parts.len().saturating_sub(1));
        self.at = self.at.min(self.rows().saturating_sub(1));
        Action::None
    }

    fn reload_after(&mut self, first: Action) -> Action {
        let mut all = vec![first];
        all.extend(self.load().map(Action::Send));
        Action::All(all)
    }

    /// Begins a command on the record.
    fn begin(&mut self, command: Command, ctx: &Context) -> Action {
        let (action, intent) = actions::begin_on_screen(command, self.record.as_ref(), self.selected(), ctx);
        self.asked = intent;
        action
    }

    /// The instalments, if they are the part that is shown.
    fn instalments(&self) -> Option<&[Instalment]> {
        match &self.parts.get(self.part)?.content {
            PartContent::Instalments(rows) => Some(rows),
            PartContent::Records(..) => None,
        }
    }

    fn rows(&self) -> usize {
        self.parts.get(self.part).map_or(0, DetailPart::len)
    }

    fn selected(&self) -> Option<&Record> {
        self.parts.get(self.part)?.records().get(self.at)
    }
}

impl Screen for Detail {
    fn subject_of(&self, _request: &Request, ctx: &Context) -> Option<String> {
        self.record.as_ref().map(|record| entity::heading(record, ctx))
    }

    fn title(&self, ctx: &Context) -> String {
        self.record.as_ref().map_or_else(|| ctx.say(Phrase::OneOf(self.kind)), |record| heading(record, ctx))
    }

    fn load(&mut self) -> Option<Request> {
        entity::read(self.kind, self.id).map(Request::Read)
    }

    fn on_reply(&mut self, to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        match reply {
            Ok(Reply::UndoOfMerge(undo)) => {
                let (action, intent) = actions::ask_undo_of_merge(*undo, ctx);
                self.asked = intent;
                action
            }
            Ok(reply) => match entity::detail(self.kind, &reply) {
                Some(detail) => self.show(detail),
                None => self.reload_after(report::of(to, &reply, ctx)),
            },
            Err(error) => {
                let notice = Action::Notice(Notice::bad(ctx.error(&error)));
                if matches!(error, Error::Conflict(_)) { self.reload_after(notice) } else { notice }
            }
        }
    }

    fn bindings(&self, ctx: &Context) -> Vec<Binding> {
        use Command as C;
        let mut bindings = actions::bindings_on_screen(self.kind, self.record.as_ref(), self.selected(), ctx);
        bindings.splice(..0, self.record.as_ref().and_then(|record| actions::bind_child(record, ctx)));
        if self.parts.len() > 1 {
            bindings.push(bind(C::NextPart, ctx, None));
            bindings.push(bind_quietly(C::PreviousPart, ctx));
        }
        let nothing = (self.rows() == 0).then(|| ctx.say(Phrase::NothingSelected));
        bindings.push(bind(C::Open, ctx, nothing));
        bindings.extend([C::Copy, C::CopyPart, C::Refresh].map(|command| bind(command, ctx, None)));
        bindings.extend([C::Up, C::Down, C::PageUp, C::PageDown].map(|command| bind_quietly(command, ctx)));
        bindings.push(bind(C::Back, ctx, None));
        bindings
    }

    fn run(&mut self, command: Command, ctx: &Context) -> Action {
        let parts = self.parts.len().max(1);
        match command {
            Command::Up => self.at = self.at.saturating_sub(1),
            Command::Down => self.at = (self.at + 1).min(self.rows().saturating_sub(1)),
            Command::PageUp => self.scrolled.set(self.scrolled.get().saturating_sub(SCROLLED)),
            Command::PageDown => self.scrolled.set(self.scrolled.get() + SCROLLED),
            Command::NextPart => (self.part, self.at) = ((self.part + 1) % parts, 0),
            Command::PreviousPart => (self.part, self.at) = ((self.part + parts - 1) % parts, 0),
            Command::Back => return Action::Back,
            Command::Refresh => return self.load().map_or(Action::None, Action::Send),
            Command::Copy => {
                let lines = self.facts(ctx).into_iter().map(|(label, value)| ctx.pair(&label, &value));
                let text = lines.collect::<Vec<_>>().join("\n");
                let name = self.record.as_ref().map(|record| entity::heading(record, ctx)).unwrap_or_default();
                return Action::Copy { text, told: ctx.say(Phrase::RecordCopied(&name)) };
            }
            Command::CopyPart => {
                let mut parts = self.facts(ctx);
                if !self.notes.is_empty() {
                    parts.push((ctx.field(Field::Notes), self.notes.clone()));
                }
                self.asked = Some(Intent::Copy);
                return actions::copy_part(parts, ctx);
            }
            Command::Open if self.instalments().is_some() => return self.begin(Command::Instalments, ctx),
            Command::Open => {
                let here = Some((self.kind, self.id));
                return self.selected().map_or(Action::None, |record| actions::open(record, here, ctx));
            }
            Command::New => {
                let form = self.record.as_ref().and_then(|record| {
                    let child = entity::child(record.kind())?;
                    entity::new_form(child, Some(record), ctx)
                });
                return form.map_or(Action::None, |form| Action::Open(Destination::Form(Box::new(form))));
            }
            other => return self.begin(other, ctx),
        }
        Action::None
    }

    fn on_popup(&mut self, outcome: Outcome, ctx: &Context) -> Action {
        let Some(intent) = self.asked.take() else { return Action::None };
        let (action, next) = actions::go_on(&intent, &outcome, ctx);
        self.asked = next;
        action
    }

    fn stop_waiting(&mut self) {}

    fn has_unsaved(&self) -> bool {
        false
    }

    fn takes_text(&self) -> bool {
        false
    }

    fn is_filled_in(&self) -> bool {
        false
    }

    fn draw(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        let row = self.draw_top(frame, area, ctx);
        let Some(part) = self.parts.get(self.part) else { return line_at(area, 0) };
        let below = Rect { y: area.y + row, height: area.height.saturating_sub(row), ..area };
        let mut x = below.x;
        for (number, one) in self.parts.iter().enumerate() {
            let sum = one.sum.map(|sum| format!("{} ", entity::money(sum, ctx))).unwrap_or_default();
            let title = format!(" {} ({}) {sum}", ctx.say(one.title), count_words(one.count, ctx));
            let style = if number == self.part { ctx.theme.accent } else { ctx.theme.quiet };
            let title = if number == self.part { format!("[{}]", title.trim()) } else { title };
            let place = Rect { x, width: below.right().saturating_sub(x), ..below };
            put(frame, place, 0, &title, style);
            x += rows(text::width(&title)) + 1;
        }
        let caption = caption(part, ctx);
        if let Some(words) = &caption {
            put(frame, below, 1, words, ctx.theme.quiet);
        }
        let above = 1 + u16::from(caption.is_some());
        let mut table = Rect { y: below.y + above, height: below.height.saturating_sub(above), ..below };
        if part.is_empty() {
            put(frame, table, 1, &format!("  {}", ctx.say(Phrase::EmptyPart)), ctx.theme.quiet);
            return line_at(below, 0);
        }
        let changed = self.selected().map(|record| changed(record, table, ctx)).unwrap_or_default();
        table.height = table.height.saturating_sub(rows(changed.len()));
        for (row, line) in changed.iter().enumerate() {
            put(
                frame,
                Rect { y: table.bottom(), height: rows(changed.len()), ..table },
                rows(row),
                line,
                ctx.theme.quiet,
            );
        }
        match &part.content {
            PartContent::Records(kind, rows) => {
                let mut columns = Columns::of(entity::columns(*kind));
                // What possible duplicates share is told beside each other only.
                columns.shown.retain(|at| columns.all[*at].name != ColumnName::Shared);
                draw_rows(frame, table, rows, self.at, (*kind, &columns), &|_| false, ctx);
            }
            PartContent::Instalments(rows) => draw_instalments(frame, table, rows, self.at, ctx),
        }
        let room = usize::from(table.height.saturating_sub(1));
        line_at(table, 1 + rows(self.at - first_shown(self.at, room, part.len())))
    }
}

impl Detail {
    /// Draws the values and the notes; returns the rows used, with a blank one. A few rows are left
    /// for the part below, as far as it needs them, however many values the record has; what does not
    /// fit can be scrolled.
    fn draw_top(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> u16 {
        const PART: usize = 6;
        let mut pairs = self.facts(ctx);
        if !self.notes.is_empty() {
            pairs.push((ctx.field(Field::Notes), self.notes.clone()));
        }
        let labels = label_columns(&pairs, area.width);
        let lines = pair_lines(&pairs, (area.width, labels), usize::MAX);
        // Titles, column titles, rows, and the words about a line of the history.
        let words = |part: &DetailPart| part.records().iter().take(PART).map(|row| changed(row, area, ctx).len()).max();
        let captioned = |part: &DetailPart| usize::from(caption(part, ctx).is_some());
        let needed = |part: &DetailPart| part.len().max(1) + 2 + captioned(part) + words(part).unwrap_or(0);
        let below = self.parts.get(self.part).map_or(0, needed).min(PART);
        let room = usize::from(area.height).saturating_sub(below + 1);
        if lines.len() <= room {
            self.scrolled.set(0);
            draw_pairs(frame, area, labels, &lines, ctx);
            return rows(lines.len()) + 1;
        }
        let from = self.scrolled.get().min(lines.len() - room);
        self.scrolled.set(from);
        draw_pairs(frame, area, labels, &lines[from..from + room], ctx);
        let [up, down] = [Command::PageUp, Command::PageDown].map(|command| ctx.key(ctx.keys.of(command)));
        let place = Phrase::MoreLines { from: from + 1, to: from + room, of: lines.len(), up: &up, down: &down };
        put(frame, area, rows(room), &ctx.say(place), ctx.theme.quiet);
        rows(room) + 1
    }
}

/// What is said about the rows of a part.
fn caption(part: &DetailPart, ctx: &Context) -> Option<String> {
    match &part.content {
        PartContent::Instalments(rows) => Some(instalments::caption(rows, ctx)),
        PartContent::Records(..) => None,
    }
}

/// What a line of the history has changed, in a few lines of the table's width.
fn changed(record: &Record, table: Rect, ctx: &Context) -> Vec<String> {
    const MOST: usize = 3;
    let Record::Audit(line) = record else { return Vec::new() };
    let changes = entity::audit::changes(line, ctx);
    let words: Vec<String> = changes.iter().map(|(label, change)| ctx.pair(label, change)).collect();
    if words.is_empty() {
        words
    } else {
        wrapped_to(&words.join(&ctx.say(ListPhrase::Between)), table.width.into(), MOST)
    }
}
