//! What the rows mean: amounts, shares and due days, and what is wrong with them.

use chrono::NaiveDate;

use super::{Cell, Rows, Taken, Whole};
use crate::domain::{
    Cents, Problem, check,
    instalments::{self, Due, InstalmentDraft, MAX_LABEL, RowProblem},
    plans::{self, PlanDraft, PlanPart, WHOLE},
    terms::{is_share, parse_due, parse_share},
};

impl Rows {
    /// What each row takes of the whole. Typed shares are rounded together, so that no cent is lost.
    pub fn taken(&self) -> Vec<Taken> {
        let mut taken: Vec<Taken> = self.lines.iter().map(|row| self.typed(row.text(Cell::Part))).collect();
        if let Whole::Total(total) = self.whole {
            let shares = self.lines.iter().map(|row| row.text(Cell::Part)).filter(|text| is_share(text));
            let shares = shares.map(|text| parse_share(text).unwrap_or_default());
            let mut amounts = plans::amounts(total, shares).into_iter();
            for (row, one) in self.lines.iter().zip(&mut taken).filter(|(row, _)| is_share(row.text(Cell::Part))) {
                let amount = amounts.next().unwrap_or_default();
                let read = parse_share(row.text(Cell::Part));
                *one = read.map_or_else(Taken::Unreadable, |_| Taken::Share(amount.0));
            }
        }
        let rest = i128::from(self.whole.number()) - sum(&taken);
        let last = self.lines.iter().rposition(|row| !row.is_empty());
        if let Some(last) = last.filter(|last| taken[*last] == Taken::Nothing) {
            taken[last] = Taken::Rest(narrow(rest));
        }
        taken
    }

    fn typed(&self, text: &str) -> Taken {
        let read = match self.whole {
            Whole::Total(_) => Cents::parse(text).map(|cents| cents.0),
            Whole::Percent => parse_share(text).map(i64::from),
        };
        match read {
            Err(Problem::Required) => Taken::Nothing,
            read => read.map_or_else(Taken::Unreadable, Taken::Typed),
        }
    }

    /// What the rows sum to, as far as they can be read.
    pub fn sum(&self) -> i64 {
        narrow(sum(&self.taken()))
    }

    /// When a row is due, if it can be read.
    pub fn due(&self, row: usize, today: NaiveDate) -> Option<Due> {
        parse_due(self.lines[row].text(Cell::Due), today).ok()
    }

    /// Checks the cell that is typed in, unless it is empty.
    pub fn check_focused(&mut self, today: NaiveDate) {
        let found = self.check(self.at, self.cell, today).filter(|_| !self.lines[self.at].text(self.cell).is_empty());
        self.lines[self.at].problems[self.cell as usize] = found;
    }

    /// What is wrong with a cell by itself.
    fn check(&self, at: usize, cell: Cell, today: NaiveDate) -> Option<Problem> {
        let row = &self.lines[at];
        match cell {
            _ if row.is_empty() => None,
            Cell::Label => check::optional_text(row.text(cell), MAX_LABEL).err(),
            Cell::Part => match self.taken()[at] {
                Taken::Unreadable(problem) => Some(problem),
                Taken::Nothing => Some(Problem::Required),
                Taken::Rest(rest) if rest < 0 => Some(self.too_much(rest)),
                Taken::Typed(amount) | Taken::Share(amount) | Taken::Rest(amount) => {
                    (amount <= 0).then_some(Problem::NotPositive)
                }
            },
            Cell::Due => match parse_due(row.text(cell), today) {
                Ok(Due::On(_)) if self.whole == Whole::Percent => Some(Problem::NeedsAnchor),
                read => read.err(),
            },
        }
    }

    fn too_much(&self, rest: i64) -> Problem {
        match self.whole {
            Whole::Total(total) => Problem::SumDiffers { sum: Cents(total.0.saturating_sub(rest)), total },
            Whole::Percent => Problem::SharesDiffer(i64::from(WHOLE) - rest),
        }
    }

    /// Checks all cells; true if each can be read. Goes to the first that cannot.
    fn check_all(&mut self, today: NaiveDate) -> bool {
        for at in 0..self.lines.len() {
            self.lines[at].problems = Cell::ALL.map(|cell| self.check(at, cell, today));
        }
        self.go_to_problem()
    }

    fn go_to_problem(&mut self) -> bool {
        let wrong = self.lines.iter().enumerate().find_map(|(at, row)| {
            let cell = Cell::ALL.into_iter().find(|cell| row.problem(*cell).is_some())?;
            Some((at, cell))
        });
        (self.at, self.cell) = wrong.unwrap_or((self.at, self.cell));
        wrong.is_none()
    }

    /// Shows what is wrong with the rows that are not empty, and goes to the first problem.
    pub fn show(&mut self, problems: &[RowProblem]) {
        let filled: Vec<usize> = (0..self.lines.len()).filter(|at| !self.lines[*at].is_empty()).collect();
        for RowProblem { row, field, problem } in problems {
            let at = filled.get(*row).copied().unwrap_or(0);
            self.lines[at].problems[Cell::of(*field) as usize] = Some(*problem);
        }
        self.go_to_problem();
    }

    /// The rows that are not empty as instalments; `None` if something is wrong, which is shown then.
    pub fn instalments(&mut self, today: NaiveDate) -> Option<Vec<InstalmentDraft>> {
        let Whole::Total(total) = self.whole else { return None };
        let drafts: Vec<InstalmentDraft> = self.read(today)?.into_iter().map(InstalmentDraft::from).collect();
        instalments::checked(&drafts, total).map_err(|problems| self.show(&problems)).ok()
    }

    /// The rows that are not empty as the parts of a plan; `None` if something is wrong, which is shown
    /// then.
    pub fn plan(&mut self, name: &str, today: NaiveDate) -> Option<PlanDraft> {
        let read = self.read(today)?.into_iter();
        let part = |(label, share, due)| PlanPart { label, share: i32::try_from(share).unwrap_or(i32::MAX), due };
        let draft = PlanDraft { name: name.to_owned(), parts: read.map(part).collect() };
        let parts = draft.checked_parts().map_err(|problems| self.show(&problems)).ok()?;
        Some(PlanDraft { parts, ..draft })
    }

    fn read(&mut self, today: NaiveDate) -> Option<Vec<(String, i64, Due)>> {
        if !self.check_all(today) {
            return None;
        }
        let taken = self.taken();
        let filled = self.lines.iter().enumerate().filter(|(_, row)| !row.is_empty());
        filled
            .map(|(at, row)| Some((row.text(Cell::Label).to_owned(), taken[at].amount()?, self.due(at, today)?)))
            .collect()
    }
}

fn sum(taken: &[Taken]) -> i128 {
    taken.iter().filter_map(|one| one.amount()).map(i128::from).sum()
}

fn narrow(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX })
}

impl From<(String, i64, Due)> for InstalmentDraft {
    fn from((label, amount, due): (String, i64, Due)) -> Self {
        Self { label, amount_cents: Cents(amount), due }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{form::Texts, widgets::input::Input};

    fn rows(total: i64, texts: &[[&str; 3]]) -> Rows {
        let texts: Vec<Texts> = texts.iter().map(|row| row.map(str::to_owned)).collect();
        Rows::new(Whole::Total(Cents(total)), &texts)
    }

    fn today() -> NaiveDate {
        "2026-11-21".parse().unwrap()
    }

    #[test]
    fn shares_of_a_total_lose_no_cent_and_the_last_row_takes_the_rest() {
        let made = rows(100_001, &[["", "30 %", "signature"], ["", "40 %", "event - 60"], ["", "30 %", "event"]]);
        assert_eq!(made.taken(), [Taken::Share(30_000), Taken::Share(40_001), Taken::Share(30_000)]);
        let made = rows(100_001, &[["", "30 %", "signature"], ["", "100", "event"], ["", "", "event"], ["", "", ""]]);
        assert_eq!(made.taken(), [Taken::Share(30_000), Taken::Typed(10_000), Taken::Rest(60_001), Taken::Nothing]);
        assert_eq!(made.sum(), 100_001);
    }

    #[test]
    fn empty_rows_are_left_out_and_problems_stand_in_their_row() {
        let mut made = rows(10_000, &[["", "", ""], ["a", "50", "signature"], ["", "", ""], ["b", "40", "event"]]);
        assert_eq!(made.instalments(today()), None);
        let problem = Problem::SumDiffers { sum: Cents(9_000), total: Cents(10_000) };
        assert_eq!((made.at, made.cell, made.lines[3].problem(Cell::Part)), (3, Cell::Part, Some(problem)));
        *made.focused() = Input::line("");
        let amounts: Vec<i64> = made.instalments(today()).unwrap().iter().map(|row| row.amount_cents.0).collect();
        assert_eq!(amounts, [5_000, 5_000]);
    }

    #[test]
    fn a_rest_below_zero_and_an_amount_that_is_missing_are_refused() {
        let mut made = rows(10_000, &[["a", "", "signature"], ["b", "120", "event"], ["c", "", "x"]]);
        assert_eq!(made.instalments(today()), None);
        assert_eq!(made.lines[0].problem(Cell::Part), Some(Problem::Required));
        let problem = Problem::SumDiffers { sum: Cents(12_000), total: Cents(10_000) };
        assert_eq!(made.lines[2].problems, [None, Some(problem), Some(Problem::NotADueDay)]);
    }
}
