//! Rows that are typed in like a table: the instalments of a contract, or the parts of a plan.

mod reading;

use crate::{
    domain::{
        Cents, Field, Problem,
        instalments::InstalmentDraft,
        language::Language,
        plans::{PlanPart, WHOLE},
        terms::{due_in_words, share_in_words},
    },
    ui::widgets::input::Input,
};

/// What the rows share out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// The total of a contract.
    Total(Cents),
    /// The total of any contract: the rows hold shares in percent.
    Percent,
}

impl Whole {
    /// In cents, or in hundredths of a percent.
    pub fn number(self) -> i64 {
        match self {
            Self::Total(total) => total.0,
            Self::Percent => WHOLE.into(),
        }
    }
}

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    Label,
    /// An amount or a share.
    Part,
    Due,
}

impl Cell {
    pub const ALL: [Self; 3] = [Self::Label, Self::Part, Self::Due];

    fn of(field: Field) -> Self {
        match field {
            Field::Label => Self::Label,
            Field::DueOn => Self::Due,
            _ => Self::Part,
        }
    }

    fn after(self) -> Option<Self> {
        Self::ALL.into_iter().find(|cell| *cell as usize == self as usize + 1)
    }

    fn before(self) -> Option<Self> {
        Self::ALL.into_iter().find(|cell| *cell as usize + 1 == self as usize)
    }
}

/// The texts of a row, in the order of [`Cell::ALL`].
pub type Texts = [String; 3];

/// A row with what was typed.
#[derive(Debug, Clone, Default)]
pub struct Row {
    cells: [Input; 3],
    problems: [Option<Problem>; 3],
}

impl Row {
    fn of(texts: &Texts) -> Self {
        Self { cells: texts.each_ref().map(|text| Input::line(text)), problems: [None; 3] }
    }

    pub fn input(&self, cell: Cell) -> &Input {
        &self.cells[cell as usize]
    }

    /// What is wrong with a cell.
    pub fn problem(&self, cell: Cell) -> Option<Problem> {
        self.problems[cell as usize]
    }

    fn text(&self, cell: Cell) -> &str {
        self.input(cell).text().trim()
    }

    /// Whether nothing is in it: such a row is left out when the rows are saved.
    pub fn is_empty(&self) -> bool {
        Cell::ALL.into_iter().all(|cell| self.text(cell).is_empty())
    }
}

/// What a row takes of the whole, in cents or hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Typed(i64),
    /// Typed as a share of the total.
    Share(i64),
    /// What the other rows leave: nothing was typed, and it is the last row.
    Rest(i64),
    /// Nothing was typed, and it is not the last row.
    Nothing,
    Unreadable(Problem),
}

impl Taken {
    /// The amount, as far as it is known.
    pub fn amount(self) -> Option<i64> {
        match self {
            Self::Typed(amount) | Self::Share(amount) | Self::Rest(amount) => Some(amount),
            Self::Nothing | Self::Unreadable(_) => None,
        }
    }
}

/// The rows of a table, and the cell that is typed in.
#[derive(Debug, Clone)]
pub struct Rows {
    pub whole: Whole,
    /// There is at least one.
    lines: Vec<Row>,
    /// The index of the row that is typed in.
    pub at: usize,
    pub cell: Cell,
    /// The rows that are not empty, as they were at first or as they are saved.
    base: Vec<Texts>,
}

impl Rows {
    pub fn new(whole: Whole, texts: &[Texts]) -> Self {
        let lines: Vec<Row> = texts.iter().map(Row::of).chain(texts.is_empty().then(Row::default)).collect();
        let mut made = Self { whole, lines, at: 0, cell: Cell::Label, base: Vec::new() };
        made.base = made.texts();
        made
    }

    pub fn all(&self) -> &[Row] {
        &self.lines
    }

    /// The rows that are not empty.
    pub fn texts(&self) -> Vec<Texts> {
        let filled = self.lines.iter().filter(|row| !row.is_empty());
        filled.map(|row| Cell::ALL.map(|cell| row.text(cell).to_owned())).collect()
    }

    /// Whether the rows are other ones than at first.
    pub fn is_changed(&self) -> bool {
        self.texts() != self.base
    }

    /// These rows are saved by now.
    pub fn settle_as(&mut self, saved: Vec<Texts>) {
        self.base = saved;
    }

    /// What a cell is called.
    pub fn field(&self, cell: Cell) -> Field {
        match (cell, self.whole) {
            (Cell::Label, _) => Field::Label,
            (Cell::Part, Whole::Total(_)) => Field::AmountCents,
            (Cell::Part, Whole::Percent) => Field::Share,
            (Cell::Due, _) => Field::DueOn,
        }
    }

    /// Puts others in their place.
    pub fn replace(&mut self, texts: &[Texts]) {
        let base = std::mem::take(&mut self.base);
        *self = Self { base, ..Self::new(self.whole, texts) };
    }

    /// The field that is typed in; what was known to be wrong with it is forgotten.
    pub fn focused(&mut self) -> &mut Input {
        let (row, cell) = (&mut self.lines[self.at], self.cell as usize);
        row.problems[cell] = None;
        &mut row.cells[cell]
    }

    /// The next cell or the one before, across rows; false if there is none.
    pub fn step(&mut self, forward: bool) -> bool {
        let beside = if forward { self.cell.after() } else { self.cell.before() };
        if let Some(cell) = beside {
            self.cell = cell;
            return true;
        }
        let moved = self.climb(forward);
        if moved {
            self.cell = if forward { Cell::Label } else { Cell::Due };
        }
        moved
    }

    /// The row below or above; false if there is none.
    pub fn climb(&mut self, down: bool) -> bool {
        let to = if down { Some(self.at + 1) } else { self.at.checked_sub(1) };
        let to = to.filter(|to| *to < self.lines.len());
        self.at = to.unwrap_or(self.at);
        to.is_some()
    }

    /// Whether the last cell is typed in.
    pub fn is_at_end(&self) -> bool {
        self.at + 1 == self.lines.len() && self.cell.after().is_none()
    }

    /// Goes to the last cell, or to the first.
    pub fn go_to_end(&mut self, last: bool) {
        (self.at, self.cell) = if last { (self.lines.len() - 1, Cell::Due) } else { (0, Cell::Label) };
    }

    /// Adds a row behind the last one and goes there, unless the last one is empty.
    pub fn append(&mut self) {
        if self.lines.last().is_none_or(|last| !last.is_empty()) {
            self.lines.push(Row::default());
            self.at = self.lines.len() - 1;
        }
    }

    /// Adds a row after this one and goes there, unless this one is empty.
    pub fn insert(&mut self) {
        if !self.lines[self.at].is_empty() {
            self.at += 1;
            self.lines.insert(self.at, Row::default());
        }
        self.cell = Cell::Label;
    }

    /// Puts pasted lines into rows, the first into this one, from the cell that is typed in; tabs separate cells.
    pub fn paste(&mut self, pasted: &str) {
        let (first, pasted) = (self.cell, pasted.replace("\r\n", "\n").replace('\r', "\n"));
        for (number, line) in pasted.split('\n').filter(|line| !line.trim().is_empty()).enumerate() {
            if number > 0 {
                self.at += 1;
                self.lines.insert(self.at, Row::default());
            }
            self.cell = first;
            for (number, text) in line.split('\t').enumerate() {
                if number > 0 {
                    let Some(next) = self.cell.after() else { break };
                    self.cell = next;
                }
                self.focused().insert(text.trim());
            }
        }
    }

    /// Takes this row away. One always stays, if need be an empty one. The next one is typed in from its beginning.
    pub fn remove(&mut self) {
        self.lines.remove(self.at);
        if self.lines.is_empty() {
            self.lines.push(Row::default());
        }
        self.at = self.at.min(self.lines.len() - 1);
        self.cell = Cell::Label;
    }
}

/// Instalments as their form shows them.
pub fn texts_of(instalments: &[InstalmentDraft], language: Language) -> Vec<Texts> {
    let row =
        |one: &InstalmentDraft| [one.label.clone(), one.amount_cents.format(language), due_in_words(one.due, language)];
    instalments.iter().map(row).collect()
}

/// The parts of a plan as their form shows them.
pub fn texts_of_plan(parts: &[PlanPart], language: Language) -> Vec<Texts> {
    let row =
        |part: &PlanPart| [part.label.clone(), share_in_words(part.share, language), due_in_words(part.due, language)];
    parts.iter().map(row).collect()
}
