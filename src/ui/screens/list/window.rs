//! The window of rows that a list keeps in memory: which pages it requests, and how it merges them.

use super::{Awaited, List};
use crate::{
    domain::{
        Error,
        entity::Record,
        page::{Count, Edge, PAGE, Page},
    },
    services::{ReadRequest, Request},
    ui::{
        Action, Context, Notice,
        entity::{self, named},
        text::{Phrase, Told},
    },
};

/// The most rows that are kept in memory.
const WINDOW: usize = 300;
/// The next page is requested when the selection is less than about this many rows from the edge of
/// the window.
const NEAR: usize = 30;

impl List {
    /// Runs the query again. The selection stays on its record if that still exists.
    pub(super) fn read_again(&mut self) -> Request {
        self.generation += 1;
        self.behind = false;
        let from = self.page_around_selection();
        self.awaited.push((self.generation, Awaited::Fresh { from }));
        let begins = self.rows.get(from).filter(|_| from > 0 || self.first != Some(0));
        let edge = match begins.and_then(|row| self.query.cursor(row)) {
            None if self.opening && self.query.opens_at_today() => {
                self.first = None;
                Edge::Today
            }
            None => Edge::Start,
            // In the middle of a long list the page has to include the row at `from`, so the cursor
            // is moved to just before that row.
            Some(mut cursor) => {
                cursor.id += if self.query.sort().1 { 1 } else { -1 };
                Edge::After(cursor)
            }
        };
        self.request(edge)
    }

    fn request(&self, edge: Edge) -> Request {
        ReadRequest::List(self.query.at(edge)).into()
    }

    /// The index in the window at which a page has to begin to include the selected row. The window
    /// may hold more rows than a page.
    fn page_around_selection(&self) -> usize {
        if self.at + NEAR < usize::from(PAGE) { 0 } else { self.at - usize::from(PAGE / 2) }
    }

    /// Runs a new query, from the start of its list.
    pub(super) fn restart(&mut self) -> Action {
        self.first = Some(0);
        self.at = 0;
        self.rows.clear();
        (self.loaded, self.total, self.sums, self.among_newest) = (false, None, None, false);
        self.opening = true;
        Action::Send(self.read_again())
    }

    /// Handles a query that got no result: the rows of an earlier query are removed, since they
    /// could be taken for its result.
    pub(super) fn without_answer(&mut self) {
        self.moves_on = false;
        if !self.loaded && self.awaited.is_empty() {
            self.rows.clear();
            self.at = 0;
        }
    }

    /// Handles a page of rows. The replies come in the order of their requests.
    pub(super) fn page_arrived(&mut self, page: Page<Record>, ctx: &Context) -> Action {
        if self.awaited.is_empty() {
            return Action::None;
        }
        let (generation, awaited) = self.awaited.remove(0);
        let is_current = generation == self.generation;
        let action = if is_current { self.receive(awaited, page, ctx) } else { Action::None };
        // The filter was changed while these rows were read.
        let is_behind = self.behind && matches!(awaited, Awaited::Fresh { .. });
        if is_behind { Action::Send(self.read_again()) } else { action }
    }

    /// Handles a request that has failed. After a conflict the rows are read again, since they no
    /// longer show what the database holds.
    pub(super) fn failed(&mut self, to: &Request, error: &Error, ctx: &Context) -> Action {
        let is_conflict = matches!(error, Error::Conflict(_));
        if matches!(to, Request::Read(_)) && !self.awaited.is_empty() {
            self.awaited.remove(0);
            self.without_answer();
        }
        let text = match (is_conflict, self.marks.named(to, ctx)) {
            (true, Some(name)) => ctx.sentence_about(&name, &ctx.error(error)),
            _ => ctx.error(error),
        };
        self.told = is_conflict;
        let notice = Action::Notice(Notice::bad(text));
        if is_conflict { Action::All(vec![notice, Action::Send(self.read_again())]) } else { notice }
    }

    fn receive(&mut self, awaited: Awaited, page: Page<Record>, ctx: &Context) -> Action {
        // The selection was moved off the page while the page was being read: read again.
        if let Awaited::Fresh { from } = awaited
            && self.loaded
            && !(from..from + usize::from(PAGE)).contains(&self.at)
        {
            return Action::Send(self.read_again());
        }
        self.loaded = !self.behind;
        // The two that were marked to be merged are one now, or somebody has changed them.
        if matches!(awaited, Awaited::Fresh { .. })
            && std::mem::take(&mut self.merging)
            && !self.marks.stand_in(&page.rows)
        {
            self.marks.clear();
        }
        let changed = self.marks.renew(&page.rows);
        let next = self.take(awaited, page);
        if let Some(row) = self.rows.first() {
            self.names = entity::filter_names(row);
        }
        let next = match self.left(awaited, ctx) {
            Some(told) => Action::All(vec![told, next]),
            None => next,
        };
        if std::mem::take(&mut self.told) || changed.is_empty() {
            return next;
        }
        let names = named(&changed.iter().collect::<Vec<_>>(), ctx);
        Action::All(vec![Action::Notice(Notice::plain(ctx.say(Phrase::MarkedChanged(&names)))), next])
    }

    /// Says which of the records that were just written are no longer in this view. That is known only
    /// if the window holds the whole list: elsewhere a record may have moved to another page.
    fn left(&mut self, awaited: Awaited, ctx: &Context) -> Option<Action> {
        if !matches!(awaited, Awaited::Fresh { .. }) {
            return None;
        }
        let followed = std::mem::take(&mut self.followed);
        let gone = followed.iter().filter(|id| !self.rows.iter().any(|row| row.id() == **id)).count();
        let told = gone > 0 && !self.before && !self.after;
        told.then(|| Action::Add(ctx.say(Phrase::Told(Told::LeftView { kind: self.kind(), gone, of: followed.len() }))))
    }

    fn take(&mut self, awaited: Awaited, page: Page<Record>) -> Action {
        self.needs.take();
        let selected = self.selected().map(Record::id);
        let moves_on = std::mem::take(&mut self.moves_on);
        let came = page.rows.len();
        if awaited != Awaited::Total {
            self.among_newest = page.among_newest;
        }
        let mut opened = false;
        match awaited {
            Awaited::Fresh { from } => {
                (self.before, self.after) = (page.before, page.after);
                self.rows = page.rows;
                self.at = self.at.saturating_sub(from);
                self.first = if page.before { self.first.map(|first| first + rows(from)) } else { Some(0) };
                opened = !self.behind && std::mem::take(&mut self.opening) && self.first.is_none();
                // Everything is in the past.
                if opened && self.rows.is_empty() {
                    self.loaded = false;
                    return self.to_end_of_list();
                }
            }
            Awaited::End => {
                (self.before, self.after) = (page.before, page.after);
                self.rows = page.rows;
                self.at = self.rows.len().saturating_sub(1);
                self.first = if self.before { None } else { Some(0) };
            }
            Awaited::After => {
                self.after = page.after;
                self.rows.extend(page.rows);
                let surplus = self.rows.len().saturating_sub(WINDOW);
                self.rows.drain(..surplus);
                self.before |= surplus > 0;
                self.first = self.first.map(|first| first + rows(surplus));
                self.place_the_end();
            }
            // This reply has no rows.
            Awaited::Total => {
                self.moves_on = moves_on;
                (self.total, self.sums) = (page.total, page.sums);
                self.place_the_end();
                return Action::None;
            }
            Awaited::Before => {
                self.before = page.before;
                self.rows.splice(..0, page.rows);
                let surplus = self.rows.len().saturating_sub(WINDOW);
                self.rows.truncate(WINDOW);
                self.after |= surplus > 0;
                self.first = if self.before { self.first.map(|first| (first - rows(came)).max(0)) } else { Some(0) };
            }
        }
        if awaited != Awaited::End {
            let kept = selected.and_then(|id| self.rows.iter().position(|row| row.id() == id));
            self.at = (kept.unwrap_or(self.at) + usize::from(moves_on)).min(self.rows.len().saturating_sub(1));
        }
        match (page.total, awaited) {
            (Some(total), _) => (self.total, self.sums) = (Some(total), page.sums),
            (None, Awaited::Fresh { .. } | Awaited::End) if !self.behind => {
                self.place_the_end();
                // A list that opens in its middle shows rows on either side of the selection.
                let above = if opened { self.go(self.at) } else { Action::None };
                self.awaited.push((self.generation, Awaited::Total));
                return Action::All(vec![above, Action::Send(self.request(Edge::Total))]);
            }
            (None, _) => {}
        }
        Action::None
    }

    /// Computes the position of the window from the total, if the window is at the end of the list.
    fn place_the_end(&mut self) {
        if let (None, false, Some(Count::Exactly(total))) = (self.first, self.after, self.total) {
            self.first = Some(total - rows(self.rows.len()));
        }
    }

    /// Moves the selection, and requests a page if it comes close to the edge of the window.
    pub(super) fn go(&mut self, to: usize) -> Action {
        self.at = to.min(self.rows.len().saturating_sub(1));
        self.moves_on = false;
        if self.awaited.iter().any(|(_, awaited)| *awaited != Awaited::Total) {
            return Action::None;
        }
        let near = if self.after && self.at + NEAR >= self.rows.len() {
            self.rows.last().and_then(|row| self.query.cursor(row)).map(|cursor| (Edge::After(cursor), Awaited::After))
        } else if self.before && self.at < NEAR {
            self.rows
                .first()
                .and_then(|row| self.query.cursor(row))
                .map(|cursor| (Edge::Before(cursor), Awaited::Before))
        } else {
            None
        };
        match near {
            Some((edge, awaited)) => {
                self.awaited.push((self.generation, awaited));
                Action::Send(self.request(edge))
            }
            None => Action::None,
        }
    }

    /// Moves the selection below a row that was marked. If that row is not in the window yet, the
    /// selection moves when its page arrives.
    pub(super) fn go_below_mark(&mut self) -> Action {
        let at_rim = self.after && self.at + 1 == self.rows.len();
        let action = self.go(self.at + 1);
        self.moves_on = at_rim;
        action
    }

    pub(super) fn to_end(&mut self) -> Action {
        if !self.after {
            return self.go(self.rows.len());
        }
        self.to_end_of_list()
    }

    fn to_end_of_list(&mut self) -> Action {
        self.generation += 1;
        self.moves_on = false;
        self.awaited.push((self.generation, Awaited::End));
        Action::Send(self.request(Edge::End))
    }

    pub(super) fn to_start(&mut self) -> Action {
        if !self.before {
            return self.go(0);
        }
        self.first = Some(0);
        self.at = 0;
        self.rows.clear();
        (self.loaded, self.opening) = (false, false);
        Action::Send(self.read_again())
    }
}

fn rows(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
