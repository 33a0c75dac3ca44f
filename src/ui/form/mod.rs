//! Forms as data: what a form is for, its fields, and how what was typed is read. The forms of an
//! entity are in its file of `ui/entity`, the other ones here. The screen that shows a form is
//! [`super::screens::form`].

mod between;
mod choices;
mod field;
mod personal;
mod purpose;
mod reader;
mod reading;
mod rows;
mod settings;
mod value;

pub use between::{clock, find, in_period};
pub use choices::Choices;
pub use field::{FieldKind, FormField, new_password, temporary_password};
pub use personal::{own_password, preferences, read_own_password, read_preferences, read_sign_in, sign_in};
pub use purpose::{FormSpec, Merging, Purpose};
pub use reader::Reader;
pub use rows::{Cell, Row, Rows, Taken, Texts, Whole, texts_of, texts_of_plan};
pub use settings::{default_plans, read_settings, settings};
pub use value::{people, typed_form, value};
