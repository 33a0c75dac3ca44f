//! Countries and large cities by which people look for a time zone: the list of zones names one
//! city for each, in English.

use chrono_tz::{TZ_VARIANTS, Tz};

use crate::domain::language::Language;

/// All zones: the well-known ones first, each with its country in the language of the user and with
/// the words by which it is found, in both languages; then the others, without.
pub fn zones(language: Language) -> impl Iterator<Item = (Tz, &'static str, String)> {
    let known = ZONES.iter().map(move |(zone, en, fr, cities)| {
        let country = match language {
            Language::En => *en,
            Language::Fr => *fr,
        };
        (*zone, country, format!("{en} {fr} {cities}"))
    });
    let others = TZ_VARIANTS.iter().filter(|zone| !ZONES.iter().any(|(known, ..)| known == *zone));
    known.chain(others.map(|zone| (*zone, "", String::new())))
}

/// A zone, its country in English and in French, and cities and regions that its name does not
/// contain. Of several zones of a country the first is the one that most people mean.
const ZONES: &[(Tz, &str, &str, &str)] = &[
    // Europe
    (
        Tz::Europe__Paris,
        "France",
        "France",
        "Marseille Lyon Toulouse Nice Nantes Montpellier Strasbourg Bordeaux Lille Rennes Reims Toulon Grenoble Dijon \
         Angers Nîmes Clermont-Ferrand Le Havre Saint-Étienne Tours Metz Nancy Rouen Caen Cannes Corse Corsica",
    ),
    (Tz::Europe__Zurich, "Switzerland", "Suisse", "Zürich Genève Geneva Lausanne Bâle Basel Berne Bern Lugano Schweiz"),
    (Tz::Europe__Brussels, "Belgium", "Belgique", "Bruxelles Liège Anvers Antwerp Gand Ghent Namur Charleroi Bruges"),
    (Tz::Europe__Luxembourg, "Luxembourg", "Luxembourg", ""),
    (Tz::Europe__Monaco, "Monaco", "Monaco", "Monte-Carlo"),
    (
        Tz::Europe__London,
        "United Kingdom",
        "Royaume-Uni",
        "UK GB Great Britain Grande-Bretagne England Angleterre Scotland Écosse Wales Galles Londres Manchester \
         Birmingham Liverpool Leeds Edinburgh Édimbourg Glasgow Bristol Cardiff Belfast",
    ),
    (Tz::Europe__Dublin, "Ireland", "Irlande", "Cork Galway"),
    (
        Tz::Europe__Berlin,
        "Germany",
        "Allemagne",
        "Deutschland Munich München Hamburg Hambourg Cologne Köln Frankfurt Francfort Stuttgart Düsseldorf Leipzig \
         Dresden Dresde Hanover Hanovre Nuremberg Bremen Brême",
    ),
    (Tz::Europe__Vienna, "Austria", "Autriche", "Wien Vienne Salzburg Salzbourg Graz Linz Innsbruck"),
    (
        Tz::Europe__Madrid,
        "Spain",
        "Espagne",
        "España Barcelona Barcelone Valencia Valence Sevilla Seville Bilbao Malaga",
    ),
    (Tz::Atlantic__Canary, "Spain", "Espagne", "Canaries Islands Îles Tenerife Las Palmas"),
    (Tz::Europe__Andorra, "Andorra", "Andorre", ""),
    (Tz::Europe__Lisbon, "Portugal", "Portugal", "Lisbonne Lisboa Porto Faro Braga"),
    (Tz::Atlantic__Azores, "Portugal", "Portugal", "Açores"),
    (Tz::Atlantic__Madeira, "Portugal", "Portugal", "Madère"),
    (
        Tz::Europe__Rome,
        "Italy",
        "Italie",
        "Italia Roma Milan Milano Turin Torino Naples Napoli Venice Venise Venezia Florence Firenze Bologna Bologne \
         Genoa Gênes Palermo Palerme Vatican",
    ),
    (Tz::Europe__Malta, "Malta", "Malte", "Valletta La Valette"),
    (Tz::Europe__Amsterdam, "Netherlands", "Pays-Bas", "Holland Hollande Rotterdam Hague Haye Utrecht Eindhoven"),
    (Tz::Europe__Copenhagen, "Denmark", "Danemark", "Copenhague Aarhus"),
    (Tz::Europe__Stockholm, "Sweden", "Suède", "Göteborg Gothenburg Malmö"),
    (Tz::Europe__Oslo, "Norway", "Norvège", "Bergen Trondheim"),
    (Tz::Europe__Helsinki, "Finland", "Finlande", "Tampere Turku"),
    (Tz::Atlantic__Reykjavik, "Iceland", "Islande", ""),
    (Tz::Europe__Tallinn, "Estonia", "Estonie", ""),
    (Tz::Europe__Riga, "Latvia", "Lettonie", ""),
    (Tz::Europe__Vilnius, "Lithuania", "Lituanie", "Kaunas"),
    (Tz::Europe__Warsaw, "Poland", "Pologne", "Varsovie Warszawa Krakow Cracovie Gdansk Wroclaw Poznan"),
    (Tz::Europe__Prague, "Czechia", "Tchéquie", "Czech Republic République tchèque Praha Brno"),
    (Tz::Europe__Bratislava, "Slovakia", "Slovaquie", ""),
    (Tz::Europe__Budapest, "Hungary", "Hongrie", ""),
    (Tz::Europe__Ljubljana, "Slovenia", "Slovénie", ""),
    (Tz::Europe__Zagreb, "Croatia", "Croatie", "Split Dubrovnik"),
    (Tz::Europe__Sarajevo, "Bosnia", "Bosnie", "Herzegovina Herzégovine"),
    (Tz::Europe__Belgrade, "Serbia", "Serbie", ""),
    (Tz::Europe__Podgorica, "Montenegro", "Monténégro", ""),
    (Tz::Europe__Skopje, "North Macedonia", "Macédoine du Nord", ""),
    (Tz::Europe__Tirane, "Albania", "Albanie", "Tirana"),
    (Tz::Europe__Athens, "Greece", "Grèce", "Athènes Thessaloniki Thessalonique"),
    (Tz::Asia__Nicosia, "Cyprus", "Chypre", "Nicosie Limassol"),
    (Tz::Europe__Bucharest, "Romania", "Roumanie", "Bucarest Cluj"),
    (Tz::Europe__Sofia, "Bulgaria", "Bulgarie", ""),
    (Tz::Europe__Chisinau, "Moldova", "Moldavie", ""),
    (Tz::Europe__Kyiv, "Ukraine", "Ukraine", "Kiev Lviv Odessa"),
    (Tz::Europe__Minsk, "Belarus", "Biélorussie", ""),
    (Tz::Europe__Moscow, "Russia", "Russie", "Moscou Saint Petersburg Pétersbourg"),
    (Tz::Europe__Istanbul, "Turkey", "Turquie", "Türkiye Ankara Izmir Antalya"),
    // The Americas
    (
        Tz::America__New_York,
        "United States",
        "États-Unis",
        "USA Eastern Est Washington Boston Miami Philadelphia Philadelphie Atlanta Orlando",
    ),
    (
        Tz::America__Chicago,
        "United States",
        "États-Unis",
        "USA Central Centre Houston Dallas Austin San Antonio Nashville Minneapolis New Orleans La Nouvelle-Orléans",
    ),
    (Tz::America__Denver, "United States", "États-Unis", "USA Mountain Montagnes Salt Lake City"),
    (Tz::America__Phoenix, "United States", "États-Unis", "USA Arizona"),
    (
        Tz::America__Los_Angeles,
        "United States",
        "États-Unis",
        "USA Pacific Pacifique San Francisco San Diego Seattle Las Vegas Portland California Californie",
    ),
    (Tz::America__Anchorage, "United States", "États-Unis", "USA Alaska"),
    (Tz::Pacific__Honolulu, "United States", "États-Unis", "USA Hawaii Hawaï"),
    (Tz::America__Toronto, "Canada", "Canada", "Ottawa Québec Quebec Montréal Montreal Laval Gatineau"),
    (Tz::America__Halifax, "Canada", "Canada", "Moncton"),
    (Tz::America__Winnipeg, "Canada", "Canada", ""),
    (Tz::America__Edmonton, "Canada", "Canada", "Calgary"),
    (Tz::America__Vancouver, "Canada", "Canada", "Victoria"),
    (Tz::America__St_Johns, "Canada", "Canada", "Newfoundland Terre-Neuve"),
    (Tz::America__Miquelon, "St Pierre and Miquelon", "Saint-Pierre-et-Miquelon", ""),
    (Tz::America__Guadeloupe, "Guadeloupe", "Guadeloupe", "Antilles Saint-Martin Saint-Barthélemy"),
    (Tz::America__Martinique, "Martinique", "Martinique", "Antilles"),
    (Tz::America__Cayenne, "French Guiana", "Guyane", ""),
    (Tz::America__PortauPrince, "Haiti", "Haïti", ""),
    (Tz::America__Mexico_City, "Mexico", "Mexique", "Guadalajara Monterrey"),
    (Tz::America__Sao_Paulo, "Brazil", "Brésil", "Rio de Janeiro Brasilia"),
    (Tz::America__Argentina__Buenos_Aires, "Argentina", "Argentine", ""),
    (Tz::America__Santiago, "Chile", "Chili", ""),
    (Tz::America__Bogota, "Colombia", "Colombie", "Medellin"),
    (Tz::America__Lima, "Peru", "Pérou", ""),
    (Tz::America__Montevideo, "Uruguay", "Uruguay", ""),
    (Tz::America__Caracas, "Venezuela", "Venezuela", ""),
    // Africa and the Indian Ocean
    (Tz::Africa__Casablanca, "Morocco", "Maroc", "Rabat Marrakech Marrakesh Tanger Tangier Fès"),
    (Tz::Africa__Algiers, "Algeria", "Algérie", "Alger Oran"),
    (Tz::Africa__Tunis, "Tunisia", "Tunisie", "Sfax"),
    (Tz::Africa__Cairo, "Egypt", "Égypte", "Le Caire Alexandria Alexandrie"),
    (Tz::Africa__Dakar, "Senegal", "Sénégal", ""),
    (Tz::Africa__Abidjan, "Ivory Coast", "Côte d'Ivoire", "Yamoussoukro"),
    (Tz::Africa__Bamako, "Mali", "Mali", ""),
    (Tz::Africa__Lome, "Togo", "Togo", ""),
    (Tz::Africa__PortoNovo, "Benin", "Bénin", "Cotonou"),
    (Tz::Africa__Douala, "Cameroon", "Cameroun", "Yaoundé"),
    (Tz::Africa__Libreville, "Gabon", "Gabon", ""),
    (Tz::Africa__Kinshasa, "Congo", "Congo", ""),
    (Tz::Africa__Brazzaville, "Congo", "Congo", ""),
    (Tz::Africa__Lagos, "Nigeria", "Nigeria", "Abuja"),
    (Tz::Africa__Accra, "Ghana", "Ghana", ""),
    (Tz::Africa__Nairobi, "Kenya", "Kenya", ""),
    (Tz::Africa__Johannesburg, "South Africa", "Afrique du Sud", "Cape Town Le Cap Pretoria Durban"),
    (Tz::Indian__Reunion, "Réunion", "La Réunion", "Saint-Denis"),
    (Tz::Indian__Mayotte, "Mayotte", "Mayotte", "Mamoudzou"),
    (Tz::Indian__Mauritius, "Mauritius", "Île Maurice", ""),
    (Tz::Indian__Antananarivo, "Madagascar", "Madagascar", "Tananarive"),
    // Asia and the Pacific
    (Tz::Asia__Beirut, "Lebanon", "Liban", "Beyrouth"),
    (Tz::Asia__Jerusalem, "Israel", "Israël", "Tel Aviv"),
    (Tz::Asia__Riyadh, "Saudi Arabia", "Arabie saoudite", "Riyad Jeddah Djeddah"),
    (Tz::Asia__Dubai, "United Arab Emirates", "Émirats arabes unis", "UAE EAU Abu Dhabi Abou Dabi Dubaï"),
    (Tz::Asia__Qatar, "Qatar", "Qatar", "Doha"),
    (Tz::Asia__Kolkata, "India", "Inde", "Calcutta Mumbai Bombay Delhi Bangalore Bengaluru Chennai"),
    (Tz::Asia__Karachi, "Pakistan", "Pakistan", "Lahore Islamabad"),
    (Tz::Asia__Bangkok, "Thailand", "Thaïlande", ""),
    (Tz::Asia__Ho_Chi_Minh, "Vietnam", "Viêt Nam", "Saigon Hanoi"),
    (Tz::Asia__Singapore, "Singapore", "Singapour", ""),
    (Tz::Asia__Jakarta, "Indonesia", "Indonésie", "Djakarta"),
    (Tz::Asia__Manila, "Philippines", "Philippines", "Manille"),
    (Tz::Asia__Shanghai, "China", "Chine", "Beijing Pékin Shenzhen Guangzhou Canton"),
    (Tz::Asia__Hong_Kong, "Hong Kong", "Hong Kong", ""),
    (Tz::Asia__Taipei, "Taiwan", "Taïwan", ""),
    (Tz::Asia__Seoul, "South Korea", "Corée du Sud", "Séoul Busan"),
    (Tz::Asia__Tokyo, "Japan", "Japon", "Osaka Kyoto"),
    (Tz::Australia__Sydney, "Australia", "Australie", "Canberra"),
    (Tz::Australia__Melbourne, "Australia", "Australie", ""),
    (Tz::Australia__Brisbane, "Australia", "Australie", ""),
    (Tz::Australia__Adelaide, "Australia", "Australie", ""),
    (Tz::Australia__Perth, "Australia", "Australie", ""),
    (Tz::Pacific__Auckland, "New Zealand", "Nouvelle-Zélande", "Wellington Christchurch"),
    (Tz::Pacific__Noumea, "New Caledonia", "Nouvelle-Calédonie", "Nouméa"),
    (Tz::Pacific__Tahiti, "French Polynesia", "Polynésie française", "Papeete"),
];
