//! The screens, the table that makes them reachable, and the function that opens them. A screen is
//! a file, or a folder of its own, that implements [`Screen`]. Screens do not import each other:
//! they name a [`Destination`].

mod calendar;
mod detail;
pub mod form;
mod home;
mod import;
mod list;
mod plans;
mod rows;
mod screen;
mod section;
pub mod setup;

pub use screen::Screen;
pub use section::Section;

use calendar::Calendar;
use detail::Detail;
use form::Form;
use home::Home;
use import::Import;
use list::List;
use plans::Plans;
use rows::RowsForm;
use section::Opens;

use super::{
    Context, Destination, entity, form as forms,
    text::{ImportPhrase, InstalmentPhrase, PaymentPhrase, Phrase},
};
use crate::domain::{entity::EntityKind as K, policy::Permission as P};

/// The sections, in the order in which home screen and palette show them. The home screen shows
/// some of them below what awaits the user; the palette shows all of them.
pub const SECTIONS: &[Section] = &[
    on_home(Phrase::ListOf(K::Client), Some(P::SeeRecords), Opens::List(K::Client)),
    on_home(Phrase::ListOf(K::Contract), Some(P::SeeRecords), Opens::List(K::Contract)),
    on_home(Phrase::ListOf(K::Event), Some(P::SeeRecords), Opens::List(K::Event)),
    on_home(Phrase::ListOf(K::Payment), Some(P::SeeRecords), Opens::List(K::Payment)),
    on_home(Phrase::ListOf(K::User), Some(P::SeeStaff), Opens::List(K::User)),
    on_home(Phrase::ListOf(K::Audit), Some(P::ReadAudit), Opens::List(K::Audit)),
    on_home(Phrase::Calendar, Some(P::SeeRecords), Opens::Screen(calendar)),
    in_palette(Phrase::NewClient, Some(P::CreateClient), Opens::Create(K::Client)),
    in_palette(Phrase::NewContract, Some(P::CreateContract), Opens::Create(K::Contract)),
    in_palette(Phrase::NewEvent, Some(P::CreateEvent), Opens::Create(K::Event)),
    in_palette(Phrase::Payment(PaymentPhrase::Record), Some(P::RecordPayment), Opens::Create(K::Payment)),
    in_palette(Phrase::NewUser, Some(P::ManageUsers), Opens::Create(K::User)),
    in_palette(Phrase::Instalment(InstalmentPhrase::Plans), Some(P::ManagePlans), Opens::Screen(plans)),
    on_home(Phrase::Import(ImportPhrase::Title), Some(P::Import), Opens::Screen(import)),
    on_home(Phrase::Settings, Some(P::ChangeSettings), Opens::Screen(settings)),
    on_home(Phrase::Preferences, None, Opens::Screen(preferences)),
    on_home(Phrase::OwnPassword, None, Opens::Screen(own_password)),
];

const fn on_home(word: Phrase<'static>, needs: Option<P>, opens: Opens) -> Section {
    Section { word, needs, on_home: true, opens }
}

const fn in_palette(word: Phrase<'static>, needs: Option<P>, opens: Opens) -> Section {
    Section { word, needs, on_home: false, opens }
}

fn calendar(ctx: &Context) -> Box<dyn Screen> {
    Box::new(Calendar::new(ctx.now.date()))
}

fn plans(_ctx: &Context) -> Box<dyn Screen> {
    Box::new(Plans::default())
}

fn import(_ctx: &Context) -> Box<dyn Screen> {
    Box::new(Import::default())
}

fn settings(ctx: &Context) -> Box<dyn Screen> {
    Box::new(Form::from(forms::settings(ctx)))
}

fn preferences(ctx: &Context) -> Box<dyn Screen> {
    Box::new(Form::from(forms::preferences(ctx)))
}

fn own_password(_ctx: &Context) -> Box<dyn Screen> {
    Box::new(Form::from(forms::own_password(false)))
}

/// The lowest screen of a session, which is never closed.
pub fn home() -> Box<dyn Screen> {
    Box::new(Home::new(SECTIONS))
}

/// The screen of a destination; `None` if the destination is none, but a way out of the screens.
pub fn open(to: Destination, ctx: &Context) -> Option<Box<dyn Screen>> {
    Some(match to {
        Destination::Section(word) => {
            let section = SECTIONS.iter().find(|section| section.word == word)?;
            match section.opens {
                Opens::Screen(open) => open(ctx),
                Opens::List(_) | Opens::Create(_) => return open(section.destination(), ctx),
            }
        }
        Destination::List(query) => Box::new(List::new(*query)),
        Destination::Counted(query) => Box::new(List::counted(*query)),
        Destination::SavedView(id) => Box::new(List::saved(id, ctx.lists.view(id)?.content.as_ref()?.query.clone())),
        Destination::Record(kind, id) => Box::new(Detail::new(kind, id)),
        Destination::Create(kind) => Box::new(Form::from(entity::new_form(kind, None, ctx)?)),
        Destination::Form(form) => Box::new(Form::from(*form)),
        Destination::Rows(what) => Box::new(RowsForm::new(what, ctx)),
        Destination::Leave(_) | Destination::Lock => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::keys::Command;
    use strum::IntoEnumIterator;

    #[test]
    fn every_kind_of_record_has_a_section() {
        for kind in K::iter() {
            let list = |section: &&Section| matches!(section.opens, Opens::List(of) if of == kind);
            let section = SECTIONS.iter().find(list);
            assert_eq!(section.and_then(|section| section.needs), Some(P::to_see(kind)), "{kind}");
            let form = |section: &&Section| matches!(section.opens, Opens::Create(of) if of == kind);
            let section = SECTIONS.iter().find(form);
            assert_eq!(section.map(|section| section.word), entity::new_title(kind), "{kind}");
            assert_eq!(section.and_then(|section| section.needs), entity::permission(kind, Command::New), "{kind}");
        }
    }

    #[test]
    fn no_two_sections_have_the_same_name() {
        for (at, section) in SECTIONS.iter().enumerate() {
            assert!(SECTIONS[..at].iter().all(|before| before.word != section.word), "{section:?}");
        }
    }
}
