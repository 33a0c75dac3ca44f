//! The window of rows: the pages that it asks for, and what it makes of them.

use super::List;
use crate::{
    domain::page::{Count, Edge, Page},
    services::Request,
    ui::{
        Action, Context, Notice,
        records::{PAGE, Record, named},
        text::W,
        widgets::input::Input,
    },
};

/// Rows that are kept in memory; a page is fetched before the selection reaches the rim.
const WINDOW: usize = 300;
/// How near to the rim the next page is fetched.
const NEAR: usize = 30;

/// What a page that is awaited will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaited {
    /// The rows around the selection anew; it stays on its record. The page begins at the
    /// row of the present window that has this place.
    Fresh {
        from: usize,
    },
    Before,
    After,
    /// The end of the list.
    End,
    /// How many there are in all, once the rows are there.
    Total,
}

impl List {
    /// The question anew, with the selection kept on its record where it still is there.
    pub fn load(&mut self) -> Option<Request> {
        self.generation += 1;
        self.behind = false;
        let from = self.page_around_selection();
        self.awaited.push((self.generation, Awaited::Fresh { from }));
        let begins = self.rows.get(from).filter(|_| from > 0 || self.first != Some(0));
        let edge = match begins.and_then(|row| self.query.cursor(row)) {
            None => Edge::Start,
            // In the middle of a long list: the page that has the selected row.
            Some(mut cursor) => {
                cursor.id += if self.query.sort().1 { 1 } else { -1 };
                Edge::After(cursor)
            }
        };
        Some(self.query.request(edge))
    }

    /// The row of the window where the page begins that is read to see the selected row anew.
    /// The window may hold more rows than one page has.
    fn page_around_selection(&self) -> usize {
        if self.at + NEAR < usize::from(PAGE) { 0 } else { self.at - usize::from(PAGE / 2) }
    }

    /// Another question: from its start.
    pub(super) fn restart(&mut self) -> Action {
        self.first = Some(0);
        self.at = 0;
        self.rows.clear();
        (self.loaded, self.total, self.among_newest) = (false, None, false);
        self.load().map_or(Action::None, Action::Send)
    }

    /// The pages that were asked for will not come.
    pub fn stop_waiting(&mut self) {
        self.awaited.clear();
        self.behind = false;
        self.without_answer();
    }

    /// The question was not answered. Rows that answered another one would be taken for its
    /// answer.
    pub(super) fn without_answer(&mut self) {
        self.moves_on = false;
        if !self.loaded && self.awaited.is_empty() {
            self.rows.clear();
            self.at = 0;
        }
    }

    pub(super) fn filtered(&mut self) -> Action {
        let text = self.filter.as_ref().map_or("", Input::text).to_owned();
        if text == self.query.text() {
            return Action::None;
        }
        self.query.set_text(&text);
        (self.first, self.total, self.loaded) = (Some(0), None, false);
        self.at = 0;
        self.behind = self.awaited.iter().any(|(_, awaited)| matches!(awaited, Awaited::Fresh { .. }));
        if self.behind { Action::None } else { self.load().map_or(Action::None, Action::Send) }
    }

    pub(super) fn receive(&mut self, awaited: Awaited, page: Page<Record>, ctx: &Context) -> Action {
        // The selection was moved off the page while that was read.
        if let Awaited::Fresh { from } = awaited
            && self.loaded
            && !(from..from + usize::from(PAGE)).contains(&self.at)
        {
            return self.load().map_or(Action::None, Action::Send);
        }
        self.loaded = !self.behind;
        let changed = self.marks.renew(&page.rows);
        let next = self.take(awaited, page);
        if std::mem::take(&mut self.told) || changed.is_empty() {
            return next;
        }
        let names = named(&changed.iter().collect::<Vec<_>>(), ctx);
        Action::All(vec![Action::Notice(Notice::plain(ctx.say(W::MarkedChanged(&names)))), next])
    }

    fn take(&mut self, awaited: Awaited, page: Page<Record>) -> Action {
        let selected = self.selected().map(Record::id);
        let moves_on = std::mem::take(&mut self.moves_on);
        let came = page.rows.len();
        if awaited != Awaited::Total {
            self.among_newest = page.among_newest;
        }
        match awaited {
            Awaited::Fresh { from } => {
                (self.before, self.after) = (page.before, page.after);
                self.rows = page.rows;
                self.at = self.at.saturating_sub(from);
                self.first = if page.before { self.first.map(|first| first + rows(from)) } else { Some(0) };
            }
            Awaited::End => {
                (self.before, self.after) = (page.before, page.after);
                self.rows = page.rows;
                self.at = self.rows.len().saturating_sub(1);
                self.first = None;
            }
            Awaited::After => {
                self.after = page.after;
                self.rows.extend(page.rows);
                let surplus = self.rows.len().saturating_sub(WINDOW);
                self.rows.drain(..surplus);
                self.before |= surplus > 0;
                self.first = self.first.map(|first| first + rows(surplus));
            }
            // It brings no rows.
            Awaited::Total => {
                self.moves_on = moves_on;
                self.total = page.total;
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
            (Some(total), _) => self.total = Some(total),
            (None, Awaited::Fresh { .. } | Awaited::End) if !self.behind => {
                self.place_the_end();
                self.awaited.push((self.generation, Awaited::Total));
                return Action::Send(self.query.request(Edge::Total));
            }
            (None, _) => {}
        }
        Action::None
    }

    /// The place of the window in the list, where it is known from the end alone.
    fn place_the_end(&mut self) {
        if let (None, false, Some(Count::Exactly(total))) = (self.first, self.after, self.total) {
            self.first = Some(total - rows(self.rows.len()));
        }
    }

    /// Moves the selection and fetches what is near.
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
                Action::Send(self.query.request(edge))
            }
            None => Action::None,
        }
    }

    /// To the row below one that was marked. Where that is not in the window yet, the selection
    /// moves on when it comes.
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
        self.generation += 1;
        self.moves_on = false;
        self.awaited.push((self.generation, Awaited::End));
        Action::Send(self.query.request(Edge::End))
    }

    pub(super) fn to_start(&mut self) -> Action {
        if !self.before {
            return self.go(0);
        }
        self.first = Some(0);
        self.at = 0;
        self.rows.clear();
        self.loaded = false;
        self.load().map_or(Action::None, Action::Send)
    }
}

fn rows(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
