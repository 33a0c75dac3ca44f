//! The steps of the wizard, which depend on what was chosen and found.

use strum::IntoEnumIterator;

use super::{Setup, WizardPage};

impl Setup {
    /// The number of the current step and the number of steps, for "Step 2 of 5". The statements
    /// belong to the last step, since only that step finds out whether they are needed.
    pub fn progress(&self) -> (usize, usize) {
        let steps = self.steps();
        let of = steps.iter().filter(|step| **step != WizardPage::Statements).count();
        let at = steps.iter().position(|step| *step == self.step).unwrap_or(0) + 1;
        (at.min(of), of)
    }

    fn steps(&self) -> Vec<WizardPage> {
        let is_new = self.behind.is_none();
        let wanted = |step: &WizardPage| match step {
            WizardPage::Language | WizardPage::Place => true,
            WizardPage::Server => self.on_server(),
            WizardPage::Move => is_new && self.on_server() && self.movable.is_some(),
            WizardPage::Update => !is_new,
            WizardPage::Account => is_new && self.on_server(),
            WizardPage::Company | WizardPage::Manager => is_new && !self.moves(),
            WizardPage::Summary => is_new,
            WizardPage::Statements => is_new && self.on_server() && self.statements.is_some(),
        };
        WizardPage::iter().filter(wanted).collect()
    }

    /// The step after the current one, or before it. What the last step has done already is not chosen again.
    pub(super) fn neighbour(&self, forward: bool) -> Option<WizardPage> {
        let steps = self.steps();
        let at = steps.iter().position(|step| *step == self.step)?;
        let can_be_chosen = |step: &WizardPage| *step != WizardPage::Move || !self.has_written();
        if forward {
            steps.get(at + 1..)?.iter().copied().find(can_be_chosen)
        } else {
            steps.get(..at)?.iter().rev().copied().find(can_be_chosen)
        }
    }
}
