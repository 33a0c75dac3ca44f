//! The staff: users, their roles, and the form for them.

use chrono::NaiveDateTime;
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::Text,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    audit::{Auditable, AuditedFields, Subject},
    check,
    entity::EntityKind,
    error::{FieldErrors, Reason},
    field::Field,
    id::UserId,
    page::{Listing, Order, SortKey, Sorted, folded, maybe},
};

/// The department of a user, which determines their rights.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    AsExpression,
    FromSqlRow,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::Display,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[diesel(sql_type = Text)]
pub enum Role {
    /// Manages users and contracts, assigns support.
    Management,
    /// Manages clients, signs contracts, creates events.
    Sales,
    /// Prepares the events that are assigned to it. The default, since it is the role with the fewest
    /// rights.
    #[default]
    Support,
}

impl<DB: Backend> FromSql<Text, DB> for Role
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(String::from_sql(bytes)?.parse()?)
    }
}

impl<DB: Backend> ToSql<Text, DB> for Role
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        let name: &'static str = self.into();
        name.to_sql(out)
    }
}

/// A user as it is stored, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::schema::users)]
pub struct User {
    pub id: UserId,
    pub version: i32,
    pub username: String,
    pub full_name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub employee_number: Option<String>,
    pub role: Role,
    pub active: bool,
    pub must_change_password: bool,
    /// UTC.
    pub last_login_at: Option<NaiveDateTime>,
    /// UTC.
    pub created_at: NaiveDateTime,
    /// UTC.
    pub updated_at: NaiveDateTime,
}

impl User {
    /// Why the user's password cannot be reset; `None` if it can. Editing, activating and resetting a
    /// password need the same permission, so the permission alone does not tell which is meant.
    pub fn forbids_password(&self) -> Option<Reason> {
        (!self.active).then_some(Reason::Inactive)
    }

    /// The names and values of a row in an exported file, in order. The names are those of the columns
    /// in the database.
    pub fn exported(&self) -> Vec<(&'static str, Value)> {
        let Self {
            id: _,
            version: _,
            username,
            full_name,
            email,
            phone,
            employee_number,
            role,
            active,
            must_change_password: _,
            last_login_at: _,
            created_at: _,
            updated_at: _,
        } = self;
        vec![
            ("full_name", json!(full_name)),
            ("username", json!(username)),
            ("role", json!(role)),
            ("email", json!(email)),
            ("phone", json!(phone)),
            ("employee_number", json!(employee_number)),
            ("active", json!(active)),
        ]
    }
}

impl Auditable for User {
    const SUBJECT: Subject = Subject::Entity(EntityKind::User);

    fn number(&self) -> i64 {
        self.id.0
    }

    fn audited_fields(&self) -> AuditedFields {
        let Self {
            id: _,
            version: _,
            username,
            full_name,
            email,
            phone,
            employee_number,
            role,
            active,
            must_change_password: _,
            last_login_at: _,
            created_at: _,
            updated_at: _,
        } = self;
        AuditedFields(vec![
            (Field::Username, json!(username)),
            (Field::FullName, json!(full_name)),
            (Field::Email, json!(email)),
            (Field::Phone, json!(phone)),
            (Field::EmployeeNumber, json!(employee_number)),
            (Field::Role, json!(role)),
            (Field::Active, json!(active)),
        ])
    }
}

/// The values of a user form.
#[derive(Debug, Clone, PartialEq, Eq, Default, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::users, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct UserDraft {
    pub username: String,
    pub full_name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub employee_number: Option<String>,
    pub role: Role,
}

impl From<&User> for UserDraft {
    fn from(user: &User) -> Self {
        let User {
            id: _,
            version: _,
            username,
            full_name,
            email,
            phone,
            employee_number,
            role,
            active: _,
            must_change_password: _,
            last_login_at: _,
            created_at: _,
            updated_at: _,
        } = user.clone();
        Self { username, full_name, email, phone, employee_number, role }
    }
}

impl UserDraft {
    /// The user with the values of the form; everything else is kept from `before`.
    pub fn applied_to(&self, before: &User) -> User {
        let Self { username, full_name, email, phone, employee_number, role } = self.clone();
        User {
            username,
            full_name,
            email,
            phone,
            employee_number,
            role,
            id: before.id,
            version: before.version,
            active: before.active,
            must_change_password: before.must_change_password,
            last_login_at: before.last_login_at,
            created_at: before.created_at,
            updated_at: before.updated_at,
        }
    }

    /// The draft with its texts normalised, or its errors.
    pub fn checked(&self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let username = errors.take(Field::Username, check::username(&self.username));
        let full_name = errors.take(Field::FullName, check::name(&self.full_name));
        let email = errors.take(Field::Email, check::optional_email(self.email.as_deref().unwrap_or("")));
        let phone = errors.take(Field::Phone, check::optional_phone(self.phone.as_deref().unwrap_or("")));
        let number = self.employee_number.as_deref().unwrap_or("");
        let number = errors.take(Field::EmployeeNumber, check::optional_employee_number(number));
        match (username, full_name, email, phone, number) {
            (Some(username), Some(full_name), Some(email), Some(phone), Some(employee_number)) => {
                Ok(Self { username, full_name, email, phone, employee_number, role: self.role })
            }
            _ => Err(errors),
        }
    }
}

/// Saved views of the staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserView {
    #[default]
    Active,
    Management,
    Sales,
    Support,
    Deactivated,
}

impl UserView {
    /// The role that the view is limited to.
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Active | Self::Deactivated => None,
            Self::Management => Some(Role::Management),
            Self::Sales => Some(Role::Sales),
            Self::Support => Some(Role::Support),
        }
    }
}

/// Selects users.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserFilter {
    pub view: UserView,
    /// Words that must all occur in the name, username, e-mail address, phone or employee number.
    pub text: String,
}

/// The columns by which users can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserSort {
    #[default]
    Name,
    Username,
    Role,
    Email,
    LastLogin,
}

impl Order for UserSort {
    fn begins_with_the_last(&self) -> bool {
        matches!(self, Self::LastLogin)
    }
}

/// A request for a page of users.
pub type UserListing = Listing<UserFilter, UserSort>;

impl Sorted<UserSort> for User {
    fn id(&self) -> i64 {
        self.id.0
    }

    fn key(&self, sort: UserSort) -> SortKey {
        match sort {
            UserSort::Name => folded(&self.full_name),
            UserSort::Username => SortKey::Text(self.username.clone()),
            UserSort::Role => SortKey::Text(self.role.to_string()),
            UserSort::Email => maybe(self.email.as_deref()),
            UserSort::LastLogin => self.last_login_at.into(),
        }
    }
}
