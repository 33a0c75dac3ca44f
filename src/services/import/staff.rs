//! Rows of the staff. A person is known by username, e-mail address or employee number.

use super::{
    cells::Cells,
    plan::{Begin, Edit, Planner, Step, Then, Verdict},
};
use crate::{
    domain::{
        Field, Problem,
        audit::{Auditable, Subject, Verb},
        entity::EntityKind,
        import_words, text,
        users::{User, UserDraft},
    },
    services::context::ServiceError,
    storage::{self, Db, DbError},
};

pub(super) fn plan(planner: &mut Planner, db: &mut Db, rows: Vec<Cells>) -> Result<Vec<Verdict>, ServiceError> {
    rows.into_iter().map(|cells| Ok(row(planner, db, cells)?)).collect()
}

/// Whether an import has created the account and deactivated it when it was taken back: then the account comes back
/// with the file, like other records. Nobody else becomes active unless the file says so.
fn was_taken_back(db: &mut Db, user: &User) -> Result<bool, DbError> {
    let mut last = |verb| storage::audit::last_operation(db, Subject::Entity(EntityKind::User), user.id.0, verb);
    let (Some(created), Some(deactivated)) = (last(Verb::UserCreated)?, last(Verb::UserDeactivated)?) else {
        return Ok(false);
    };
    Ok(storage::imports::reversals(db, &[&created])?.iter().any(|(_, by)| *by == deactivated))
}

fn row(planner: &mut Planner, db: &mut Db, mut cells: Cells) -> Result<Verdict, DbError> {
    let name = cells.text(Field::FullName);
    let role = cells.read(Field::Role, |said| import_words::role(said).ok_or(Problem::NotAChoice));
    let active = cells.read(Field::Active, |said| import_words::yes_or_no(said).ok_or(Problem::NotAChoice));
    let known = [Field::Username, Field::Email]
        .into_iter()
        .filter_map(|field| cells.said(field))
        .find_map(|said| planner.people.signing_in(said))
        .or_else(|| cells.said(Field::EmployeeNumber).and_then(|number| planner.people.numbered(number)))
        .cloned();
    let active = match &known {
        Some(known) if active.is_none() && !known.active && was_taken_back(db, known)? => Some(true),
        Some(_) | None => active,
    };
    let mut draft = known.as_ref().map(UserDraft::from).unwrap_or_default();
    cells.replace(Field::Username, &mut draft.username);
    cells.replace(Field::FullName, &mut draft.full_name);
    for (field, value) in [(Field::Email, &mut draft.email), (Field::EmployeeNumber, &mut draft.employee_number)] {
        if let Some(said) = cells.said(field) {
            *value = Some(said.to_owned());
        }
    }
    if cells.said(Field::Phone).is_some() {
        cells.replace_number(Field::Phone, draft.phone.get_or_insert_default());
    }
    // Somebody signs in with it.
    if known.as_ref().is_some_and(|known| text::caseless(&draft.username) != known.username) {
        cells.errors.push(Field::Username, Problem::NotByImport);
    }
    match (&known, role) {
        // Whoever changes department may have to hand over their records, which the form asks about.
        (Some(known), Some(role)) if role != known.role => cells.errors.push(Field::Role, Problem::NotByImport),
        (None, Some(role)) => draft.role = role,
        (None, None) if cells.errors.of(Field::Role).is_none() => cells.errors.push(Field::Role, Problem::Required),
        (Some(_), _) | (None, None) => {}
    }
    // Whoever leaves may have to hand over their records, which the form asks about.
    if known.as_ref().is_some_and(|known| known.active) && active == Some(false) {
        cells.errors.push(Field::Active, Problem::NotByImport);
    }
    let draft = draft.checked().map_err(|wrong| cells.errors.0.extend(wrong.0)).unwrap_or_default();
    take(planner, &mut cells, known.as_ref(), &draft);
    if !cells.errors.is_empty() {
        return Ok(Verdict::refused(cells, name));
    }
    let Some(before) = known else {
        let then = if active == Some(false) { vec![Then::Deactivate] } else { Vec::new() };
        let begin = Begin::User { draft: Box::new(draft), password: planner.password.clone() };
        return Ok(Verdict::new_record(&cells, name, Step { begin, then }));
    };
    let mut after = draft.applied_to(&before);
    let mut then = Vec::new();
    if after != before {
        then.push(Then::Update(Edit::User(Box::new(draft))));
    }
    if !before.active && active == Some(true) {
        after.active = true;
        then.push(Then::Reactivate);
    }
    let changes = before.audited_fields().changes_to(&after.audited_fields());
    let step = Step { begin: Begin::Keep(before.id.0, before.version), then };
    Ok(Verdict::known(&cells, name, changes, step))
}

/// Refuses a row about the same person as an earlier one, or with the username, address or number of another.
fn take(planner: &mut Planner, cells: &mut Cells, known: Option<&User>, draft: &UserDraft) {
    let key = known.map_or_else(|| format!("username {}", draft.username), |user| format!("user {}", user.id.0));
    planner.take(Field::Username, &key, cells);
    let others = [
        (Field::Email, draft.email.as_deref().map(text::caseless)),
        (Field::EmployeeNumber, draft.employee_number.clone()),
    ];
    for (field, value) in others.into_iter().filter_map(|(field, value)| Some((field, value?))) {
        planner.take(field, &format!("{field} {value}"), cells);
        let holder = match field {
            Field::EmployeeNumber => planner.people.numbered(&value),
            _ => planner.people.with_email(&value),
        };
        if holder.is_some_and(|holder| known.is_none_or(|known| known.id != holder.id)) {
            cells.errors.push(field, Problem::Taken);
        }
    }
}
