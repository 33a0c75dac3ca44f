//! The views of a list that users save, and the columns that they choose.

use super::{List, ListQuestion, Needs};
use crate::{
    domain::{
        Error, Field, Problem, ViewId,
        entity::Query,
        lists::{ChosenColumn, ColumnName, ListedView, ViewContent, ViewDraft},
        page::Edge,
        policy::{self, Permission},
        text::clean,
    },
    services::{Request, WriteRequest},
    ui::{
        Action, Context, Destination, Notice,
        actions::Intent,
        entity,
        popup::{ColumnLine, Columns, Popup, ViewChoice},
        question,
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
    fn saved_view<'a>(&self, ctx: &Context<'a>) -> Option<&'a ListedView> {
        ctx.lists.view(self.saved?)
    }

    /// What the saved view is called, if the list shows one.
    pub(super) fn saved_name(&self, ctx: &Context) -> Option<String> {
        let ListedView { view, content, .. } = self.saved_view(ctx)?;
        Some(if self.is_as_saved(content.as_ref()) {
            view.name.clone()
        } else {
            ctx.say(ListPhrase::ViewChangedSince(&view.name))
        })
    }

    fn is_as_saved(&self, content: Option<&ViewContent>) -> bool {
        content.is_some_and(|content| content.query == self.query.at(Edge::Start))
    }

    /// The columns that the view has, or else those that the user has chosen for lists of this kind.
    fn chosen_columns(&self, ctx: &Context) -> Option<Vec<ChosenColumn>> {
        let of_view = self.saved_view(ctx).and_then(|listed| listed.content.as_ref()?.columns.as_deref());
        of_view.or_else(|| ctx.lists.columns(self.kind())).map(<[ChosenColumn]>::to_vec)
    }

    /// Which columns are shown.
    pub(super) fn columns(&self, ctx: &Context) -> table::Columns {
        let chosen = self.chosen_columns(ctx);
        self.query.columns(ctx.session.actor.role, chosen.as_deref(), self.preset_columns(ctx))
    }

    /// All columns of such lists, with the widths that the loaded rows need.
    fn preset_columns(&self, ctx: &Context) -> table::Columns {
        table::Columns::of(entity::columns(self.kind())).fitted_to(self.needs(ctx))
    }

    /// As [`table::needs`]. Kept until other rows arrive or the words change, since a list is drawn after
    /// each key.
    fn needs(&self, ctx: &Context) -> Vec<u16> {
        let (language, settings) = (ctx.language, ctx.settings().version);
        let mut kept = self.needs.borrow_mut();
        kept.take_if(|needs| (needs.language, needs.settings) != (language, settings));
        let needs = kept.get_or_insert_with(|| {
            let cells = self.rows.iter().map(|record| entity::cells(record, ctx));
            Needs { language, settings, widths: table::needs(&entity::titles(self.kind(), ctx), cells) }
        });
        needs.widths.clone()
    }

    /// Opens the menu of views.
    pub(super) fn choose_view(&mut self, ctx: &Context) -> Action {
        let role = ctx.session.actor.role;
        let built_in = self.query.views(role).into_iter().map(|name| ctx.say(name)).collect();
        let mut commands = Vec::new();
        if let Some(ListedView { view, .. }) = self.saved_view(ctx).filter(|listed| may_change(listed, ctx)) {
            let name = view.name.as_str();
            commands.push((ListPhrase::ReplaceView(name), ViewChoice::Replace));
            commands.push((ListPhrase::RenameView(name), ViewChoice::Rename));
            if may_share(ctx) {
                let words = if view.shared { ListPhrase::UnshareView(name) } else { ListPhrase::ShareView(name) };
                commands.push((words, ViewChoice::Share(!view.shared)));
            }
            commands.push((ListPhrase::RemoveView(name), ViewChoice::Remove(view.id)));
        }
        // A view that cannot be used cannot be opened to be removed.
        let of_kind = ctx.lists.views.iter().filter(|listed| listed.view.kind == self.kind());
        for listed in of_kind.filter(|listed| listed.content.is_none() && may_change(listed, ctx)) {
            commands.push((ListPhrase::RemoveView(&listed.view.name), ViewChoice::Remove(listed.view.id)));
        }
        commands.push((ListPhrase::SaveViewAs, ViewChoice::SaveAs));
        let commands = commands.into_iter().map(|(words, choice)| (ctx.say(words), choice)).collect();
        let present = match self.saved_view(ctx) {
            Some(listed) => ViewChoice::Saved(listed.view.id),
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
                Some(ListedView { view, content: Some(_), .. }) => {
                    let words = || ctx.say(ListPhrase::ViewAsSaved(&view.name));
                    let told = (self.saved == Some(id)).then(|| Action::Notice(Notice::good(words())));
                    Action::All([Action::Replace(Destination::SavedView(id))].into_iter().chain(told).collect())
                }
                Some(listed) => {
                    let (name, may_remove) = (listed.view.name.as_str(), may_change(listed, ctx));
                    Action::Notice(Notice::bad(ctx.say(ListPhrase::ViewUnusableWhy { name, may_remove })))
                }
                None => Action::Notice(Notice::bad(ctx.error(&Error::NotFound))),
            },
            (ViewChoice::SaveAs, _) => self.ask_name(None, None, ctx),
            (ViewChoice::Rename, Some(ListedView { view, .. })) => self.ask_name(Some(view.id), None, ctx),
            (ViewChoice::Replace, Some(view)) => {
                let columns = self.chosen_columns(ctx);
                let content = ViewContent { query: self.query.at(Edge::Start), columns };
                change(view, |draft| draft.content = content)
            }
            (ViewChoice::Share(true), Some(view)) if !self.is_as_saved(view.content.as_ref()) => {
                self.ask_to_share(view, ctx)
            }
            (ViewChoice::Share(shared), Some(view)) => change(view, |draft| draft.shared = shared),
            (ViewChoice::Remove(id), _) => self.ask_to_remove(id, ctx),
            (ViewChoice::Rename | ViewChoice::Replace | ViewChoice::Share(_), None) => Action::None,
        }
    }

    /// Asks for the name of a view: of this one, or of a new one.
    fn ask_name(&mut self, view: Option<ViewId>, refused: Option<(&str, String)>, ctx: &Context) -> Action {
        self.asked = Some(ListQuestion::NameView(view));
        let about = view.is_none().then(|| ctx.say(ListPhrase::ViewHolds));
        let base = view.and_then(|id| ctx.lists.view(id)).map_or("", |listed| listed.view.name.as_str());
        Action::Popup(Box::new(Popup::line(ctx.say(ListPhrase::ViewName), about, base, refused)))
    }

    /// Saves the view under this name.
    pub(super) fn view_named(&mut self, view: Option<ViewId>, name: String, ctx: &Context) -> Action {
        if self.query.has_view_called(&clean(&name)) {
            return self.ask_name(view, Some((&name, ctx.problem(Problem::NameInUse))), ctx);
        }
        if let Some(view) = view.and_then(|id| ctx.lists.view(id)) {
            return change(view, |draft| draft.name = name);
        }
        let content = ViewContent { query: self.query.at(Edge::Start), columns: self.chosen_columns(ctx) };
        send(WriteRequest::SaveView(ViewDraft { name, shared: false, content }))
    }

    /// Asks whether to share a view as it was saved, although the list shows something else by now.
    fn ask_to_share(&mut self, listed: &ListedView, ctx: &Context) -> Action {
        let Action::Send(request) = change(listed, |draft| draft.shared = true) else { return Action::None };
        let (title, verb) = (ctx.say(ListPhrase::ShareViewTitle(&listed.view.name)), ctx.say(ListPhrase::VerbShare));
        let popup = question::before(title, vec![ctx.say(ListPhrase::SharesAsSaved)], &verb, &request, ctx);
        self.asked = Some(ListQuestion::Intent(Intent::Send(request)));
        Action::Popup(Box::new(popup))
    }

    fn ask_to_remove(&mut self, id: ViewId, ctx: &Context) -> Action {
        let Some(ListedView { view, .. }) = ctx.lists.view(id) else { return Action::None };
        let request = Request::Write(WriteRequest::RemoveView { id, version: view.version });
        let lines = vec![ctx.say(ListPhrase::RemoveViewMeans { shared: view.shared })];
        let (title, verb) = (ctx.say(ListPhrase::RemoveViewTitle(&view.name)), ctx.say(ListPhrase::VerbRemove));
        let popup = question::before(title, lines, &verb, &request, ctx);
        self.asked = Some(ListQuestion::Intent(Intent::Send(request)));
        Action::Popup(Box::new(popup))
    }

    /// Why the columns cannot be changed, if so: they belong to a view that the user may not change.
    pub(super) fn columns_refusal(&self, ctx: &Context) -> Option<String> {
        let listed = self.saved_view(ctx).filter(|listed| !may_change(listed, ctx))?;
        listed.content.as_ref()?.columns.as_ref()?;
        Some(ctx.say(ListPhrase::ColumnsOfView(&listed.view.name)))
    }

    /// Opens the columns of the list.
    pub(super) fn choose_columns(&mut self, ctx: &Context) -> Action {
        let present = self.columns(ctx);
        let sorted = present.sorted.map(|(at, _)| present.all[at].name);
        let mut fixed = self.query.fixed(ctx.session.actor.role, self.chosen_columns(ctx).is_some());
        fixed.retain(|column| Some(*column) != sorted);
        let titles = entity::titles(self.kind(), ctx);
        let preset: Vec<ColumnLine> = self
            .preset_columns(ctx)
            .all
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

    /// Follows a write to views: the list shows the one that was saved, or no longer the removed one.
    pub(super) fn arranged(&mut self, write: &WriteRequest, id: i64) {
        match write {
            WriteRequest::SaveView(_) => self.saved = Some(ViewId::new(id)),
            WriteRequest::RemoveView { id, .. } => drop(self.saved.take_if(|saved| saved == id)),
            _ => {}
        }
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
        Some(self.ask_name(view, Some((&draft.name, problem)), ctx))
    }
}

/// The lines of these columns, and those of the others as not shown, each below the column that it is
/// below in the preset: a column that was hidden is found where it was.
fn in_order(preset: &[ColumnLine], chosen: &[ChosenColumn]) -> Vec<ColumnLine> {
    let shown = chosen.iter().filter_map(|column| {
        let line = preset.iter().find(|line| line.preset.name == column.name)?;
        Some(ColumnLine { width: column.width, ..line.clone() })
    });
    let mut lines: Vec<ColumnLine> = shown.collect();
    let mut above = None;
    for line in preset {
        let at_name = |name: ColumnName| move |line: &ColumnLine| line.preset.name == name;
        if !lines.iter().any(at_name(line.preset.name)) {
            let at = above.and_then(|name| lines.iter().position(at_name(name))).map_or(0, |at| at + 1);
            lines.insert(at, ColumnLine { shown: false, ..line.clone() });
        }
        above = Some(line.preset.name);
    }
    lines
}

fn may_share(ctx: &Context) -> bool {
    policy::reach(Permission::ShareViews, ctx.session.actor.role, ctx.settings()).is_some()
}

/// Whether the user may change a view: an own one, or a shared one if they may share views.
fn may_change(ListedView { view, .. }: &ListedView, ctx: &Context) -> bool {
    if view.shared { may_share(ctx) } else { view.owner == ctx.session.actor.id }
}

/// Saves the view with a change; one that cannot be read cannot be changed.
fn change(ListedView { view, content, .. }: &ListedView, change: impl FnOnce(&mut ViewDraft)) -> Action {
    let Some(content) = content.clone() else { return Action::None };
    let mut draft = ViewDraft { name: view.name.clone(), shared: view.shared, content };
    change(&mut draft);
    send(WriteRequest::ReplaceView { id: view.id, version: view.version, draft })
}

fn send(write: WriteRequest) -> Action {
    Action::Send(Request::Write(write))
}
