//! The views of a list that users save, and the columns that they choose.

use super::{List, ListQuestion};
use crate::{
    domain::{
        Error, Field, ViewId,
        entity::Query,
        lists::{ChosenColumn, SavedView, ViewContent, ViewDraft},
        page::Edge,
        policy::{self, Permission},
    },
    services::{Request, WriteRequest},
    ui::{
        Action, Context, Destination, Notice, entity,
        popup::{ColumnLine, Columns, Popup, ViewChoice},
        text::{ListPhrase, Phrase},
        widgets::table,
    },
};

impl List {
    /// The list that a saved view shows.
    pub fn saved(id: ViewId, query: Query) -> Self {
        Self { saved: Some(id), ..Self::new(query) }
    }

    /// The saved view that the list was opened as, if it still exists.
    fn saved_view<'a>(&self, ctx: &Context<'a>) -> Option<&'a SavedView> {
        ctx.lists.view(self.saved?)
    }

    /// What the saved view is called, if the list shows one.
    pub(super) fn saved_name(&self, ctx: &Context) -> Option<String> {
        let view = self.saved_view(ctx)?;
        let is_as_saved = view.read().is_some_and(|content| content.query == self.query.at(Edge::Start));
        Some(if is_as_saved { view.name.clone() } else { ctx.say(ListPhrase::ViewChangedSince(&view.name)) })
    }

    /// The columns that the view has, or else those that the user has chosen for lists of this kind.
    fn chosen_columns(&self, ctx: &Context) -> Option<Vec<ChosenColumn>> {
        let of_view = self.saved_view(ctx).and_then(SavedView::read).and_then(|content| content.columns);
        of_view.or_else(|| ctx.lists.columns(self.kind()).map(<[ChosenColumn]>::to_vec))
    }

    /// Which columns are shown.
    pub(super) fn columns(&self, ctx: &Context) -> table::Columns {
        self.query.columns(ctx.session.actor.role, self.chosen_columns(ctx).as_deref())
    }

    /// Opens the menu of views.
    pub(super) fn choose_view(&mut self, ctx: &Context) -> Action {
        let role = ctx.session.actor.role;
        let built_in = self.query.views(role).into_iter().map(|name| ctx.say(name)).collect();
        let mut commands = Vec::new();
        if let Some(view) = self.saved_view(ctx).filter(|view| may_change(view, ctx)) {
            let name = view.name.as_str();
            commands.push((ListPhrase::ReplaceView(name), ViewChoice::Replace));
            commands.push((ListPhrase::RenameView(name), ViewChoice::Rename));
            if may_share(ctx) {
                let words = if view.shared { ListPhrase::UnshareView(name) } else { ListPhrase::ShareView(name) };
                commands.push((words, ViewChoice::Share(!view.shared)));
            }
            commands.push((ListPhrase::RemoveView(name), ViewChoice::Remove));
        }
        commands.push((ListPhrase::SaveViewAs, ViewChoice::SaveAs));
        let commands = commands.into_iter().map(|(words, choice)| (ctx.say(words), choice)).collect();
        let present = match self.saved_view(ctx) {
            Some(view) => ViewChoice::Saved(view.id),
            None => ViewChoice::BuiltIn(self.query.view(role)),
        };
        let title = ctx.say(Phrase::ViewTitle);
        self.asked = Some(ListQuestion::View);
        Action::Popup(Box::new(Popup::views(title, self.kind(), (built_in, commands), present, ctx)))
    }

    /// Opens the chosen view, or does what was chosen with the present one.
    pub(super) fn view_chosen(&mut self, choice: ViewChoice, ctx: &Context) -> Action {
        let present = self.saved_view(ctx);
        match (choice, present) {
            // What it is filtered by stays.
            (ViewChoice::BuiltIn(number), None) if number == self.query.view(ctx.session.actor.role) => Action::None,
            (ViewChoice::BuiltIn(number), _) => {
                let mut query = Query::all(self.kind());
                query.set_view(ctx.session.actor.role, number);
                Action::Replace(Destination::List(Box::new(query)))
            }
            (ViewChoice::Saved(id), _) => match ctx.lists.view(id) {
                Some(view) if view.read().is_some() => {
                    let again = self.saved == Some(id);
                    let told =
                        again.then(|| Action::Notice(Notice::good(ctx.say(ListPhrase::ViewAsSaved(&view.name)))));
                    Action::All([Action::Replace(Destination::SavedView(id))].into_iter().chain(told).collect())
                }
                Some(view) if may_change(view, ctx) => self.ask_to_remove(view, ctx),
                Some(view) => Action::Notice(Notice::bad(ctx.say(ListPhrase::ViewUnusableWhy(&view.name)))),
                None => Action::Notice(Notice::bad(ctx.error(&Error::NotFound))),
            },
            (ViewChoice::SaveAs, _) => self.ask_name(None, "", None, ctx),
            (ViewChoice::Rename, Some(view)) => self.ask_name(Some(view.id), &view.name, None, ctx),
            (ViewChoice::Replace, Some(view)) => {
                let columns = self.chosen_columns(ctx);
                let content = ViewContent { query: self.query.at(Edge::Start), columns };
                replace(view, ViewDraft { name: view.name.clone(), shared: view.shared, content })
            }
            (ViewChoice::Share(shared), Some(view)) => change(view, |draft| draft.shared = shared),
            (ViewChoice::Remove, Some(view)) => self.ask_to_remove(view, ctx),
            (ViewChoice::Rename | ViewChoice::Replace | ViewChoice::Share(_) | ViewChoice::Remove, None) => {
                Action::None
            }
        }
    }

    /// Asks for the name of a view: of this one, or of a new one.
    fn ask_name(&mut self, view: Option<ViewId>, name: &str, problem: Option<String>, ctx: &Context) -> Action {
        self.asked = Some(ListQuestion::NameView(view));
        Action::Popup(Box::new(Popup::line(ctx.say(ListPhrase::ViewName), name, problem)))
    }

    /// Saves the view under this name.
    pub(super) fn view_named(&self, view: Option<ViewId>, name: String, ctx: &Context) -> Action {
        if let Some(view) = view.and_then(|id| ctx.lists.view(id)) {
            return change(view, |draft| draft.name = name);
        }
        let content = ViewContent { query: self.query.at(Edge::Start), columns: self.chosen_columns(ctx) };
        send(WriteRequest::SaveView(ViewDraft { name, shared: false, content }))
    }

    fn ask_to_remove(&mut self, view: &SavedView, ctx: &Context) -> Action {
        self.asked = Some(ListQuestion::RemoveView(view.id, view.version));
        let mut lines = vec![ctx.say(ListPhrase::RemoveViewMeans { shared: view.shared })];
        if view.read().is_none() {
            lines.insert(0, ctx.say(ListPhrase::ViewUnusableWhy(&view.name)));
        }
        let (title, verb) = (ctx.say(ListPhrase::RemoveViewTitle(&view.name)), ctx.say(ListPhrase::VerbRemove));
        Action::Popup(Box::new(Popup::confirm(title, lines, &verb, ctx)))
    }

    /// Why the columns cannot be changed, if so: they belong to a view that the user may not change.
    pub(super) fn columns_refusal(&self, ctx: &Context) -> Option<String> {
        let view = self.saved_view(ctx).filter(|view| !may_change(view, ctx))?;
        view.read()?.columns?;
        Some(ctx.say(ListPhrase::ColumnsOfView(&view.name)))
    }

    /// Opens the columns of the list.
    pub(super) fn choose_columns(&mut self, ctx: &Context) -> Action {
        let present = self.columns(ctx);
        let sorted = present.sorted.map(|(at, _)| present.all[at].name);
        let mut fixed = self.query.fixed(ctx.session.actor.role, self.chosen_columns(ctx).is_some());
        fixed.retain(|column| Some(*column) != sorted);
        let titles = entity::titles(self.kind(), ctx);
        let preset: Vec<ColumnLine> = entity::columns(self.kind())
            .iter()
            .zip(titles)
            .map(|(preset, title)| {
                let repeats = fixed.contains(&preset.name);
                ColumnLine { preset: *preset, title, width: None, shown: true, repeats }
            })
            .collect();
        let lines = match self.chosen_columns(ctx) {
            None => preset.clone(),
            Some(chosen) => in_order(&preset, &chosen),
        };
        self.asked = Some(ListQuestion::Columns);
        Action::Popup(Box::new(Popup::Columns(Columns::new(lines, preset, sorted))))
    }

    /// Keeps the chosen columns: in the view, or for all lists of this kind.
    pub(super) fn columns_chosen(&self, columns: Option<Vec<ChosenColumn>>, ctx: &Context) -> Action {
        match self.saved_view(ctx).filter(|view| may_change(view, ctx)) {
            Some(view) => change(view, |draft| draft.content.columns = columns),
            None => send(WriteRequest::SaveColumns { kind: self.kind(), columns }),
        }
    }

    /// Says what a write to views or columns has done; `None` for any other write.
    pub(super) fn arranged(&mut self, write: &WriteRequest, id: i64, ctx: &Context) -> Option<Action> {
        let text = match write {
            WriteRequest::SaveView(draft) => {
                self.saved = Some(ViewId::new(id));
                ctx.say(ListPhrase::ViewSaved(draft.name.trim()))
            }
            WriteRequest::ReplaceView { id, draft, .. } => {
                let name = draft.name.trim();
                // The views are read again later, so this is what it was before.
                let before = ctx.lists.view(*id);
                ctx.say(match before {
                    Some(before) if before.name != name => ListPhrase::ViewRenamed(name),
                    Some(before) if before.shared && !draft.shared => ListPhrase::ViewUnsharedNow(name),
                    Some(before) if !before.shared && draft.shared => ListPhrase::ViewSharedNow(name),
                    Some(_) | None => ListPhrase::ViewSaved(name),
                })
            }
            WriteRequest::RemoveView { id, .. } => {
                self.saved.take_if(|saved| saved == id);
                ctx.say(ListPhrase::ViewRemoved(ctx.lists.view(*id).map_or("", |view| &view.name)))
            }
            WriteRequest::SaveColumns { columns: Some(_), .. } => ctx.say(ListPhrase::ColumnsSaved),
            WriteRequest::SaveColumns { columns: None, .. } => ctx.say(ListPhrase::ColumnsPreset),
            _ => return None,
        };
        Some(Action::Notice(Notice::good(text)))
    }

    /// Asks for the name of a view again, if the one that was typed was refused.
    pub(super) fn name_refused(&mut self, to: &Request, error: &Error, ctx: &Context) -> Option<Action> {
        let Error::Invalid(errors) = error else { return None };
        let problem = ctx.problem(errors.of(Field::Name)?);
        let (view, draft) = match to {
            Request::Write(WriteRequest::SaveView(draft)) => (None, draft),
            Request::Write(WriteRequest::ReplaceView { id, draft, .. }) => (Some(*id), draft),
            _ => return None,
        };
        Some(self.ask_name(view, &draft.name, Some(problem), ctx))
    }
}

/// The lines of these columns, and those of the others as not shown.
fn in_order(preset: &[ColumnLine], chosen: &[ChosenColumn]) -> Vec<ColumnLine> {
    let shown = chosen.iter().filter_map(|column| {
        let line = preset.iter().find(|line| line.preset.name == column.name)?;
        Some(ColumnLine { width: column.width, ..line.clone() })
    });
    let is_chosen = |line: &&ColumnLine| chosen.iter().any(|column| column.name == line.preset.name);
    let hidden = preset.iter().filter(|line| !is_chosen(line));
    shown.chain(hidden.map(|line| ColumnLine { shown: false, ..line.clone() })).collect()
}

fn may_share(ctx: &Context) -> bool {
    policy::reach(Permission::ShareViews, ctx.session.actor.role, ctx.settings()).is_some()
}

/// Whether the user may change a view: an own one, or a shared one if they may share views.
fn may_change(view: &SavedView, ctx: &Context) -> bool {
    if view.shared { may_share(ctx) } else { view.owner == ctx.session.actor.id }
}

/// Saves the view with a change; one that cannot be read cannot be changed.
fn change(view: &SavedView, change: impl FnOnce(&mut ViewDraft)) -> Action {
    let Some(content) = view.read() else { return Action::None };
    let mut draft = ViewDraft { name: view.name.clone(), shared: view.shared, content };
    change(&mut draft);
    replace(view, draft)
}

fn replace(view: &SavedView, draft: ViewDraft) -> Action {
    send(WriteRequest::ReplaceView { id: view.id, version: view.version, draft })
}

fn send(write: WriteRequest) -> Action {
    Action::Send(Request::Write(write))
}
