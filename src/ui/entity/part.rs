//! What belongs to a record, on its screen.

use crate::{
    domain::{
        Cents,
        entity::{EntityKind, Record},
        instalments::Instalment,
        page::{Count, Page},
    },
    ui::text::Phrase,
};

/// What belongs to a record, under a title.
#[derive(Debug, Clone)]
pub struct DetailPart {
    pub title: Phrase<'static>,
    pub content: PartContent,
    /// Counts them, also those that are not among the rows.
    pub count: Count,
    /// What they amount to, where the title says it.
    pub sum: Option<Cents>,
}

/// The rows of a part.
#[derive(Debug, Clone)]
pub enum PartContent {
    /// Records of one kind.
    Records(EntityKind, Vec<Record>),
    /// The instalments of a contract.
    Instalments(Vec<Instalment>),
}

impl DetailPart {
    pub fn new<R: Into<Record>>(title: Phrase<'static>, kind: EntityKind, page: Page<R>) -> Self {
        let rows: Vec<Record> = page.rows.into_iter().map(Into::into).collect();
        let shown = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let count = if page.after { Count::MoreThan(shown) } else { Count::Exactly(shown) };
        Self { title, content: PartContent::Records(kind, rows), count, sum: None }
    }

    /// The only record of its kind.
    pub fn single(title: Phrase<'static>, record: Record) -> Self {
        let content = PartContent::Records(record.kind(), vec![record]);
        Self { title, content, count: Count::Exactly(1), sum: None }
    }

    pub fn instalments(title: Phrase<'static>, rows: Vec<Instalment>) -> Self {
        let count = Count::Exactly(i64::try_from(rows.len()).unwrap_or(i64::MAX));
        Self { title, content: PartContent::Instalments(rows), count, sum: None }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        match &self.content {
            PartContent::Records(_, rows) => rows.len(),
            PartContent::Instalments(rows) => rows.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The records among the rows.
    pub fn records(&self) -> &[Record] {
        match &self.content {
            PartContent::Records(_, rows) => rows,
            PartContent::Instalments(_) => &[],
        }
    }

    /// Whether it is the history of the record.
    pub fn is_history(&self) -> bool {
        matches!(self.content, PartContent::Records(EntityKind::Audit, _))
    }
}
