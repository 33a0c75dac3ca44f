//! The form of the company's settings.

use strum::IntoEnumIterator;

use super::{
    field::{FieldKind, FormField},
    purpose::{FormSpec, Purpose},
    reader::Reader,
};
use crate::{
    domain::{
        Field, PlanId, Problem, check, money,
        plans::Plan,
        settings::{Reauth, Settings, Visibility},
    },
    services::WriteRequest,
    ui::{
        Context,
        text::{InstalmentPhrase, Phrase},
    },
};

pub fn settings(ctx: &Context) -> FormSpec {
    let settings = ctx.settings();
    let visibility = |one: &Visibility| ctx.say(Phrase::Visibility(*one));
    let reauth = |one: &Reauth| ctx.say(Phrase::Reauth(*one));
    let whole = |field, number: u16| FormField::new(field, FieldKind::Whole, &number.to_string()).required();
    let fields = vec![
        FormField::line(Field::CompanyName, &settings.company_name).required(),
        FormField::line(Field::Currency, &settings.currency).required(),
        FormField::new(Field::TimeZone, FieldKind::Zone, settings.time_zone.name()).required(),
        FormField::choice(Field::Visibility, Visibility::iter(), visibility, &settings.visibility),
        FormField::switch(Field::SalesCreateContracts, settings.sales_create_contracts, ctx),
        FormField::switch(Field::SupportHandsOver, settings.support_hands_over, ctx),
        FormField::choice(Field::Reauth, Reauth::iter(), reauth, &settings.reauth),
        whole(Field::SessionMinutes, settings.session_minutes),
        whole(Field::MinPasswordLength, settings.min_password_length),
        default_plan(ctx),
    ];
    FormSpec { purpose: Purpose::Settings, version: settings.version, fields }
}

/// The default plan as it is set. The names of the plans are read later.
fn default_plan(ctx: &Context) -> FormField {
    let present = ctx.settings().default_plan;
    let mut options = default_plans(&[], ctx);
    options.extend(present.map(|id| (id.0.to_string(), "...".to_owned())));
    let present = present.map(|id| id.0.to_string()).unwrap_or_default();
    let hint = Some(Phrase::Instalment(InstalmentPhrase::DefaultMeans));
    FormField { hint, ..FormField::new(Field::DefaultPlan, FieldKind::Choice(options), &present) }
}

/// The choices of a default plan.
pub fn default_plans(plans: &[Plan], ctx: &Context) -> Vec<(String, String)> {
    let none = (String::new(), ctx.say(InstalmentPhrase::NoDefaultPlan));
    let plan = |plan: &Plan| (plan.id.0.to_string(), plan.name.clone());
    std::iter::once(none).chain(plans.iter().map(plan)).collect()
}

/// The request of that form. `version` is that of the settings that it was filled with.
pub fn read_settings(version: i32, form: &mut Reader, ctx: &Context) -> WriteRequest {
    let current = ctx.settings();
    let whole = |text: &str| u16::try_from(money::parse_whole(text)?).map_err(|_| Problem::OutOfRange(1, 480));
    WriteRequest::UpdateSettings(Settings {
        version,
        company_name: form.text(Field::CompanyName),
        currency: form.text(Field::Currency),
        time_zone: form.checked(Field::TimeZone, check::time_zone).unwrap_or(current.time_zone),
        visibility: form.choice(Field::Visibility).unwrap_or(current.visibility),
        sales_create_contracts: form.is_on(Field::SalesCreateContracts),
        support_hands_over: form.is_on(Field::SupportHandsOver),
        reauth: form.choice(Field::Reauth).unwrap_or(current.reauth),
        session_minutes: form.checked(Field::SessionMinutes, whole).unwrap_or_default(),
        min_password_length: form.checked(Field::MinPasswordLength, whole).unwrap_or_default(),
        default_plan: form.choice(Field::DefaultPlan).map(PlanId::new),
    })
}
