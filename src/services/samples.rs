//! What made-up companies are made of: names, titles, places, and repeatable dice.

use crate::domain::language::Language;

/// First names.
pub(super) const FIRST: [&str; 20] = [
    "Anna", "Baptiste", "Chloé", "David", "Elif", "Fatima", "Georges", "Hanna", "Ivan", "Jeanne", "Karim", "Lucía",
    "Mehdi", "Nora", "Olivier", "Paula", "Quentin", "Rosa", "Stefan", "Yuki",
];
/// Last names.
pub(super) const LAST: [&str; 18] = [
    "Almeida", "Bernard", "Çelik", "Durand", "Eriksson", "Fischer", "Garcia", "Haddad", "Ito", "Jensen", "Kowalski",
    "Lefèvre", "Moreau", "Nguyen", "O'Brien", "Petit", "Rossi", "Schäfer",
];
/// Names of companies.
pub(super) const COMPANIES: [&str; 16] = [
    "Atelier Nord",
    "Banque du Fleuve",
    "Cinéma Lumière",
    "Delta Freight",
    "École des Arts",
    "Fonderie Royale",
    "Green Harbour",
    "Hôtel Bellevue",
    "Imprimerie Centrale",
    "Jardins d'Orsay",
    "Kestrel Labs",
    "Librairie du Pont",
    "Maison Verdier",
    "Nova Health",
    "Opéra de Lyon",
    "Pêcheries Réunies",
];
/// What depends on the language of the demo.
pub(super) struct Samples {
    pub company: &'static str,
    /// Titles of events.
    pub occasions: [&'static str; 8],
    /// Where events take place.
    pub places: [&'static str; 8],
    /// Notes of events.
    pub notes: [&'static str; 4],
    /// The titles of the two events in the company's own papers, and the notes of the first.
    pub wedding: &'static str,
    pub wedding_notes: &'static str,
    pub assembly: &'static str,
    /// The parts in which contracts are paid: a deposit, before the event, the rest.
    pub parts: [&'static str; 3],
    /// Why a payment was cancelled.
    pub mistaken: &'static str,
}

pub(super) fn samples(language: Language) -> &'static Samples {
    match language {
        Language::En => &ENGLISH,
        Language::Fr => &FRENCH,
    }
}

static ENGLISH: Samples = Samples {
    company: "Epic Events (demo)",
    occasions: [
        "Wedding",
        "Annual seminar",
        "Product launch",
        "Board dinner",
        "Summer party",
        "Conference",
        "Anniversary",
        "General assembly",
    ],
    places: [
        "53 Rue du Château, 41120 Candé-sur-Beuvron",
        "Salle des fêtes de Mufflins",
        "Grand Hôtel, Paris",
        "Les Docks, Marseille",
        "Palais des Congrès, Lyon",
        "Domaine de la Forêt",
        "Harbour Hall, Nantes",
        "Le Moulin, Lille",
    ],
    notes: ["", "Vegetarian menu for a third of the guests.", "Ask for the stage plan.", ""],
    wedding: "John Ouick Wedding",
    wedding_notes: "Wedding starts at 3PM, by the river. Catering is organized, reception starts at 5PM. \
                    Kate needs to organize the DJ for after party.",
    assembly: "Lou Bouzin General Assembly",
    parts: ["Deposit", "Second instalment", "Balance"],
    mistaken: "Recorded twice",
};

static FRENCH: Samples = Samples {
    company: "Epic Events (démo)",
    occasions: [
        "Mariage",
        "Séminaire annuel",
        "Lancement de produit",
        "Dîner du conseil",
        "Fête d'été",
        "Conférence",
        "Anniversaire",
        "Assemblée générale",
    ],
    places: [
        "53 Rue du Château, 41120 Candé-sur-Beuvron",
        "Salle des fêtes de Mufflins",
        "Grand Hôtel, Paris",
        "Les Docks, Marseille",
        "Palais des Congrès, Lyon",
        "Domaine de la Forêt",
        "Salle du Port, Nantes",
        "Le Moulin, Lille",
    ],
    notes: ["", "Menu végétarien pour un tiers des invités.", "Demander le plan de scène.", ""],
    wedding: "Mariage de John Ouick",
    wedding_notes: "La cérémonie commence à 15 h, au bord de la rivière. Le traiteur est réservé, la réception \
                    commence à 17 h. Kate doit trouver un DJ pour la fin de soirée.",
    assembly: "Assemblée générale de Lou Bouzin",
    parts: ["Acompte", "Deuxième échéance", "Solde"],
    mistaken: "Enregistré deux fois",
};

/// A pseudo-random number generator; the same seed gives the same numbers.
pub(super) struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }
}
