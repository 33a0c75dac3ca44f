//! Printed documents: that typed text stays text, and what a real browser puts on paper.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod browser;
mod samples;

use std::net::TcpListener;

use browser::{Browser, Printer};
use epic_events::{
    domain::{Cents, events::Status, language::Language, payments::Method},
    services::paper::{Content, Paper},
    ui::paper::html,
};
use proptest::prelude::*;
use samples::{bare_statement, day, event_sheet, fill, long_statement, paper, receipt, statement};

fn set(content: Content, language: Language) -> String {
    html(&paper(content), language).unwrap()
}

/// One of each document.
fn documents() -> [(&'static str, Paper); 3] {
    [
        ("event-sheet", Content::EventSheet(Box::new(event_sheet()))),
        ("statement", Content::Statement(Box::new(statement()))),
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
    let printer = Printer::new();
    for (name, mut paper) in documents() {
        for language in [Language::En, Language::Fr] {
            let page = html(&paper, language).unwrap();
            for forbidden in ["<script", "http://", "https://", "//cdn", "url(", "src=", "href=", "<link", "<iframe"] {
                assert!(!page.contains(forbidden), "{name} contains {forbidden}");
            }
            assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"));
        }
        fill(&mut paper, &format!("<img src=http://{address}/x><link rel=stylesheet href=http://{address}/y>"));
        printer.print(name, &html(&paper, Language::En).unwrap()).see("<link rel=stylesheet");
    }
    assert!(listener.accept().is_err(), "somebody was called");
}

#[test]
fn hostile_text_is_printed_as_text() {
    // Columns break a long text into lines, so what is read back is compared without spaces.
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let printer = Printer::new();
    for (name, mut paper) in documents() {
        paper.company = HOSTILE.join(" ");
        match &mut paper.content {
            Content::EventSheet(data) => data.row.event.notes = HOSTILE.join("\n"),
            Content::Statement(data) => data.client.full_name = HOSTILE.join(" "),
            Content::Receipt(data) => data.payment.reference = HOSTILE.join(" "),
        }
        let printed = printer.print(&format!("{name}-hostile"), &html(&paper, Language::En).unwrap());
        // A browser prints text from right to left in its own order.
        for text in HOSTILE.iter().filter(|text| text.is_ascii()) {
            assert!(bare(&printed.written).contains(&bare(text)), "{name}: {text}\n{}", printed.written);
        }
        assert!(printed.pages <= 2, "{name}");
        fill(&mut paper, &"very-long-".repeat(10));
        printer.print(&format!("{name}-long"), &html(&paper, Language::Fr).unwrap());
    }
}

#[test]
fn an_event_sheet_says_who_when_and_where() {
    let printer = Printer::new();
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
        let page = set(Content::EventSheet(Box::new(event_sheet())), language);
        let printed = printer.print(&format!("event-sheet-{language}"), &page);
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
    let printer = Printer::new();
    let mut data = event_sheet();
    let event = &mut data.row.event;
    (event.starts_at, event.ends_at, event.attendees) = (None, None, 0);
    (event.client_contact, event.contact_phone, event.location) = <_>::default();
    (event.notes, event.status) = (String::new(), Status::Cancelled);
    (data.support, data.client.email, data.sales_contact.phone) = <_>::default();
    data.client.company_name = String::new();
    let printed = printer.print("event-sheet-empty", &set(Content::EventSheet(Box::new(data.clone())), Language::En));
    printed.see("CANCELLED").see("When not known yet").see("Place not known yet").see("Support nobody yet");
    assert!(!printed.text.contains("Notes") && !printed.text.contains("Contact on the day"), "{}", printed.text);
    assert_eq!(printed.pages, 1);
    data.row.event.notes = "A long story about this event.\n".repeat(150);
    let printed = printer.print("event-sheet-long", &set(Content::EventSheet(Box::new(data.clone())), Language::En));
    assert!((2..=4).contains(&printed.pages), "{}", printed.pages);
    assert_eq!(printed.text.matches("A long story").count(), 150);
    let start = day(2023, 6, 4).and_hms_opt(18, 30, 0);
    data.row.event.starts_at = start;
    data.row.event.ends_at = None;
    let printed = printer.print("event-sheet-start", &set(Content::EventSheet(Box::new(data)), Language::Fr));
    printed.see("Dimanche 4 juin 2023").see("à partir de 18 h 30, fin non connue");
}

#[test]
fn a_statement_says_what_is_paid_and_due() {
    let printer = Printer::new();
    for (language, words) in [
        (
            Language::En,
            &[
                "Statement Contract no. 652",
                "Total 12,500.00 EUR",
                "Paid 6,250.00 EUR",
                "Still due 6,250.00 EUR",
                "of which overdue 2,500.00 EUR",
                "4 June 2023 John Ouick Wedding",
                "Instalment Due on Amount (EUR) Still due (EUR) State",
                "Deposit 1 March 2023 3,750.00 0.00 paid",
                "Instalment 2 5 May 2023 5,000.00 2,500.00 overdue",
                "Balance 4 June 2023 3,750.00 3,750.00 open",
                "Total 12,500.00 6,250.00",
                "2 March 2023 Bank transfer OUICK-001 3,750.00",
                "2 May 2023 Cheque OUICK-002 3,000.00",
                "9 May 2023 Refund, bank transfer OUICK-003 \u{2212}500.00",
                "Paid 6,250.00",
            ][..],
        ),
        (
            Language::Fr,
            &[
                "Relevé de compte Contrat n° 652",
                "Total 12 500,00 EUR",
                "Réglé 6 250,00 EUR",
                "Reste dû 6 250,00 EUR",
                "dont en retard 2 500,00 EUR",
                "mercredi 1er mars 2023",
                "Échéance Due le Montant (EUR) Reste dû (EUR) État",
                "Échéance 2 5 mai 2023 5 000,00 2 500,00 en retard",
                "Balance 4 juin 2023 3 750,00 3 750,00 à régler",
                "2 mai 2023 Chèque OUICK-002 3 000,00",
                "9 mai 2023 Remboursement, virement bancaire OUICK-003 \u{2212}500,00",
            ],
        ),
    ] {
        let printed =
            printer.print(&format!("statement-{language}"), &set(Content::Statement(Box::new(statement())), language));
        for text in words.iter().chain(&["John Ouick", "Ouick & Daughters", "john.ouick@gmail.com"]) {
            printed.see(text);
        }
        assert_eq!(printed.pages, 1, "{}", printed.text);
        assert!(!printed.text.contains("stays in the company"), "notes are not for clients");
        let bare = printer.print(
            &format!("statement-bare-{language}"),
            &set(Content::Statement(Box::new(bare_statement())), language),
        );
        assert_eq!(bare.pages, 1);
        assert!(!bare.words().contains("(EUR)"), "no table without rows:\n{}", bare.text);
    }
    let mut settled = bare_statement();
    settled.row.contract.due_cents = Cents(0);
    settled.earlier = Some(Cents(1_250_000));
    let printed = printer.print("statement-settled", &set(Content::Statement(Box::new(settled)), Language::En));
    printed.see("Paid in full 0.00 EUR").see("Earlier payments 12,500.00").see("Paid 12,500.00");
    let mut ended = statement();
    ended.row.contract.archived_at = Some(ended.row.contract.created_at);
    ended.events[0].event.status = Status::Cancelled;
    let printed = printer.print("statement-archived", &set(Content::Statement(Box::new(ended)), Language::En));
    printed.see("4 June 2023 John Ouick Wedding (cancelled)");
    assert!(printed.text.to_lowercase().contains("archived"), "{}", printed.text);
}

/// Sixty instalments and sixty payments: no row is cut, each page has the heads of its columns, and no heading
/// stands without a row.
#[test]
fn a_long_table_goes_on_over_the_pages() {
    let printer = Printer::new();
    for (language, heads, headings) in [
        (Language::En, ["Due on", "Paid on"], ["INSTALMENTS", "PAYMENTS"]),
        (Language::Fr, ["Due le", "Réglé le"], ["ÉCHÉANCES", "RÈGLEMENTS"]),
    ] {
        // From the one to the other the break is at another row.
        for lines in 56..=60 {
            let page = set(Content::Statement(Box::new(long_statement(lines))), language);
            let printed = printer.print(&format!("statement-{lines}-{language}"), &page);
            for number in 1..=lines {
                let label = format!("Part {number} of all ");
                let amounts = ["12,345.67", "12 345,67"][usize::from(language == Language::Fr)];
                let row = printed.text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
                let row = row.into_iter().find(|line| line.starts_with(&label)).expect(&label);
                assert!(row.contains(amounts), "{row}");
            }
            assert_eq!(printed.text.matches("OUICK-").count(), usize::try_from(lines).unwrap());
            assert!((4..=5).contains(&printed.pages), "{}", printed.pages);
            for (number, page) in printed.by_page().enumerate() {
                let lines: Vec<&str> = page.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
                assert!(heads.iter().any(|head| page.contains(head)), "no heads on page {number}:\n{page}");
                let about = ["Statement, Contract no. 652, John Ouick", "Relevé de compte, Contrat n° 652, John Ouick"];
                let foot = lines.last().unwrap().replace(' ', "");
                let counted =
                    format!("{}{}/{}", about[usize::from(language == Language::Fr)], number + 1, printed.pages);
                assert_eq!(foot, counted.replace([' ', '\u{a0}'], ""));
                for heading in headings {
                    let at = lines.iter().position(|line| *line == heading);
                    // Below it are the heads and a row.
                    assert!(at.is_none_or(|at| at + 3 < lines.len()), "{heading} ends a page:\n{page}");
                }
            }
        }
    }
}

#[test]
fn a_receipt_says_what_was_received_or_given_back() {
    let printer = Printer::new();
    let print = |name: &str, receipt, language| {
        let printed = printer.print(name, &set(Content::Receipt(Box::new(receipt)), language));
        assert_eq!(printed.pages, 1);
        assert!(!printed.text.contains("stays in the company"), "notes are not for clients");
        printed
    };
    let printed = print("receipt-en", receipt(312_500), Language::En);
    printed.see("Epic Events").see("Receipt no. 1207").see("Received from John Ouick");
    printed.see("Received on Monday 29 May 2023").see("Bank transfer").see("OUICK-001").see("no. 652");
    printed.see("Amount received 3,125.00 EUR").see("Still due as of 30 May 2023 6,250.00 EUR");
    let printed = print("receipt-fr", receipt(312_500), Language::Fr);
    printed.see("Reçu n° 1207").see("Reçu de John Ouick").see("Reçu le lundi 29 mai 2023").see("Virement bancaire");
    printed.see("Montant reçu 3 125,00 EUR").see("Reste dû au 30 mai 2023 6 250,00 EUR");
    let printed = print("refund-en", receipt(-312_500), Language::En);
    printed
        .see("Refund receipt no. 1207")
        .see("Refunded to John Ouick")
        .see("Method Bank transfer")
        .see("Amount refunded 3,125.00 EUR");
    let printed = print("refund-fr", receipt(-312_500), Language::Fr);
    printed.see("Reçu de remboursement n° 1207").see("Remboursé à John Ouick").see("Montant remboursé 3 125,00 EUR");
    let mut paid_in_full = receipt(312_500);
    paid_in_full.contract.due_cents = Cents(0);
    print("receipt-settled", paid_in_full, Language::Fr).see("Soldé au 30 mai 2023");
    let mut opening = receipt(312_500);
    opening.payment.method = Method::Opening;
    print("receipt-opening", opening, Language::En).see("Recorded on Monday 29 May 2023").see("Earlier payments");
}

/// Whoever holds the receipt of a cancelled payment reads at once that it is worth nothing.
#[test]
fn the_receipt_of_a_cancelled_payment_says_so() {
    let mut cancelled = receipt(312_500);
    cancelled.cancelled_on = Some(day(2023, 5, 30));
    cancelled.payment.cancel_reason = "A reason that stays in the company".to_owned();
    let printer = Printer::new();
    let print = |language| {
        let page = set(Content::Receipt(Box::new(cancelled.clone())), language);
        printer.print(&format!("receipt-cancelled-{language}"), &page)
    };
    let printed = print(Language::En);
    printed.see("CANCELLED ON TUESDAY 30 MAY 2023").see("This receipt is no longer valid.");
    assert!(!printed.text.contains("stays in the company"));
    print(Language::Fr).see("ANNULÉ LE MARDI 30 MAI 2023").see("Ce reçu n'est plus valable.");
}

/// The tests leave neither a process nor a file.
#[test]
fn the_browser_leaves_nothing_behind() {
    let mut browser = Browser::start();
    assert!(browser.print("<p>Hello").starts_with(b"%PDF"));
    let folder = browser.folder().to_owned();
    let needle = folder.file_name().unwrap().to_string_lossy().into_owned();
    let running = || {
        let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
        lines.filter(|line| String::from_utf8_lossy(line).contains(&needle)).count()
    };
    assert!(running() > 0);
    drop(browser);
    assert!(!folder.exists());
    assert_eq!(running(), 0);
}
