//! The screens on top of each other: opening, replacing and closing them, and reading them again.

use super::{
    App, Asker, Stage,
    workspace::{OpenScreen, Workspace},
};
use crate::ui::{
    Context, Destination,
    screens::{self, Screen},
};

impl App {
    pub(super) fn workspace(&mut self) -> Option<&mut Workspace> {
        self.workspace_parts().map(|(workspace, _)| workspace)
    }

    /// The workspace, and beside it what its screens may look at.
    pub(super) fn workspace_parts(&mut self) -> Option<(&mut Workspace, Context<'_>)> {
        match self.parts() {
            (Stage::SignedIn(workspace), ctx) => Some((workspace, ctx)),
            _ => None,
        }
    }

    /// Lets the screen of a layer do something; `None` if it was closed.
    pub(super) fn on_layer<T>(&mut self, id: u64, work: impl FnOnce(&mut dyn Screen, &Context) -> T) -> Option<T> {
        let (workspace, ctx) = self.workspace_parts()?;
        let layer = workspace.layers.iter_mut().find(|layer| layer.id == id)?;
        Some(work(layer.screen.as_mut(), &ctx))
    }

    pub(super) fn has_layer(&self, id: u64) -> bool {
        matches!(&self.stage, Stage::SignedIn(workspace) if workspace.layers.iter().any(|layer| layer.id == id))
    }

    pub(super) fn top_id(&self) -> u64 {
        match &self.stage {
            Stage::SignedIn(workspace) => workspace.top().map_or(0, |layer| layer.id),
            _ => 0,
        }
    }

    pub(super) fn load_top(&mut self) {
        let id = self.top_id();
        if let Some(Some(request)) = self.on_layer(id, |screen, _| screen.load()) {
            self.send(Asker::Screen(id), request);
        }
    }

    /// Opens the screen of a destination on top.
    pub(super) fn push(&mut self, to: Destination) {
        let Some(screen) = self.screen_for(to) else { return };
        let layer = self.new_layer(screen, false);
        if let Some(workspace) = self.workspace() {
            workspace.layers.push(layer);
        }
        self.load_top();
    }

    /// Closes the top screen for good; the home screen stays.
    pub(super) fn pop(&mut self) {
        if let Some(workspace) = self.workspace().filter(|workspace| workspace.layers.len() > 1) {
            workspace.layers.pop();
        }
    }

    /// The screen of a destination: one that comes back as it was left, or a new one.
    fn screen_for(&mut self, to: Destination) -> Option<Box<dyn Screen>> {
        let (workspace, ctx) = self.workspace_parts()?;
        match workspace.kept.iter().position(|kept| kept.comes_back_for(&to, &ctx)) {
            Some(at) => Some(workspace.kept.remove(at)),
            None => screens::open(to, &ctx),
        }
    }

    fn new_layer(&mut self, screen: Box<dyn Screen>, stale: bool) -> OpenScreen {
        let id = self.next;
        self.next += 1;
        OpenScreen { id, screen, stale }
    }

    /// Puts the screen of a destination in the place of the asker's. That need not be the top one: a
    /// reply may come after the user has opened others.
    pub(super) fn replace(&mut self, asker: Asker, to: Destination) {
        let Some(screen) = self.screen_for(to) else { return };
        let layer = self.new_layer(screen, true);
        if let Some(workspace) = self.workspace()
            && let Some(at) = workspace.place_of(asker)
        {
            workspace.close_question(at);
            let left = std::mem::replace(&mut workspace.layers[at], layer);
            workspace.keep(left);
        }
        self.refresh_top();
    }

    /// Closes the asker's screen, wherever it is.
    pub(super) fn back(&mut self, asker: Asker) {
        if let Some(workspace) = self.workspace()
            && let Some(at) = workspace.place_of(asker).filter(|at| *at > 0)
        {
            workspace.close_question(at);
            let left = workspace.layers.remove(at);
            workspace.keep(left);
        }
        self.refresh_top();
    }

    /// Reads the top screen again if a record was written since it was loaded. The home screen is
    /// always read again: its counts also change with what others do.
    fn refresh_top(&mut self) {
        let Some(workspace) = self.workspace() else { return };
        let is_home = workspace.layers.len() == 1;
        let Some(top) = workspace.layers.last_mut() else { return };
        if std::mem::take(&mut top.stale) || is_home {
            self.load_top();
        }
    }
}
