//! What made-up companies are made of: names, titles, places, and repeatable dice.

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
/// Titles of events.
pub(super) const OCCASIONS: [&str; 8] = [
    "Wedding",
    "Annual seminar",
    "Product launch",
    "Board dinner",
    "Summer party",
    "Conference",
    "Anniversary",
    "General assembly",
];
/// Where events take place.
pub(super) const PLACES: [&str; 8] = [
    "53 Rue du Château, 41120 Candé-sur-Beuvron",
    "Salle des fêtes de Mufflins",
    "Grand Hôtel, Paris",
    "Les Docks, Marseille",
    "Palais des Congrès, Lyon",
    "Domaine de la Forêt",
    "Harbour Hall, Nantes",
    "Le Moulin, Lille",
];

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
