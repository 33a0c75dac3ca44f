//! The preview: what importing the file would do with each of its rows.

use ratatui::{Frame, layout::Rect};

use super::{
    Asked, CHOICES, Import,
    chosen::{Chosen, Next},
    columns::progress,
    facts::{facts, known_whole, reasons_of, what},
};
use crate::{
    domain::{
        Field,
        entity::EntityKind,
        imports::{Counts, Finding, ImportRow, RowKind},
        text,
    },
    ui::{
        Action, Context, Notice,
        actions::{bind, bind_quietly},
        keys::{Binding, Command},
        popup::Popup,
        question,
        text::{ImportPhrase as I, capitalised},
        widgets::{
            chrome::wrapped,
            paint::{Focus, draw_pairs, label_columns, line_at, pair_lines, put, rows},
            table::first_shown,
        },
    },
};

impl Import {
    pub(super) fn run_in_preview(&mut self, command: Command, ctx: &Context) -> Action {
        const PAGE: usize = 15;
        let Some(chosen) = &mut self.chosen else { return Action::None };
        let last = chosen.shown.len().saturating_sub(1);
        match command {
            Command::Up => chosen.at = chosen.at.saturating_sub(1),
            Command::Down => chosen.at = (chosen.at + 1).min(last),
            Command::PageUp => chosen.at = chosen.at.saturating_sub(PAGE),
            Command::PageDown => chosen.at = (chosen.at + PAGE).min(last),
            Command::Home => chosen.at = 0,
            Command::End => chosen.at = last,
            Command::NextPart => show_next(chosen, 1),
            Command::PreviousPart => show_next(chosen, chosen.kinds().len().saturating_sub(1)),
            Command::View => return self.ask_rows(ctx),
            Command::Edit => return self.ask_decision(ctx),
            Command::Export => return self.save_refused(ctx),
            Command::Save => return self.ask_import(ctx),
            Command::Open => {
                let Some(row) = chosen.selected() else { return Action::None };
                let mut facts = facts(row, chosen, ctx);
                let title = std::mem::replace(&mut facts[0].0, ctx.say(I::ColName));
                return Action::Popup(Box::new(Popup::entry(title, &facts, None, ctx)));
            }
            _ => {}
        }
        Action::None
    }

    fn ask_rows(&mut self, ctx: &Context) -> Action {
        let Some(chosen) = &self.chosen else { return Action::None };
        let kinds = chosen.kinds();
        let at = kinds.iter().position(|(kind, _)| *kind == chosen.show).unwrap_or(0);
        let options = kinds.into_iter().map(|(kind, rows)| ctx.say(I::RowsOf(kind, rows))).collect();
        self.ask(Asked::Rows, Popup::choice(ctx.say(I::WhichRows), options, at))
    }

    /// Shows the rows of the chosen line of the menu.
    pub(super) fn choose_rows(&mut self, at: usize) -> Action {
        if let Some(chosen) = &mut self.chosen
            && let Some((kind, _)) = chosen.kinds().get(at)
        {
            chosen.show_rows(*kind);
        }
        Action::None
    }

    fn save_refused(&mut self, ctx: &Context) -> Action {
        let Some(chosen) = &mut self.chosen else { return Action::None };
        if chosen.unsettled {
            return Action::Send(chosen.settle(Next::SaveRefused));
        }
        chosen.next = None;
        let reasons = |row: &ImportRow| reasons_of(row, chosen, ctx);
        Action::Send(chosen.refused(ctx.say(I::ReasonHeading), reasons))
    }

    /// Asks what to do with the selected suspected duplicate, or with all of them.
    fn ask_decision(&mut self, ctx: &Context) -> Action {
        let Some(chosen) = &mut self.chosen else { return Action::None };
        chosen.next = None;
        let Some(row) = chosen.selected() else { return Action::None };
        let about = match &row.finding {
            Finding::Suspected(known) => Some(ctx.pair(&ctx.say(I::LabelKnown), &known_whole(known, ctx))),
            _ if !chosen.is_decided(row) => return Action::Notice(Notice::plain(ctx.say(I::NotADuplicate))),
            _ => None,
        };
        let one = CHOICES.map(|choice| capitalised(&ctx.say(I::Choice(choice))));
        let all = CHOICES.map(|choice| ctx.say(I::ForAll(choice)));
        let choice = chosen.choice_of(row.number);
        let at = CHOICES.iter().position(|one| *one == choice).unwrap_or(0);
        let title = ctx.say(I::Decide { row: row.number, name: &row.name });
        let popup = Popup::choice(title, [one, all].concat(), at).about(about);
        let asked = Asked::Decide(row.number);
        self.ask(asked, popup)
    }

    /// What was decided about a row, or after that about all suspected duplicates. What the other rows do may depend on
    /// it, and comparing a long file takes long: it is compared once, when the person goes on.
    pub(super) fn decide(&mut self, row: u32, at: usize, ctx: &Context) -> Action {
        if let Some(all) = at.checked_sub(CHOICES.len()) {
            return self.choose_for_all(all, ctx);
        }
        if let (Some(chosen), Some(choice)) = (&mut self.chosen, CHOICES.get(at)) {
            chosen.decide(row, *choice);
        }
        Action::None
    }

    /// The file was compared again. `dropped` are the rows whose decision no longer holds.
    pub(super) fn compared(&mut self, dropped: &[u32], ctx: &Context) -> Action {
        let Some(chosen) = &mut self.chosen else { return Action::None };
        if let [first, ..] = dropped {
            let again = I::DecideAgain { row: *first, rows: dropped.len() };
            let notice = Action::Notice(Notice::bad(ctx.say(again)));
            if chosen.next == Some(Next::Preview) {
                return Action::All(vec![self.go_on(ctx), notice]);
            }
            chosen.next = None;
            return notice;
        }
        match chosen.next {
            None => Action::None,
            Some(Next::Preview) => self.go_on(ctx),
            Some(Next::SaveRefused) => self.save_refused(ctx),
            Some(Next::Import) if chosen.lacks_contact() && !chosen.without_contact => self.ask_contact(ctx),
            Some(Next::Import) => {
                chosen.next = None;
                match chosen.different() {
                    0 => {
                        let notice = Action::Notice(Notice::plain(ctx.say(I::ComparedAgain)));
                        Action::All(vec![self.ask_import(ctx), notice])
                    }
                    rows => Action::Notice(Notice::bad(ctx.say(I::RowsDiffer(rows)))),
                }
            }
        }
    }

    fn ask_import(&mut self, ctx: &Context) -> Action {
        let Some(chosen) = &mut self.chosen else { return Action::None };
        let Some(kind) = chosen.kind() else { return Action::None };
        let will = chosen.will();
        if will.written() == 0 {
            let nothing = I::NothingNew { refused: will.refused, left_out: will.suspected };
            return Action::Notice(Notice::plain(ctx.say(nothing)));
        }
        if chosen.unsettled {
            return Action::Send(chosen.settle(Next::Import));
        }
        let (created, changed) = (will.created, will.changed);
        let (refused, left_out) = (will.refused, will.suspected);
        let new_contracts = kind == EntityKind::Contract && created > 0;
        let has = |field| chosen.columns().iter().any(|column| column.field == Some(field));
        let lines = [
            (true, I::Will { kind, created, changed, refused, left_out }),
            (new_contracts && ctx.settings().default_plan.is_some(), I::WillFollowPlan),
            (new_contracts && (has(Field::PaidBefore) || has(Field::DueCents)), I::WillBePaidToday),
            (true, I::WillUndo),
        ];
        let lines = lines.into_iter().filter(|(is_said, _)| *is_said).map(|(_, phrase)| ctx.say(phrase)).collect();
        let title = ctx.say(I::Ask(&chosen.file.name));
        let request = chosen.import();
        let popup = question::before(title, lines, &ctx.say(I::KeyImport), &request, ctx).preselected();
        let popup = popup.cancelled_by(ctx.say(I::DoNothing));
        self.ask(Asked::Confirm(Box::new(request)), popup)
    }
}

/// Shows another kind of rows, so many further.
fn show_next(chosen: &mut Chosen, by: usize) {
    let kinds = chosen.kinds();
    let at = kinds.iter().position(|(kind, _)| *kind == chosen.show).unwrap_or(0);
    if let Some((kind, _)) = kinds.get((at + by) % kinds.len().max(1)) {
        chosen.show_rows(*kind);
    }
}

pub(super) fn bindings(chosen: &Chosen, ctx: &Context) -> Vec<Binding> {
    use Command as C;
    let renamed = |command, label: I, help: I, unavailable| {
        let (label, help) = (ctx.say(label).into(), ctx.say(help).into());
        Binding { label, help, ..bind(command, ctx, unavailable) }
    };
    let can_decide = |row: &ImportRow| row.finding.kind() == RowKind::Suspected || chosen.is_decided(row);
    let no_decision = (!chosen.selected().is_some_and(can_decide)).then(|| ctx.say(I::NotADuplicate));
    let nothing_refused = (chosen.counts().refused == 0).then(|| ctx.say(I::NothingRefused));
    let not_yet = (chosen.comparing || chosen.preview.is_none()).then(|| ctx.say(I::NotComparedYet));
    let mut next = bind(C::NextPart, ctx, None);
    next.label = ctx.say(I::KeyNextKind).into();
    let mut bindings = vec![
        renamed(C::Save, I::KeyImport, I::KeyImportMeans, not_yet),
        renamed(C::Edit, I::KeyDecide, I::KeyDecideMeans, no_decision),
        // The way out must fit into a narrow window too.
        bind(C::Back, ctx, None),
        renamed(C::Open, I::KeyFacts, I::KeyFactsMeans, chosen.selected().is_none().then(|| ctx.say(I::NoRows))),
        renamed(C::Export, I::KeySaveRefused, I::KeySaveRefusedMeans, nothing_refused),
        bind(C::View, ctx, None),
        next,
        bind_quietly(C::Refresh, ctx),
    ];
    let moves = [C::PreviousPart, C::Up, C::Down, C::PageUp, C::PageDown, C::Home, C::End];
    bindings.extend(moves.map(|command| bind_quietly(command, ctx)));
    bindings
}

/// The line above the rows: the counts, or how far the import or the comparison is.
fn above(chosen: &Chosen, ctx: &Context) -> String {
    let (done, rows) = (chosen.file.progress.done(), chosen.file.sheet.rows.len());
    if chosen.importing && ctx.saving {
        return if chosen.file.progress.is_stopped() {
            ctx.say(I::Stopping)
        } else if chosen.file.progress.is_writing() {
            ctx.say(I::Importing { done, rows })
        } else {
            ctx.say(I::Checking { done, rows })
        };
    }
    // A short comparison is not worth a line that flickers.
    if chosen.comparing && ctx.beat > 0 && done > 0 && done < rows && rows > 2_000 {
        return progress(chosen, ctx);
    }
    let counts = ctx.say(I::Counts(chosen.counts()));
    let Counts { created, changed, unchanged, suspected: left_out, .. } = chosen.duplicates();
    match (created, changed + unchanged) {
        (0, 0) => counts,
        (created, updated) => {
            ctx.pair(counts.trim_end_matches('.'), &ctx.say(I::Duplicates { left_out, updated, created }))
        }
    }
}

pub(super) fn draw(chosen: &Chosen, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
    const ROW: usize = 7;
    const FACTS: usize = 7;
    /// The lines that one value may take; more than fit, so that it is said that there is more.
    const MOST: usize = 10;
    let mut top = 0;
    for line in wrapped(&above(chosen, ctx), area.width.into()) {
        put(frame, area, top, &line, ctx.theme.heading);
        top += 1;
    }
    put(frame, area, top, &ctx.say(I::RowsOf(chosen.show, chosen.shown.len())), ctx.theme.accent);
    let body = Rect { y: area.y + top + 1, height: area.height.saturating_sub(top + 1), ..area };
    if chosen.shown.is_empty() {
        put(frame, body, 1, &format!("  {}", ctx.say(I::NoRows)), ctx.theme.quiet);
        return line_at(body, 1);
    }
    let facts = chosen.selected().map(|row| facts(row, chosen, ctx)).unwrap_or_default();
    let labels = label_columns(&facts, area.width);
    let mut lines = pair_lines(&facts, (area.width, labels), MOST);
    // The height does not depend on the row, so that the list stays where it is.
    let below = if body.height >= 12 { FACTS } else { 3 };
    if lines.len() > below {
        lines.truncate(below - 1);
        lines.push(("", ctx.say(I::MoreFacts)));
    }
    let below = rows(below) + 1;
    let table = Rect { height: body.height.saturating_sub(below), ..body };
    let wide = usize::from(area.width).saturating_sub(ROW + 6);
    let name = (wide * 2 / 5).min(32);
    let line = |number: &str, of: &str, what: &str| {
        let (number, of) = (text::fit_right(number, ROW), text::fit(of, name));
        format!("  {number}  {of}  {}", text::fit(what, wide - name))
    };
    let [number, of, finding] = [I::ColRow, I::ColName, I::ColFinding].map(|title| ctx.say(title));
    put(frame, table, 0, &line(&number, &of, &finding), ctx.theme.quiet);
    let room = usize::from(table.height.saturating_sub(1)).max(1);
    let from = first_shown(chosen.at, room, chosen.shown.len());
    for (place, at) in chosen.shown.iter().enumerate().skip(from).take(room) {
        let row = &chosen.rows()[*at];
        let style = match (place == chosen.at, row.finding.kind()) {
            (true, _) => ctx.theme.selected,
            (false, RowKind::Unchanged) => ctx.theme.quiet,
            (false, RowKind::New | RowKind::Changed | RowKind::Refused | RowKind::Suspected) => ctx.theme.text,
        };
        let words = line(&row.number.to_string(), &row.name, &what(row, chosen, ctx));
        put(frame, table, 1 + rows(place - from), &words, style);
    }
    let under = Rect { y: table.bottom() + 1, height: below - 1, ..body };
    draw_pairs(frame, under, labels, &lines, ctx);
    line_at(table, 1 + rows(chosen.at - from))
}
