//! The words by which people look for an action in the audit log, in English and French. Whoever reads the log in either
//! language finds its rows by the words that it shows.

use strum::IntoEnumIterator;

use super::audit::Verb;

/// The actions of which a folded word is a part.
pub fn meant_by(word: &str) -> Vec<Verb> {
    Verb::iter().filter(|verb| words(*verb).contains(word)).collect()
}

/// The words that the log shows for an action, folded.
fn words(verb: Verb) -> &'static str {
    match verb {
        Verb::SignedIn => "signed in, connexion",
        Verb::SignInRefused => "sign-in refused, connexion refusee",
        Verb::Refused => "action refused, action refusee",
        Verb::UserCreated => "account created, compte cree",
        Verb::UserUpdated => "account changed, compte modifie",
        Verb::UserDeactivated => "account deactivated, compte desactive",
        Verb::UserReactivated => "account reactivated, compte reactive",
        Verb::PasswordReset => "password reset, mot de passe donne",
        Verb::PasswordChanged => "own password changed, mot de passe change",
        Verb::ClientCreated => "client created, client cree",
        Verb::ClientUpdated => "client changed, client modifie",
        Verb::ClientHandedOver => "client handed over, client confie",
        Verb::ClientArchived => "client archived, client archive",
        Verb::ClientRestored => "client restored, client restaure",
        Verb::ClientMerged => "client merged, client fusionne, fusion",
        Verb::MergeUndone => "merge undone, fusion annulee, fusion defaite",
        Verb::ContractMoved => "contract moved, contrat deplace",
        Verb::ContractCreated => "contract created, contrat cree",
        Verb::ContractUpdated => "contract changed, contrat modifie",
        Verb::InstalmentsSet => "instalments changed, echeances modifiees",
        Verb::ContractSigned => "contract signed, contrat signe",
        Verb::ContractArchived => "contract archived, contrat archive",
        Verb::ContractRestored => "contract restored, contrat restaure",
        Verb::EventCreated => "event created, evenement cree",
        Verb::EventUpdated => "event changed, evenement modifie",
        Verb::StatusChanged => "status changed, etat change",
        Verb::SupportAssigned => "support assigned, support removed, support attribue, support retire",
        Verb::EventArchived => "event archived, evenement archive",
        Verb::EventRestored => "event restored, evenement restaure",
        Verb::PaymentRecorded => "payment recorded, paiement enregistre",
        Verb::PaymentUpdated => "payment changed, paiement modifie",
        Verb::PaymentCancelled => "payment cancelled, paiement annule",
        Verb::PlanCreated => "plan created, modele cree",
        Verb::PlanUpdated => "plan changed, modele modifie",
        Verb::PlanRemoved => "plan removed, modele supprime",
        Verb::Imported => "file imported, fichier importe",
        Verb::ImportReverted => "import taken back, import defait, import annule",
        // The refused rows of a file are saved to another one under the same action.
        Verb::Exported => "list exported, refused rows saved, liste exportee, refus enregistres",
        Verb::Printed => "document printed, document imprime",
        Verb::ViewSaved => "view saved, vue enregistree",
        Verb::ViewChanged => "view changed, vue modifiee",
        Verb::ViewRemoved => "view removed, vue supprimee",
        Verb::ColumnsSaved => "columns changed, colonnes changees",
        Verb::SettingsUpdated => "settings changed, reglages changes",
    }
}
