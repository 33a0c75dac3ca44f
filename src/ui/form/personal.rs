//! The forms that are about the user: sign-in, own password, preferences.

use strum::IntoEnumIterator;

use super::{
    field::{FieldKind, FormField, new_password},
    purpose::{FormSpec, Purpose},
    reader::Reader,
};
use crate::{
    domain::Field,
    services::{SessionRequest, WriteRequest},
    ui::{
        Context, Preferences,
        text::Phrase,
        theme::{Look, Palette},
    },
};

/// The sign-in with what was typed before as the login, or for one `user` only.
pub fn sign_in(login: &str, user: Option<&str>) -> FormSpec {
    let login = match user {
        Some(user) => FormField::new(Field::Login, FieldKind::Fixed, user),
        None => FormField::line(Field::Login, login),
    };
    let password = FormField::new(Field::Password, FieldKind::Password, "");
    FormSpec { purpose: Purpose::SignIn, version: 0, fields: vec![login, password] }
}

/// The request of that form.
pub fn read_sign_in(form: &Reader) -> SessionRequest {
    SessionRequest::SignIn { login: form.text(Field::Login), password: form.secret(Field::Password) }
}

/// `forced` while the password is a temporary one.
pub fn own_password(forced: bool) -> FormSpec {
    let mut fields = vec![FormField::new(Field::CurrentPassword, FieldKind::Password, "").required()];
    let [new, again] = new_password();
    fields.extend([FormField { called: Some(Phrase::NewPassword), ..new }, again]);
    FormSpec { purpose: Purpose::OwnPassword { forced }, version: 0, fields }
}

/// The request of that form.
pub fn read_own_password(form: &mut Reader) -> WriteRequest {
    form.same_passwords();
    WriteRequest::ChangeOwnPassword { current: form.secret(Field::CurrentPassword), new: form.secret(Field::Password) }
}

/// Language and looks, on this machine.
pub fn preferences(ctx: &Context) -> FormSpec {
    let now = ctx.preferences;
    let languages = [("en", "English"), ("fr", "Français")].map(|(code, name)| (code.to_owned(), name.to_owned()));
    let palette = |one: &Palette| ctx.say(Phrase::Palette(*one));
    let fields = vec![
        FormField::new(Field::Language, FieldKind::Choice(languages.into()), &now.language.to_string()),
        FormField::choice(Field::Palette, Palette::iter(), palette, &now.look.palette),
        FormField::switch(Field::Ascii, now.look.ascii, ctx),
        FormField::switch(Field::Accessible, now.look.accessible, ctx),
        FormField::switch(Field::Mouse, now.mouse, ctx),
    ];
    FormSpec { purpose: Purpose::Preferences, version: 0, fields }
}

/// The chosen preferences.
pub fn read_preferences(form: &Reader, ctx: &Context) -> Preferences {
    let now = ctx.preferences;
    Preferences {
        language: form.choice(Field::Language).unwrap_or(now.language),
        look: Look {
            palette: form.choice(Field::Palette).unwrap_or(now.look.palette),
            ascii: form.is_on(Field::Ascii),
            accessible: form.is_on(Field::Accessible),
        },
        mouse: form.is_on(Field::Mouse),
    }
}
