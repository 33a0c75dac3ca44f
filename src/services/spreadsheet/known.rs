//! The headings that people give to columns, in English and French.
//!
//! All are folded as [`simple`](super::headings::simple) folds a heading, and separated by `|`.

use crate::domain::Field;

/// The headings of one field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub field: Field,
    /// Whole headings, the likelier first.
    pub whole: &'static str,
    /// Words that a longer heading of this field contains: all those between two `|`.
    pub words: &'static str,
}

const fn column(field: Field, whole: &'static str, words: &'static str) -> Column {
    Column { field, whole, words }
}

/// Headings of columns that no field of their kind takes, although they contain a word of one.
pub(super) const OTHERS: &str = "paid on|paye le|payee le|regle le|payment date|date paiement|date du paiement|date reglement|date acompte|\
     date solde|tva|montant tva|vat|vat amount|tax amount";

/// The headings of the column of reasons that the program adds to rows that it has refused.
pub(super) const REASONS: &str = "why refused|motif du refus|motif refus";

const COMPANY: Column = column(
    Field::CompanyName,
    "company name|company|societe|nom societe|entreprise|nom entreprise|raison sociale|organisation|organization|\
     structure|etablissement|compagnie|firm|business|business name|enterprise|association|societe client|\
     societe du client|client company|company client|entreprise client|employeur",
    "societe|entreprise|company|raison sociale|organisation|organization",
);

const EMAIL: Column = column(
    Field::Email,
    "email|e mail|mail|courriel|mel|adresse email|adresse e mail|adresse mail|adresse courriel|\
     adresse electronique|courrier electronique|email address|e mail address|mail address|client email|\
     email client|email du client|client e mail|mail client|mail du client|courriel client|courriel du client|\
     email contact|contact email|email pro|email professionnel",
    "email|courriel|mail",
);

const PHONE: Column = column(
    Field::Phone,
    "phone|telephone|tel|phone number|telephone number|phone no|numero telephone|n telephone|no telephone|n tel|\
     no tel|numero tel|tel client|telephone client|client phone|tel fixe|telephone fixe|fixe|landline|mobile|\
     portable|tel mobile|tel portable|telephone mobile|telephone portable|mobile phone|mobile number|cell|\
     cell phone|cellulaire|gsm|natel|coordonnees telephoniques|tel contact|contact phone",
    "telephone|phone|tel|mobile|portable|gsm",
);

const NOTES: Column = column(
    Field::Notes,
    "notes|note|commentaire|commentaires|comment|comments|remarque|remarques|remark|remarks|observation|\
     observations|information|informations|info|infos|memo|details|description|divers|precisions|annotations",
    "notes|note|commentaire|commentaires|comments|remarque|remarques|observations",
);

const ARCHIVED: Column = column(
    Field::ArchivedAt,
    "archived at|archived|archived on|archive le|archivee le|archive|archives|archivee|archive date|\
     date archivage|archive depuis",
    "",
);

pub(super) const CLIENTS: [Column; 8] = [
    column(
        Field::FullName,
        "full name|fullname|nom complet|prenom nom|nom prenom|nom prenoms|first name last name|firstname lastname|\
         last name first name|first name name|client name|nom client|nom du client|customer|customer name|nom|\
         name|nom famille|last name|client|clients|nom contact|nom du contact|contact name|contact person|\
         personne contact|interlocuteur|contact client|client contact|contact",
        "nom client|nom du client|client name|customer name|nom contact|nom du contact|contact name|prenom",
    ),
    column(
        Field::CompanyName,
        "company name|company|societe|nom societe|entreprise|nom entreprise|raison sociale|organisation|\
         organization|structure|etablissement|compagnie|firm|business|business name|enterprise|association|\
         societe client|societe du client|client company|company client|entreprise client|employeur|client",
        "societe|entreprise|company|raison sociale|organisation|organization",
    ),
    EMAIL,
    PHONE,
    column(
        Field::SalesContactId,
        "sales contact|sales contact name|commercial|commerciale|sales|sales person|salesperson|sales rep|\
         sales representative|vendeur|vendeuse|charge affaires|charge clientele|charge compte|account manager|\
         responsable commercial|contact commercial|commercial referent|commercial responsable|suivi par|\
         gestionnaire|conseiller|attribue a|assigned to|owner|proprietaire|responsable|referent|contact",
        "commercial|commerciale|sales|vendeur|account manager",
    ),
    column(
        Field::LastContactAt,
        "last contact at|last contact|dernier contact|date dernier contact|date du dernier contact|\
         last contact date|last contacted|derniere relance|dernier echange|dernier appel|last call|last update|\
         contacte le|vu le|date contact|contact date|update date|date mise a jour|derniere mise a jour",
        "dernier contact|last contact",
    ),
    NOTES,
    ARCHIVED,
];

pub(super) const CONTRACTS: [Column; 10] = [
    column(
        Field::Number,
        "number|contract number|contract no|contract id|n contrat|n du contrat|no contrat|numero contrat|\
         numero du contrat|num contrat|id contrat|id du contrat|numero|contract|contrat|no|n|num|ref contrat|\
         reference contrat|reference du contrat|contract reference|contract ref|reference|ref|id|n dossier|dossier",
        "numero contrat|contract number|n contrat|no contrat",
    ),
    column(
        Field::ClientId,
        "client|clients|client name|name client|nom client|nom du client|client full name|customer|customer name|\
         full name|fullname|nom complet|prenom nom|nom prenom|first name last name|firstname lastname|\
         first name name|nom name|client information|nom|name|nom contact|nom du contact|contact name|contact",
        "nom client|nom du client|client name|customer name|prenom client",
    ),
    COMPANY,
    EMAIL,
    column(
        Field::TotalCents,
        "total|montant total ttc|montant ttc|total ttc|montant total|total amount|amount total|contract amount|\
         montant contrat|montant du contrat|contract total|total contrat|total du contrat|montant|amount|\
         prix total|prix ttc|prix|total price|price|contract value|valeur|value|montant total ht|montant ht|\
         total ht|prix ht|budget|chiffre affaires|ca",
        "montant total|total amount|total|montant|amount|prix|price",
    ),
    column(
        Field::DueCents,
        "due|du|still due|amount due|montant du|restant du|reste du|restant|reste|reste a payer|restant a payer|\
         montant restant|montant restant du|montant restant a payer|reste a regler|restant a regler|\
         reste a encaisser|solde|solde du|solde restant|solde a payer|solde a regler|balance|balance due|\
         outstanding|outstanding amount|amount outstanding|remaining|remaining amount|amount remaining|\
         remaining due|remaining balance|left to pay|a payer|impaye|impayes|unpaid",
        "restant|reste|solde|remaining|outstanding|amount due|still due|unpaid",
    ),
    column(
        Field::PaidBefore,
        "paid before|already paid|deja paye|deja regle|deja verse|deja encaisse|montant paye|montant regle|\
         montant verse|montant encaisse|amount paid|paid amount|paye|regle|verse|encaisse|percu|paid|acompte|\
         acomptes|acompte verse|acompte paye|arrhes|deposit|down payment|total paye|total paid",
        "paye|regle|verse|encaisse|paid|acompte",
    ),
    column(
        Field::SignedAt,
        "signed at|signed on|signed|signe le|signee le|signe|signee|date signature|date signe|signature date|\
         date signed|signature|date du contrat|date contrat|contract date|contract status|signe oui non|date",
        "signature|signe|signed",
    ),
    NOTES,
    ARCHIVED,
];

pub(super) const EVENTS: [Column; 14] = [
    column(
        Field::ContractId,
        "contract|contrat|contract number|contract no|contract id|n contrat|n du contrat|no contrat|\
         numero contrat|numero du contrat|num contrat|id contrat|id du contrat|ref contrat|reference contrat|\
         reference du contrat|contract reference|contract ref|dossier|n dossier|numero dossier|contrat n|\
         contrat no|contrat numero",
        "numero contrat|contract number|n contrat|no contrat|id contrat",
    ),
    column(
        Field::Title,
        "title|titre|event|evenement|event name|nom evenement|nom event|name event|evenement nom|event title|\
         titre evenement|intitule|intitule evenement|libelle|objet|subject|designation|manifestation|prestation|\
         type evenement|event type|projet|project|label|nom|name",
        "event name|event title|nom evenement|titre|title|intitule",
    ),
    column(
        Field::ClientId,
        "client|clients|client name|name client|nom client|nom du client|client full name|customer|customer name|\
         full name|fullname|nom complet|prenom nom|nom prenom|first name last name|firstname lastname|\
         first name name|nom name|nom|name",
        "nom client|nom du client|client name|customer name|prenom client",
    ),
    COMPANY,
    column(
        Field::ClientContact,
        "client contact|contact client|contact on day|contact sur place|contact jour j|contact du jour|\
         contact jour|on site contact|onsite contact|contact evenement|event contact|contact name|nom contact|\
         nom du contact|personne a contacter|personne contact|contact person|interlocuteur|personne sur place|\
         contact|referent client",
        "contact sur place|nom contact|nom du contact|contact name|contact client|client contact",
    ),
    column(
        Field::ContactPhone,
        "contact phone|phone contact|telephone contact|telephone du contact|tel contact|tel du contact|\
         contact telephone|contact number|numero contact|numero du contact|phone|telephone|tel|phone number|\
         telephone number|numero telephone|n telephone|tel client|telephone client|telephone du client|\
         client phone|mobile|portable",
        "telephone|phone|tel|mobile|portable",
    ),
    column(
        Field::StartsAt,
        "starts at|starts on|starts|start|start date|date start|start time|start date time|event date start|\
         event start date|event start|debut|date debut|date heure debut|debut evenement|date debut evenement|\
         date evenement|event date|date du|debute le|commence le|commence|from|date heure|date time|date|jour|\
         quand|when|du",
        "debut|start|starts",
    ),
    column(
        Field::EndsAt,
        "ends at|ends on|ends|end|end date|date end|end time|end date time|event date end|event end date|\
         event end|fin|date fin|date heure fin|fin evenement|date fin evenement|termine le|finit le|to|until|\
         jusqu au|date au|au",
        "fin|end|ends",
    ),
    column(
        Field::Location,
        "location|lieu|place|venue|event location|lieu evenement|adresse|adresse evenement|address|event address|\
         adresse du lieu|salle|endroit|site|ville|city|where|ou",
        "lieu|adresse|venue|location|address|salle",
    ),
    column(
        Field::Attendees,
        "attendees|participants|invites|guests|nombre invites|nb invites|nbre invites|nombre participants|\
         nb participants|nbre participants|number guests|number attendees|number participants|no guests|convives|\
         nombre convives|nb convives|couverts|nombre couverts|nb couverts|personnes|nombre personnes|nb personnes|\
         nbre personnes|nb pers|nombre pers|pax|nb pax|effectif|jauge|capacite|headcount|head count|people",
        "participants|invites|guests|attendees|convives|couverts|pax|personnes",
    ),
    column(
        Field::Status,
        "status|statut|etat|state|avancement|event status|statut evenement|etat evenement",
        "statut|status",
    ),
    column(
        Field::SupportId,
        "support|support contact|support contact name|contact support|support person|responsable support|\
         charge support|referent support|support attribue|technicien|responsable evenement|event manager|\
         charge evenement|chef projet|project manager|organisateur|organizer|suivi par|attribue a|assigned to|\
         responsable|referent",
        "support",
    ),
    NOTES,
    ARCHIVED,
];

pub(super) const PAYMENTS: [Column; 10] = [
    column(
        Field::ContractId,
        "contract|contrat|contract number|contract no|contract id|n contrat|n du contrat|no contrat|\
         numero contrat|numero du contrat|num contrat|id contrat|id du contrat|ref contrat|reference contrat|\
         reference du contrat|contract reference|contract ref|dossier|n dossier|numero dossier|contrat n|\
         contrat no|contrat numero",
        "numero contrat|contract number|n contrat|no contrat|id contrat",
    ),
    column(
        Field::ClientId,
        "client|clients|client name|name client|nom client|nom du client|client full name|customer|customer name|\
         full name|fullname|nom complet|prenom nom|nom prenom|first name last name|firstname lastname|\
         first name name|nom name|nom|name|payeur|payer|emetteur|donneur ordre",
        "nom client|nom du client|client name|customer name|prenom client",
    ),
    COMPANY,
    column(
        Field::AmountCents,
        "amount|montant|payment amount|amount paid|paid amount|amount payment|montant du paiement|\
         montant paiement|montant du reglement|montant reglement|montant paye|montant regle|montant encaisse|\
         montant verse|montant recu|amount received|somme|sum|credit|paye|regle|encaisse|verse|valeur|value|\
         montant ttc|total",
        "montant|amount|somme",
    ),
    column(
        Field::PaidOn,
        "paid on|paid at|payment date|date payment|date paid|date paiement|date du paiement|date reglement|\
         date du reglement|date versement|date du versement|date encaissement|paye le|payee le|regle le|\
         encaisse le|verse le|recu le|received on|date received|date reception|date valeur|date operation|\
         value date|date",
        "date paiement|date du paiement|payment date|date reglement|date encaissement|date versement",
    ),
    column(
        Field::Method,
        "method|payment method|method payment|means payment|payment type|mode|mode paiement|mode reglement|\
         mode du paiement|moyen|moyen paiement|moyen reglement|type paiement|type reglement|paid by|paye par|\
         regle par|type",
        "mode|moyen|method",
    ),
    column(
        Field::Reference,
        "reference|ref|payment reference|reference paiement|reference du paiement|ref paiement|\
         reference reglement|n cheque|numero cheque|numero du cheque|n du cheque|cheque number|transaction|\
         transaction id|id transaction|n transaction|invoice|invoice number|facture|n facture|numero facture|\
         libelle|label",
        "reference|ref|cheque|facture|invoice",
    ),
    NOTES,
    column(
        Field::CancelledAt,
        "cancelled at|canceled at|cancelled on|canceled on|cancelled|canceled|annule le|annulee le|annule|annulee|\
         date annulation|annulation|cancellation date",
        "annule|annulation|cancelled",
    ),
    column(
        Field::CancelReason,
        "cancel reason|cancellation reason|reason cancellation|reason|motif|motif annulation|raison|\
         raison annulation|cause",
        "motif|reason|raison",
    ),
];

pub(super) const STAFF: [Column; 7] = [
    column(
        Field::Username,
        "username|user name|login|login name|identifiant|identifiant connexion|nom utilisateur|utilisateur|user|\
         user id|compte|account|pseudo",
        "login|username|identifiant connexion",
    ),
    column(
        Field::FullName,
        "full name|fullname|nom complet|prenom nom|nom prenom|nom prenoms|first name last name|firstname lastname|\
         last name first name|first name name|employee name|employee|collaborateur|collaboratrice|\
         nom collaborateur|nom du collaborateur|employe|employee full name|nom employe|salarie|nom salarie|\
         nom du salarie|staff|staff name|personne|membre|nom|name|nom famille|last name",
        "nom collaborateur|nom du collaborateur|employee name|prenom",
    ),
    EMAIL,
    PHONE,
    column(
        Field::EmployeeNumber,
        "employee number|employee no|employee id|staff number|matricule|n matricule|numero matricule|\
         numero employe|n employe|no employe|id employe|numero salarie|numero collaborateur|numero|number|n|no",
        "matricule|employee number|numero employe",
    ),
    column(
        Field::Role,
        "role|department|departement|service|equipe|team|fonction|poste|profil|position|job|job title|metier|\
         groupe|group",
        "role|departement|department|service|equipe|fonction|poste",
    ),
    column(
        Field::Active,
        "active|actif|is active|compte actif|account active|actif inactif|actif oui non|poste|enabled|present|\
         statut|status|etat",
        "actif|active",
    ),
];
