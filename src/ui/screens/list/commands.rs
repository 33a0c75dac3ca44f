//! The commands of a list: its bindings, what each of them does, and the popups that some of them
//! open.

use super::{List, ListQuestion};
use crate::{
    domain::page::MAX_MARKED,
    services::{Request, export::Format},
    ui::{
        Action, Context, Destination, Notice,
        actions::{self, Intent, bind, bind_quietly},
        entity::{self, facts},
        keys::{Binding, Command},
        popup::{Outcome, Popup},
        text::{ListPhrase, Phrase},
        widgets::input::Input,
    },
};

impl List {
    pub(super) fn all_bindings(&self, ctx: &Context) -> Vec<Binding> {
        use Command as C;
        if self.filter.is_some() {
            let done = Binding { label: ctx.say(Phrase::FilterDone).into(), ..bind(C::Open, ctx, None) };
            let clear = Binding { label: ctx.say(Phrase::FilterClear).into(), ..bind(C::Back, ctx, None) };
            let [up, down] = [C::Up, C::Down].map(|command| bind_quietly(command, ctx));
            return vec![done, up, down, clear];
        }
        let kind = self.kind();
        let nothing = self.rows.is_empty().then(|| ctx.say(Phrase::NothingSelected));
        let mut bindings = vec![bind(C::Open, ctx, nothing.clone())];
        // The most used come first, since a narrow window shows only these.
        let all = actions::list_bindings(kind, &self.chosen(), ctx).into_iter();
        let (printing, commands): (Vec<Binding>, Vec<Binding>) = all.partition(|one| one.command == C::Print);
        let mut commands = commands.into_iter();
        bindings.extend(commands.next());
        let help = ctx.say(ListPhrase::FilterHelp(kind)).into();
        bindings.push(Binding { help, ..bind(C::Filter, ctx, None) });
        bindings.push(bind(C::View, ctx, None));
        bindings.extend(commands);
        bindings.push(bind(C::Sort, ctx, None));
        if entity::is_refinable(&self.query, ctx) {
            bindings.push(bind(C::Refine, ctx, None));
        }
        if entity::has_calendar(kind) {
            bindings.push(bind(C::Calendar, ctx, None));
        }
        if entity::is_markable(kind) {
            bindings.push(bind(C::Mark, ctx, nothing.clone()));
        }
        bindings.push(bind(C::Columns, ctx, self.columns_refusal(ctx)));
        bindings.extend(printing);
        bindings.extend([C::Copy, C::CopyPart].map(|command| bind(command, ctx, nothing.clone())));
        bindings.push(bind(C::Export, ctx, nothing));
        bindings.push(bind(C::Refresh, ctx, None));
        let moves = [C::Up, C::Down, C::PageUp, C::PageDown, C::Home, C::End];
        bindings.extend(moves.map(|command| bind_quietly(command, ctx)));
        let mut back = bind(C::Back, ctx, None);
        if !self.query.text().is_empty() {
            back.label = ctx.say(Phrase::FilterClear).into();
        } else if !self.marks.is_empty() {
            back.label = ctx.say(Phrase::MarksClear).into();
        }
        // While records are marked, the key that removes the marks must fit into the bottom line, and so must the one
        // that merges two marked clients.
        let merge = bindings.iter().position(|one| one.command == C::Merge && one.unavailable.is_none());
        let merge = merge.map(|at| bindings.remove(at));
        let at = if self.marks.is_empty() { bindings.len() } else { usize::from(merge.is_none()) };
        bindings.insert(at, back);
        bindings.splice(..0, merge);
        bindings
    }

    pub(super) fn run_command(&mut self, command: Command, ctx: &Context) -> Action {
        const SCREENFUL: usize = 15;
        match command {
            Command::Up => self.go(self.at.saturating_sub(1)),
            Command::Down => self.go(self.at + 1),
            Command::PageUp => self.go(self.at.saturating_sub(SCREENFUL)),
            Command::PageDown => self.go(self.at + SCREENFUL),
            Command::Home => self.to_start(),
            Command::End => self.to_end(),
            Command::Open => self.selected().map_or(Action::None, |record| actions::open(record, None, ctx)),
            Command::New => Action::Open(Destination::Create(self.kind())),
            Command::Filter => {
                self.filter = Some(Input::line(self.query.text()));
                Action::None
            }
            Command::Refine => {
                Action::Open(Destination::Form(Box::new(entity::refine_form(&self.query, &self.names, ctx))))
            }
            Command::Calendar => Action::Open(Destination::Section(Phrase::Calendar)),
            Command::Sort => self.choose(ListQuestion::Sort, ctx),
            Command::View => self.choose_view(ctx),
            Command::Columns => self.choose_columns(ctx),
            Command::Export => self.choose(ListQuestion::Export, ctx),
            // A held key must not remove the mark that it has just set.
            Command::Mark if self.moves_on => Action::None,
            Command::Mark => match self.rows.get(self.at).map(|record| self.marks.toggle(record)) {
                Some(false) => Action::Notice(Notice::bad(ctx.say(Phrase::MarksFull(MAX_MARKED)))),
                Some(true) | None => self.go_below_mark(),
            },
            Command::Copy => {
                let chosen = self.chosen();
                let lines: Vec<String> = chosen.iter().map(|record| entity::cells(record, ctx).join("\t")).collect();
                let names = entity::named(&chosen, ctx);
                let told = ctx.say(ListPhrase::RowsCopied { count: lines.len(), names: &names });
                if lines.is_empty() { Action::None } else { Action::Copy { text: lines.join("\n"), told } }
            }
            Command::CopyPart => self.selected().map(|record| facts(record, ctx)).map_or(Action::None, |parts| {
                self.asked = Some(ListQuestion::Intent(Intent::Copy));
                actions::copy_part(parts, ctx)
            }),
            Command::Refresh => Action::Send(self.read_again()),
            Command::Back if !self.query.text().is_empty() => {
                self.query.set_text("");
                self.restart()
            }
            Command::Back if !self.marks.is_empty() => {
                self.marks.clear();
                Action::None
            }
            Command::Back => Action::Back,
            other => {
                let chosen = self.chosen();
                let (action, intent) = actions::begin(other, &chosen, ctx);
                // The record is now handled by the form, so its mark in the list is removed.
                if let (Action::Open(_), [one]) = (&action, chosen.as_slice()) {
                    let opened = one.id();
                    self.marks.remove(opened);
                    self.followed = vec![opened];
                }
                self.asked = intent.map(ListQuestion::Intent);
                action
            }
        }
    }

    fn choose(&mut self, asked: ListQuestion, ctx: &Context) -> Action {
        let (title, options, at) = match asked {
            ListQuestion::Sort => (Phrase::SortTitle, self.query.sorts(), self.query.sort().0),
            ListQuestion::Export => {
                let formats = Format::of(self.kind());
                (Phrase::ExportTitle, formats.iter().map(|format| Phrase::Format(*format)).collect(), 0)
            }
            _ => return Action::None,
        };
        let options = options.into_iter().map(|option| ctx.say(option)).collect();
        let popup = Popup::choice(ctx.say(title), options, at);
        self.asked = Some(asked);
        Action::Popup(Box::new(popup))
    }

    /// Does what a popup over the list has answered.
    pub(super) fn answered(&mut self, outcome: Outcome, ctx: &Context) -> Action {
        match (self.asked.take(), outcome) {
            (_, Outcome::Refined(query, names)) => {
                (self.query, self.names) = (*query, names);
                self.restart()
            }
            (Some(ListQuestion::Sort), Outcome::Choice(number)) => {
                self.query.set_sort(number);
                self.restart()
            }
            (Some(ListQuestion::View), Outcome::View(choice)) => self.view_chosen(choice, ctx),
            (Some(ListQuestion::NameView(view)), Outcome::Text(name)) => self.view_named(view, name, ctx),
            (Some(ListQuestion::Columns), Outcome::Columns(columns)) => self.columns_chosen(columns, ctx),
            (Some(ListQuestion::Export), Outcome::Choice(number)) => {
                match Format::of(self.kind()).get(number).copied() {
                    Some(format) => Action::Send(Request::Export { query: self.query.clone(), format }),
                    None => Action::None,
                }
            }
            (Some(ListQuestion::Intent(intent)), outcome) => {
                let (action, next) = actions::go_on(&intent, &outcome, ctx);
                self.asked = next.map(ListQuestion::Intent);
                self.merging |= matches!((&intent, &action), (Intent::ForMerge(_), Action::Open(_)));
                action
            }
            _ => Action::None,
        }
    }
}
