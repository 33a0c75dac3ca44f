//! The currencies of the world.

use super::text;

/// The code of a currency, typed in any case; of the best known ones also the sign or the name, in
/// English or French. `None` if it is no currency in use.
pub fn code(typed: &str) -> Option<&'static str> {
    let folded = text::fold(typed);
    let named = NAMES.iter().find(|(_, names)| names.contains(&folded.as_str())).map(|(code, _)| *code);
    named.or_else(|| CODES.split_whitespace().find(|code| code.eq_ignore_ascii_case(&folded)))
}

/// Signs and names, folded.
const NAMES: &[(&str, &[&str])] = &[
    ("EUR", &["€", "euro", "euros"]),
    ("GBP", &["£", "pound", "pounds", "sterling", "livre", "livres", "livre sterling", "pound sterling"]),
    (
        "USD",
        &["$", "us$", "$us", "dollar", "dollars", "us dollar", "us dollars", "dollar americain", "dollars americains"],
    ),
    ("CAD", &["ca$", "$ca", "canadian dollar", "canadian dollars", "dollar canadien", "dollars canadiens"]),
    ("CHF", &["fr", "sfr", "franc suisse", "francs suisses", "swiss franc", "swiss francs"]),
    ("JPY", &["¥", "yen", "yens"]),
];

/// ISO 4217, without the codes of funds, metals and tests.
const CODES: &str = "\
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF \
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG \
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA \
    MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD \
    RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX \
    USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_known_by_its_code_its_sign_and_its_name() {
        for (typed, expected) in [
            ("EUR", "EUR"),
            (" chf ", "CHF"),
            ("xpf", "XPF"),
            ("€", "EUR"),
            ("Euros", "EUR"),
            ("£", "GBP"),
            ("Livre sterling", "GBP"),
            ("$", "USD"),
            ("dollar américain", "USD"),
            ("¥", "JPY"),
        ] {
            assert_eq!(code(typed), Some(expected), "{typed}");
        }
        for none in ["", "ABC", "XXX", "EU", "euro paris"] {
            assert_eq!(code(none), None, "{none}");
        }
        assert!(CODES.split_whitespace().all(|code| code.len() == 3));
        assert!(CODES.split_whitespace().is_sorted());
    }
}
