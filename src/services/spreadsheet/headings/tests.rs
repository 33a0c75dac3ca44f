//! Tests of matching headings, with headings of files as people write them.

use super::*;

fn parted(headings: &str) -> Vec<String> {
    headings.split('|').map(str::to_owned).collect()
}

/// The names of the fields, `-` for a column that is none.
fn named(kind: EntityKind, headings: &str) -> String {
    let fields = matched(kind, &parted(headings));
    let fields = fields.into_iter().map(|field| field.map_or_else(|| "-".to_owned(), |field| field.to_string()));
    fields.collect::<Vec<_>>().join("|")
}

#[test]
fn the_tables_are_written_as_headings_are_folded() {
    let others =
        OTHERS.split('|').chain(GIVEN_NAMES.split('|')).chain(FAMILY_NAMES.split('|')).chain(PLAIN_NAMES.split('|'));
    let columns = || KINDS.into_iter().flat_map(columns);
    for known in columns().flat_map(|column| column.whole.split('|').chain(column.words.split('|'))).chain(others) {
        assert_eq!(simple(known), known);
    }
    for column in columns() {
        let mut names: Vec<&str> = column.whole.split('|').collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }
}

#[test]
fn headings_are_folded() {
    for (heading, folded) in [
        ("Tél.", "tel"),
        ("N° de contrat", "n contrat"),
        ("Montant restant dû (€)", "montant restant du"),
        ("Montant (EUR)", "montant"),
        ("Payé le", "paye le"),
        ("Le nom de l’événement", "nom evenement"),
        ("full_name", "full name"),
        ("fullName", "full name"),
        ("  E-mail* ", "e mail"),
        ("SOCIÉTÉ", "societe"),
        ("€", ""),
    ] {
        assert_eq!(simple(heading), folded, "{heading}");
    }
}

/// The kind that is guessed, the headings of a file, and their fields.
const FILES: [(EntityKind, &str, &str); 27] = [
    // What the program exports.
    (
        EntityKind::Client,
        "full_name|company_name|email|phone|sales_contact|last_contact_at|notes|archived_at",
        "full_name|company_name|email|phone|sales_contact_id|last_contact_at|notes|archived_at",
    ),
    (
        EntityKind::Contract,
        "number|client|company_name|total|due|next_due_on|signed_at|sales_contact|notes|created_at|archived_at",
        "number|client_id|company_name|total_cents|due_cents|-|signed_at|-|notes|-|archived_at",
    ),
    (
        EntityKind::Event,
        "title|status|starts_at|ends_at|location|attendees|client_contact|contact_phone|client|company_name|contract|\
         support|sales_contact|notes|archived_at",
        "title|status|starts_at|ends_at|location|attendees|client_contact|contact_phone|client_id|company_name|\
         contract_id|support_id|-|notes|archived_at",
    ),
    (
        EntityKind::User,
        "full_name|username|role|email|phone|employee_number|active",
        "full_name|username|role|email|phone|employee_number|active",
    ),
    (
        EntityKind::Payment,
        "paid_on|amount|method|client|company_name|contract|reference|notes|cancelled_at|cancel_reason|created_at",
        "paid_on|amount_cents|method|client_id|company_name|contract_id|reference|notes|cancelled_at|cancel_reason|-",
    ),
    // Clients.
    (
        EntityKind::Client,
        "Nom|Raison sociale|Courriel|Tél.|Commercial|Dernier contact",
        "full_name|company_name|email|phone|sales_contact_id|last_contact_at",
    ),
    (EntityKind::Client, "Nom du client|Société|Mobile|Téléphone|Adresse", "full_name|company_name|-|phone|-"),
    (
        EntityKind::Client,
        "Client|Contact|E-mail|Portable|Commercial",
        "company_name|full_name|email|phone|sales_contact_id",
    ),
    (EntityKind::Client, "Contact|Entreprise|Téléphone portable (pro)|Mail", "full_name|company_name|phone|email"),
    (EntityKind::Client, "Nom|Client|Tel|Contact", "full_name|company_name|phone|sales_contact_id"),
    (
        EntityKind::Client,
        "Full Name|Email|Phone|Company Name|Date created|Last contact|Sales contact",
        "full_name|email|phone|company_name|-|last_contact_at|sales_contact_id",
    ),
    (EntityKind::Client, "Name|Phone", "full_name|phone"),
    (EntityKind::Client, "Prénom Nom|Courriel du commercial|Courriel|Tél", "full_name|sales_contact_id|email|phone"),
    // Contracts.
    (
        EntityKind::Contract,
        "N° contrat|Client|Montant|Restant dû|Date de signature",
        "number|client_id|total_cents|due_cents|signed_at",
    ),
    (
        EntityKind::Contract,
        "Réf.|Nom du client|Montant HT|Montant TTC|Montant restant à payer (€)|Signé le|Acompte",
        "number|client_id|-|total_cents|due_cents|signed_at|paid_before",
    ),
    (
        EntityKind::Contract,
        "Client|E-mail|Prix total|Déjà payé|Reste|Date|Payé le",
        "client_id|email|total_cents|paid_before|due_cents|signed_at|-",
    ),
    (
        EntityKind::Contract,
        "Contract|Client information|Sales contact|Total amount|Amount remaining|Creation date|Signed",
        "number|client_id|-|total_cents|due_cents|-|signed_at",
    ),
    // Events.
    (
        EntityKind::Event,
        "Événement|Client|Date de début|Date de fin|Lieu|Invités|Support",
        "title|client_id|starts_at|ends_at|location|attendees|support_id",
    ),
    (
        EntityKind::Event,
        "Nom|Client|Tél. du client|Date|Adresse de l'événement|Nombre d'invités|Contrat n°",
        "title|client_id|contact_phone|starts_at|location|attendees|contract_id",
    ),
    (
        EntityKind::Event,
        "Event ID|Contract ID|Client name|Client contact|Event date start|Event date end|Support contact|Location|\
         Attendees|Notes",
        "-|contract_id|client_id|client_contact|starts_at|ends_at|support_id|location|attendees|notes",
    ),
    (EntityKind::Event, "Titre|Nom|Du|Au|Où|Pax", "title|client_id|starts_at|ends_at|location|attendees"),
    // Staff.
    (
        EntityKind::User,
        "Matricule|Nom complet|Service|Adresse e-mail|Tél.|Identifiant",
        "employee_number|full_name|role|email|phone|username",
    ),
    (EntityKind::User, "Login|Name|Department|Active", "username|full_name|role|active"),
    // Payments.
    (
        EntityKind::Payment,
        "Client|Montant|Date|Mode de paiement|N° chèque",
        "client_id|amount_cents|paid_on|method|reference",
    ),
    (EntityKind::Payment, "N° contrat|Montant payé|Payé le|Moyen", "contract_id|amount_cents|paid_on|method"),
    (
        EntityKind::Payment,
        "Client|Contrat|Montant réglé|Date de règlement|Motif",
        "client_id|contract_id|amount_cents|paid_on|cancel_reason",
    ),
    (EntityKind::Payment, "Payment date|Amount|Contract number", "paid_on|amount_cents|contract_id"),
];

#[test]
fn headings_of_people_and_of_exports_are_matched() {
    let mut wrong = Vec::new();
    for (kind, headings, fields) in FILES {
        let (guessed, found) = (kind_of(&parted(headings)), named(kind, headings));
        if guessed != Some(kind) || found != fields {
            wrong.push(format!("{headings}\n  {guessed:?} {found}\n  {kind} {fields}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The headings of a given name and of a family name that were joined to one, beside a plain name.
#[test]
fn a_plain_name_beside_a_family_name_is_the_company() {
    for (kind, headings, fields) in [
        (EntityKind::Client, "Name|First name Last name|Phone", "company_name|full_name|phone"),
        (EntityKind::Client, "Nom|Prénom Nom de famille|Tél", "company_name|full_name|phone"),
        (EntityKind::Client, "Prénom Nom contact|Nom|Tél", "full_name|company_name|phone"),
        (EntityKind::Client, "Name|First name Surname|Phone", "company_name|full_name|phone"),
        (EntityKind::Client, "First name Surname|Phone", "full_name|phone"),
        (EntityKind::Client, "Name|First name Last name|Company|Phone", "-|full_name|company_name|phone"),
        (EntityKind::Contract, "Name|First name Last name|Total", "company_name|client_id|total_cents"),
        // It names the event, and no company at all.
        (EntityKind::Event, "Nom|Prénom Nom de famille|Date", "title|client_id|starts_at"),
        (EntityKind::Client, "Nom complet|Prénom|Nom|Tél", "full_name|-|-|phone"),
    ] {
        assert_eq!(named(kind, headings), fields, "{headings}");
    }
}

#[test]
fn no_field_has_two_columns() {
    assert_eq!(named(EntityKind::Client, "Téléphone|Téléphone|Tel|Mobile"), "phone|-|-|-");
    assert_eq!(named(EntityKind::Event, "Nom|Nom|Nom"), "title|client_id|-");
}

#[test]
fn what_nobody_knows_is_no_kind() {
    for headings in ["Foo|Bar|Baz", "", "Email|Foo|Bar", &"x".repeat(10_000)] {
        assert_eq!(kind_of(&parted(headings)), None);
    }
    assert_eq!(kind_of(&[]), None);
    assert_eq!(matched(EntityKind::Audit, &parted("Client")), [None]);
}

#[test]
fn every_kind_has_what_it_requires() {
    for kind in KINDS {
        assert!(required(kind).iter().all(|field| fields(kind).contains(field)), "{kind}");
        let mut fields = fields(kind).to_vec();
        fields.sort_unstable();
        assert!(fields.windows(2).all(|pair| pair[0] != pair[1]), "{fields:?}");
    }
}
