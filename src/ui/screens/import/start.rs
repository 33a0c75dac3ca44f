//! The list of past imports.

use ratatui::{Frame, layout::Rect};

use super::{Asked, Import};
use crate::{
    domain::{
        Reason, dates,
        entity::{EntityKind, Query},
        text,
    },
    services::{ImportRequest, Request, import::ListedImport},
    ui::{
        Action, Context, Destination,
        actions::{bind, bind_quietly},
        keys::{Binding, Command},
        question,
        text::{ImportPhrase as I, Phrase, capitalised},
        widgets::{
            chrome::wrapped,
            paint::{Focus, draw_pairs, label_columns, line_at, pair_lines, put, rows},
            table::first_shown,
        },
    },
};

/// The width of a window that has room for what the imports held and for the time of day.
const WIDE: u16 = 74;

impl Import {
    fn all(&self) -> &[ListedImport] {
        self.listed.as_deref().unwrap_or_default()
    }

    fn take_back(&mut self, ctx: &Context) -> Action {
        let Some(ListedImport { import, .. }) = self.all().get(self.at) else { return Action::None };
        let request = Request::Import(ImportRequest::revert(import));
        let popup = question::before_taking_back(import, &request, ctx);
        self.ask(Asked::Confirm(Box::new(request)), popup)
    }

    /// The lines of the audit log about the selected import: what it did, and what taking it back did and left.
    fn open_in_audit_log(&self) -> Action {
        let Some(ListedImport { import, .. }) = self.all().get(self.at) else { return Action::None };
        let mut query = Query::all(EntityKind::Audit);
        query.set_text(&import.file_name);
        Action::Open(Destination::Counted(Box::new(query)))
    }

    pub(super) fn bindings_of_list(&self, ctx: &Context) -> Vec<Binding> {
        use Command as C;
        let mut new = bind(C::New, ctx, None);
        new.help = ctx.say(I::NewMeans).into();
        let nothing = match self.all().get(self.at) {
            None => Some(ctx.say(Phrase::NothingSelected)),
            Some(listed) => listed.import.reverted_at.map(|_| ctx.reason(Reason::AlreadyReverted)),
        };
        let mut take_back = bind(C::Archive, ctx, nothing);
        (take_back.label, take_back.help) = (ctx.say(I::VerbTakeBack).into(), ctx.say(I::TakeBackMeans).into());
        let mut open = bind(C::Open, ctx, self.all().is_empty().then(|| ctx.say(Phrase::NothingSelected)));
        open.help = ctx.say(I::OpenInLogMeans).into();
        // The way out must fit into a narrow window too.
        let mut bindings = vec![new, take_back, bind(C::Back, ctx, None), open, bind(C::Refresh, ctx, None)];
        bindings.extend([C::Up, C::Down, C::Home, C::End].map(|command| bind_quietly(command, ctx)));
        bindings
    }

    pub(super) fn run_in_list(&mut self, command: Command, ctx: &Context) -> Action {
        let last = self.all().len().saturating_sub(1);
        match command {
            Command::Up => self.at = self.at.saturating_sub(1),
            Command::Down => self.at = (self.at + 1).min(last),
            Command::Home => self.at = 0,
            Command::End => self.at = last,
            Command::New => return self.ask_file(None, ctx),
            Command::Open => return self.open_in_audit_log(),
            Command::Archive => return self.take_back(ctx),
            _ => {}
        }
        Action::None
    }

    pub(super) fn draw_list(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        let Some(listed) = &self.listed else { return line_at(area, 0) };
        if listed.is_empty() {
            let mut row = 0;
            let words =
                [(I::Empty, ctx.theme.text), (I::EmptyFiles, ctx.theme.quiet), (I::EmptyOrder, ctx.theme.quiet)];
            for (words, style) in words {
                for line in wrapped(&ctx.say(words), area.width.min(100).into()) {
                    put(frame, area, row, &line, style);
                    row += 1;
                }
                row += 1;
            }
            return line_at(area, 0);
        }
        let facts = listed.get(self.at).map(|listed| facts(listed, ctx)).unwrap_or_default();
        let labels = label_columns(&facts, area.width);
        let lines = pair_lines(&facts, (area.width, labels), 2);
        // As many lines as the facts need, and a blank one, if that leaves room for some imports.
        let below = if area.height >= rows(lines.len()) + 6 { rows(lines.len()) + 1 } else { 0 };
        let table = Rect { height: area.height - below, ..area };
        let is_wide = area.width >= WIDE;
        let line = |cells: [&str; 4]| in_columns(cells, area.width);
        let titles =
            [I::ColFile.into(), I::ColHeld.into(), Phrase::ColWhen, I::ColResult.into()].map(|title| ctx.say(title));
        put(frame, table, 0, &line(titles.each_ref().map(String::as_str)), ctx.theme.quiet);
        let room = usize::from(table.height.saturating_sub(1)).max(1);
        let from = first_shown(self.at, room, listed.len());
        for (row, one) in listed.iter().enumerate().skip(from).take(room) {
            let style = match (row == self.at, one.import.reverted_at) {
                (true, _) => ctx.theme.selected,
                (false, Some(_)) => ctx.theme.quiet,
                (false, None) => ctx.theme.text,
            };
            let held = ctx.say(I::Holds(one.import.kind));
            let when = ctx.settings().wall_clock(one.import.created_at);
            let when = if is_wide { dates::format_date_time(when) } else { dates::format_date(when.date()) };
            let what = result_of(one, ctx);
            put(frame, table, 1 + rows(row - from), &line([&one.import.file_name, &held, &when, &what]), style);
        }
        draw_pairs(frame, Rect { y: table.bottom() + 1, height: below.saturating_sub(1), ..area }, labels, &lines, ctx);
        line_at(table, 1 + rows(self.at - from))
    }
}

/// The file, what it held, when it was imported, and the result. A narrow window has no room for the second.
fn in_columns([file, held, when, what]: [&str; 4], width: u16) -> String {
    const RESULT: usize = 26;
    const WHEN: [usize; 2] = [10, 16];
    const HELD: usize = 12;
    let is_wide = width >= WIDE;
    let (held, when) = match is_wide {
        true => (format!("  {}", text::fit(held, HELD)), text::fit(when, WHEN[1])),
        false => (String::new(), text::fit(when, WHEN[0])),
    };
    let rest = text::width(&held) + text::width(&when) + RESULT + 6;
    let file = text::fit(file, usize::from(width).saturating_sub(rest).max(8));
    format!("  {file}{held}  {when}  {}", text::fit(what, RESULT))
}

/// What became of an import, in a few words.
fn result_of(listed: &ListedImport, ctx: &Context) -> String {
    let counts = listed.import.counts;
    match listed.import.reverted_at {
        Some(_) => ctx.say(I::IsTakenBack),
        None => ctx.say(I::Result { created: counts.created, changed: counts.changed }),
    }
}

/// All that is known of an import.
fn facts(ListedImport { import, by }: &ListedImport, ctx: &Context) -> Vec<(String, String)> {
    let time = |utc| dates::spell_date_time(ctx.settings().wall_clock(utc), ctx.language);
    let mut facts = vec![
        (ctx.say(I::ColFile), import.file_name.clone()),
        (ctx.say(I::ColHeld), ctx.say(I::Holds(import.kind))),
        (ctx.say(Phrase::ColWhen), time(import.created_at)),
        (ctx.say(Phrase::ColWho), by.clone()),
        (ctx.say(I::ColResult), capitalised(&ctx.say(I::Counts(import.counts)))),
    ];
    facts.extend(import.reverted_at.map(|at| (ctx.say(I::TakenBackAt), time(at))));
    facts
}
