//! Printed documents: that typed text stays text, and what a real browser puts on paper.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod browser;
mod samples;

use std::net::TcpListener;

use browser::print;
use epic_events::{
    domain::{events::Status, language::Language},
    services::paper::{Content, Paper},
    ui::paper::html,
};
use proptest::prelude::*;
use samples::{day, event_sheet, fill, paper, receipt, statement};

fn set(content: Content, language: Language) -> String {
    html(&paper(content), language).unwrap()
}

/// One of each document.
fn documents() -> [(&'static str, Paper); 3] {
    [
        ("event-sheet", Content::EventSheet(Box::new(event_sheet()))),
        ("statement", Content::Statement(Box::new(statement(6)))),
        ("receipt", Content::Receipt(Box::new(receipt(312_500)))),
    ]
    .map(|(name, content)| (name, paper(content)))
}

/// The tags of a page, in order.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()).collect()
}

/// Text that means something to a browser, a template, a terminal or a printer.
const HOSTILE: [&str; 8] = [
    "<script>document.title='pwned'</script>",
    "</title></style><img src=x onerror=alert(1)>",
    "[/b] {{ event.title }} {% include \"paper.html\" %} {# #} ${x}",
    "\" onload='alert(1)' &amp; &lt;b&gt; --> ]]>",
    "שלום עולם & مرحبا بالعالم",
    "日本語の会議 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 Łódź",
    "</p></td></tr></table></main></body></html>",
    "*{display:none} @import url(http://127.0.0.1/x)",
];

#[test]
fn typed_text_never_becomes_markup() {
    for (name, mut paper) in documents() {
        fill(&mut paper, "plain");
        let plain = html(&paper, Language::En).unwrap();
        for text in HOSTILE {
            fill(&mut paper, text);
            let filled = html(&paper, Language::En).unwrap();
            assert_eq!(tags(&filled), tags(&plain), "{name}: {text}");
        }
    }
}

proptest! {
    #[test]
    fn no_text_at_all_becomes_markup(text in "[<>&\"'{}%#/a-z!\\[\\] \u{202e}é-]{1,40}") {
        for (name, mut paper) in documents() {
            fill(&mut paper, "plain");
            let plain = html(&paper, Language::En).unwrap();
            fill(&mut paper, &text);
            let filled = html(&paper, Language::En).unwrap();
            prop_assert_eq!(tags(&filled), tags(&plain), "{}: {}", name, text);
        }
    }
}

/// A page asks for nothing: no address stands in it, its policy forbids everything but its own style, and a browser
/// that prints it calls nobody, whatever was typed.
#[test]
fn a_page_loads_nothing_from_elsewhere() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    for (name, mut paper) in documents() {
        for language in [Language::En, Language::Fr] {
            let page = html(&paper, language).unwrap();
            for forbidden in ["<script", "http://", "https://", "//cdn", "url(", "src=", "href=", "<link", "<iframe"] {
                assert!(!page.contains(forbidden), "{name} contains {forbidden}");
            }
            assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"));
        }
        fill(&mut paper, &format!("<img src=http://{address}/x><link rel=stylesheet href=http://{address}/y>"));
        print(name, &html(&paper, Language::En).unwrap()).see("<link rel=stylesheet");
    }
    assert!(listener.accept().is_err(), "somebody was called");
}

#[test]
fn hostile_text_is_printed_as_text() {
    // Columns break a long text into lines, so what is read back is compared without spaces.
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    for (name, mut paper) in documents() {
        paper.company = HOSTILE.join(" ");
        match &mut paper.content {
            Content::EventSheet(data) => data.row.event.notes = HOSTILE.join("\n"),
            Content::Statement(data) => data.client.full_name = HOSTILE.join(" "),
            Content::Receipt(data) => data.payment.reference = HOSTILE.join(" "),
        }
        let printed = print(&format!("{name}-hostile"), &html(&paper, Language::En).unwrap());
        // A browser prints text from right to left in its own order.
        for text in HOSTILE.iter().filter(|text| text.is_ascii()) {
            assert!(bare(&printed.written).contains(&bare(text)), "{name}: {text}\n{}", printed.written);
        }
        assert!(printed.pages <= 2, "{name}");
        fill(&mut paper, &"very-long-".repeat(10));
        print(&format!("{name}-long"), &html(&paper, Language::Fr).unwrap());
    }
}

#[test]
fn an_event_sheet_says_who_when_and_where() {
    for (language, words) in [
        (
            Language::En,
            &[
                "EVENT SHEET",
                "John Ouick Wedding",
                "Confirmed",
                "Sunday 4 June 2023, 13:00",
                "to Monday 5 June 2023, 02:00",
                "53 Rue du Château, 41120 Candé-sur-Beuvron, France",
                "Contact on the day Jacky Blangier +666 12345",
                "Made on Tuesday 30 May 2023 by Anna Moreau",
            ][..],
        ),
        (
            Language::Fr,
            &[
                "FICHE D'ÉVÉNEMENT",
                "Confirmé",
                "Dimanche 4 juin 2023 à 13 h",
                "jusqu'au lundi 5 juin 2023 à 2 h",
                "Contact sur place Jacky Blangier +666 12345",
                "Établi le mardi 30 mai 2023 par Anna Moreau",
            ],
        ),
    ] {
        let printed =
            print(&format!("event-sheet-{language}"), &set(Content::EventSheet(Box::new(event_sheet())), language));
        for text in words {
            printed.see(text);
        }
        for text in
            ["+1 234 567 8901", "john.ouick@gmail.com", "Kate Hastroff", "+33 6 12 34 56 78", "Bill Boquet", "75"]
        {
            printed.see(text);
        }
        printed.see("Kate needs to organize the DJ for after party.");
        assert_eq!(printed.pages, 1);
    }
}

/// What is not known yet is said to be so, and long notes go on over the pages.
#[test]
fn an_event_sheet_says_what_is_missing() {
    let mut data = event_sheet();
    let event = &mut data.row.event;
    (event.starts_at, event.ends_at, event.attendees) = (None, None, 0);
    (event.client_contact, event.contact_phone, event.location) = <_>::default();
    (event.notes, event.status) = (String::new(), Status::Cancelled);
    (data.support, data.client.email, data.sales_contact.phone) = <_>::default();
    data.client.company_name = String::new();
    let printed = print("event-sheet-empty", &set(Content::EventSheet(Box::new(data.clone())), Language::En));
    printed.see("CANCELLED").see("When not known yet").see("Place not known yet").see("Support nobody yet");
    assert!(!printed.text.contains("Notes") && !printed.text.contains("Contact on the day"), "{}", printed.text);
    assert_eq!(printed.pages, 1);
    data.row.event.notes = "A long story about this event.\n".repeat(150);
    let printed = print("event-sheet-long", &set(Content::EventSheet(Box::new(data.clone())), Language::En));
    assert!((2..=4).contains(&printed.pages), "{}", printed.pages);
    assert_eq!(printed.text.matches("A long story").count(), 150);
    let start = day(2023, 6, 4).and_hms_opt(18, 30, 0);
    data.row.event.starts_at = start;
    data.row.event.ends_at = None;
    let printed = print("event-sheet-start", &set(Content::EventSheet(Box::new(data)), Language::Fr));
    printed.see("Dimanche 4 juin 2023").see("à partir de 18 h 30, fin non connue");
}

#[test]
fn a_statement_says_what_is_paid_and_due() {
    for (language, words) in [
        (
            Language::En,
            &[
                "STATEMENT",
                "Contract no. 652",
                "Total 12,500.00 EUR",
                "Paid 6,250.00 EUR",
                "Still due 6,250.00 EUR",
                "4 June 2023",
            ][..],
        ),
        (
            Language::Fr,
            &[
                "RELEVÉ DE COMPTE",
                "Contrat n° 652",
                "Total 12 500,00 EUR",
                "Réglé 6 250,00 EUR",
                "Reste dû 6 250,00 EUR",
                "mercredi 1er mars 2023",
                "4 juin 2023",
            ],
        ),
    ] {
        let page = |lines| set(Content::Statement(Box::new(statement(lines))), language);
        let printed = print(&format!("statement-{language}"), &page(6));
        for text in words.iter().chain(&["John Ouick", "Ouick & Daughters", "john.ouick@gmail.com"]) {
            printed.see(text);
        }
        assert_eq!(printed.pages, 1, "{}", printed.text);
        assert!(!printed.text.contains("stays in the company"), "notes are not for clients");
        let printed = print(&format!("statement-bare-{language}"), &page(0));
        assert_eq!(printed.pages, 1);
    }
}

/// Sixty instalments and thirty payments: no row is cut, and each page has the heads of its columns.
#[test]
fn a_long_table_goes_on_over_the_pages() {
    let printed = print("statement-60", &set(Content::Statement(Box::new(statement(60))), Language::En));
    for number in 1..=60 {
        printed.see(&format!("Instalment {number} "));
    }
    assert!((3..=5).contains(&printed.pages), "{}", printed.pages);
    assert_eq!(printed.text.matches("OUICK-").count(), 30);
    let heads = printed.text.matches("Due on").count() + printed.text.matches("Paid on").count();
    assert!(heads >= printed.pages, "{heads} heads on {} pages", printed.pages);
    for page in printed.text.split('\u{c}').filter(|page| !page.trim().is_empty()) {
        let last = page.trim_end().lines().rev().find(|line| !line.contains(" / ") && !line.trim().is_empty());
        assert!(!["INSTALMENTS", "PAYMENTS"].contains(&last.unwrap_or_default().trim()), "a heading ends a page");
    }
}

#[test]
fn a_receipt_says_what_was_received_or_given_back() {
    let page = |cents, language| set(Content::Receipt(Box::new(receipt(cents))), language);
    let printed = print("receipt-en", &page(312_500, Language::En));
    printed.see("Receipt no. 1207").see("Received from John Ouick").see("Received on Monday 29 May 2023");
    printed.see("Amount received 3,125.00 EUR").see("Still due 6,250.00 EUR").see("OUICK-001").see("no. 652");
    assert_eq!(printed.pages, 1);
    let printed = print("receipt-fr", &page(-312_500, Language::Fr));
    printed.see("Remboursement n° 1207").see("Remboursé à John Ouick").see("Montant remboursé 3 125,00 EUR");
    let mut cancelled = receipt(312_500);
    cancelled.payment.cancelled = true;
    print("receipt-cancelled", &set(Content::Receipt(Box::new(cancelled)), Language::En)).see("CANCELLED");
}
