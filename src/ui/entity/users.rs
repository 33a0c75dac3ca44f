//! Members of the staff on the screen.

use strum::IntoEnumIterator;

use super::definition::{
    Begins, Begun, DetailPart, Entity, EntityForm, RecordDetail, Seen, columns_if, labelled, wall_time,
};
use crate::{
    domain::{
        Field, UserId,
        audit::Auditable,
        entity::{EntityKind, Record},
        lists::ColumnName as N,
        policy::Permission,
        users::{Role, User, UserDraft, UserFilter, UserSort, UserView},
    },
    services::{ReadRequest, Reply, UserDetail, WriteRequest},
    ui::{
        Context,
        form::{FieldKind, FormField, FormSpec, Purpose, Reader, temporary_password},
        keys::Command,
        text::Phrase,
        widgets::table::{Column, column},
    },
};

/// The staff.
pub struct Users;

impl Entity for Users {
    type Row = User;
    type Filter = UserFilter;
    type Sort = UserSort;
    type View = UserView;

    const COLUMNS: &'static [(Phrase<'static>, Column)] = &[
        (Phrase::ColName, column(N::Name, 16, 2, 0).sorts(0)),
        (Phrase::ColRole, column(N::Role, 11, 0, 1).sorts(2)),
        (Phrase::ColUsername, column(N::Username, 14, 1, 4).sorts(1)),
        (Phrase::ColEmail, column(N::Email, 25, 3, 2).sorts(3)),
        (Phrase::ColPhone, column(N::Phone, 17, 0, 3)),
        (Phrase::ColLastLogin, column(N::LastLogin, 16, 0, 5).sorts(4)),
    ];
    const COMMANDS: &'static [(Command, Permission, Begins<User>)] = &[
        (Command::New, Permission::ManageUsers, Begins::New),
        (Command::Edit, Permission::ManageUsers, Begins::Edit),
        (Command::Archive, Permission::ManageUsers, Begins::Archive { one: archive, several: None }),
        (Command::ResetPassword, Permission::ManageUsers, Begins::One(reset_password)),
    ];
    const FORM: Option<EntityForm<User>> = Some(EntityForm {
        new_title: Phrase::NewUser,
        edit_title: Phrase::EditUser,
        new_fields,
        edit_fields: |user, ctx| fields(Some(user), ctx),
        create: |form| {
            form.same_passwords();
            WriteRequest::CreateUser { draft: draft(form), password: form.secret(Field::Password) }
        },
        update: |Seen { id, version }, form| WriteRequest::UpdateUser {
            id: UserId::new(id),
            version,
            draft: draft(form),
            heirs: None,
        },
        set_once: &[],
        suggests: |_, _| Vec::new(),
    });
    const CHILD: Option<EntityKind> = None;
    const HAS_CALENDAR: bool = false;

    fn row(record: &Record) -> Option<&User> {
        if let Record::User(user) = record { Some(user) } else { None }
    }

    fn cells(user: &User, ctx: &Context) -> Vec<String> {
        vec![
            user.full_name.clone(),
            ctx.say(Phrase::Role(user.role)),
            user.username.clone(),
            user.email.clone().unwrap_or_default(),
            user.phone.clone().unwrap_or_default(),
            user.last_login_at.map(|utc| wall_time(utc, ctx)).unwrap_or_default(),
        ]
    }

    fn heading(user: &User, _ctx: &Context) -> String {
        user.full_name.clone()
    }

    fn facts(user: &User, ctx: &Context) -> Vec<(String, String)> {
        labelled(&user.audited_fields(), &[], ctx)
    }

    fn sort_title(sort: UserSort) -> Phrase<'static> {
        match sort {
            UserSort::Name => Phrase::ColName,
            UserSort::Username => Phrase::ColUsername,
            UserSort::Role => Phrase::ColRole,
            UserSort::Email => Phrase::ColEmail,
            UserSort::LastLogin => Phrase::ColLastLogin,
        }
    }

    fn views(_role: Role) -> &'static [(UserView, Phrase<'static>)] {
        &[
            (UserView::Active, Phrase::ViewActive),
            (UserView::Management, Phrase::Role(Role::Management)),
            (UserView::Sales, Phrase::Role(Role::Sales)),
            (UserView::Support, Phrase::Role(Role::Support)),
            (UserView::Deactivated, Phrase::ViewDeactivated),
        ]
    }

    fn fixed(filter: &UserFilter, _role: Role) -> Vec<N> {
        columns_if(&[(filter.view.role().is_some(), N::Role)])
    }

    fn filter_fields(_filter: &UserFilter, _ctx: &Context) -> Vec<FormField> {
        Vec::new()
    }

    fn read_filter(_filter: &mut UserFilter, _form: &mut Reader) {}

    fn read(id: i64) -> Option<ReadRequest> {
        Some(ReadRequest::ViewUser(UserId::new(id)))
    }

    fn detail(reply: &Reply) -> Option<RecordDetail> {
        let Reply::User(detail) = reply else { return None };
        let UserDetail { user, clients, events, history, .. } = (**detail).clone();
        let parts = [
            clients.map(|page| DetailPart::new(Phrase::PartClients, EntityKind::Client, page)),
            events.map(|page| DetailPart::new(Phrase::PartEvents, EntityKind::Event, page)),
            Some(DetailPart::new(Phrase::PartHistory, EntityKind::Audit, history)),
        ];
        Some(RecordDetail {
            notes: String::new(),
            record: user.into(),
            signed: None,
            parts: parts.into_iter().flatten().collect(),
        })
    }
}

fn fields(user: Option<&User>, ctx: &Context) -> Vec<FormField> {
    let text = |of: fn(&User) -> &str| user.map_or("", of);
    let role = user.map_or(Role::Sales, |user| user.role);
    vec![
        FormField::line(Field::Username, text(|user| &user.username)).required(),
        FormField::line(Field::FullName, text(|user| &user.full_name)).required(),
        FormField::line(Field::Email, text(|user| user.email.as_deref().unwrap_or(""))),
        FormField::line(Field::Phone, text(|user| user.phone.as_deref().unwrap_or(""))),
        FormField::line(Field::EmployeeNumber, text(|user| user.employee_number.as_deref().unwrap_or(""))),
        FormField::choice(Field::Role, Role::iter(), |role| ctx.say(Phrase::Role(*role)), &role),
    ]
}

/// The first password is a temporary one.
fn new_fields(_parent: Option<&Record>, ctx: &Context) -> Vec<FormField> {
    let mut fields = fields(None, ctx);
    fields.extend(temporary_password());
    fields
}

/// The account that a form describes.
pub fn draft(form: &Reader) -> UserDraft {
    UserDraft {
        username: form.text(Field::Username),
        full_name: form.text(Field::FullName),
        email: form.optional_text(Field::Email),
        phone: form.optional_text(Field::Phone),
        employee_number: form.optional_text(Field::EmployeeNumber),
        role: form.choice(Field::Role).unwrap_or(Role::Management),
    }
}

fn archive(Seen { id, version }: Seen, hidden: bool) -> WriteRequest {
    let id = UserId::new(id);
    if hidden {
        WriteRequest::ReactivateUser { id, version }
    } else {
        WriteRequest::DeactivateUser { id, version, heirs: None }
    }
}

fn reset_password(user: &User, _ctx: &Context) -> Begun {
    let fixed = |field, text: &str| FormField::new(field, FieldKind::Fixed, text);
    let mut fields = vec![fixed(Field::FullName, &user.full_name), fixed(Field::Username, &user.username)];
    fields.extend(temporary_password());
    Begun::Form(FormSpec { purpose: Purpose::ResetPassword(user.id), version: user.version, fields })
}

/// The request of that form.
pub fn read_reset_password(id: UserId, version: i32, form: &mut Reader) -> WriteRequest {
    form.same_passwords();
    WriteRequest::ResetPassword { id, version, password: form.secret(Field::Password) }
}
