//! Random keys, pastes, clicks and resizes: no panic, a way back to the home screen, and no write that the
//! rights forbid. `EPIC_EVENTS_ROUNDS` is the total number of events; a million takes some minutes with `--release`.

use std::collections::BTreeSet;

use super::desk::*;

/// A random number generator with a fixed seed, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

const LETTERS: &str = "jknexastfhpcvSuyYXL/ :?q1[GQ";
const OTHERS: [KeyCode; 22] = [
    KeyCode::Enter,
    KeyCode::Enter,
    KeyCode::Enter,
    KeyCode::Tab,
    KeyCode::BackTab,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Down,
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::Right,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Backspace,
    KeyCode::Delete,
    KeyCode::F(1),
    KeyCode::F(2),
    KeyCode::F(4),
    KeyCode::F(5),
    KeyCode::Esc,
];
const PASTES: [&str; 9] = [
    "Kevin Casey",
    "12 000,50",
    "14/08/2027 18:30",
    "tomorrow 6pm",
    "line one\r\nline two\t\u{1b}[31m",
    "\u{202e}]52;c;\u{7}",
    "e\u{301}\u{301}\u{301}👩‍👩‍👧 日本語 שלום",
    "=cmd|' /C calc'!A0",
    "a new password of 4 words",
];

/// The actions that each role may leave in the audit log, written by hand from the rights table.
fn allowed(name: &str) -> BTreeSet<&'static str> {
    let everybody = [
        "session.signed_in",
        "session.refused",
        "action.refused",
        "user.password_changed",
        "view.saved",
        "view.changed",
        "view.removed",
        "columns.saved",
    ];
    let sales = [
        "client.created",
        "client.updated",
        "client.handed_over",
        "contract.updated",
        "contract.signed",
        "event.created",
        "records.exported",
        "record.printed",
    ];
    let support = ["event.updated", "event.status_changed", "records.exported", "record.printed"];
    let mut allowed: BTreeSet<&str> = everybody.into();
    match name {
        "sales" => allowed.extend(sales),
        "support" => allowed.extend(support),
        _ => {
            allowed.extend(sales.iter().chain(&support));
            allowed.extend([
                "client.archived",
                "client.restored",
                "contract.created",
                "contract.archived",
                "contract.restored",
                "event.support_assigned",
                "event.archived",
                "event.restored",
                "user.created",
                "user.updated",
                "user.deactivated",
                "user.reactivated",
                "user.password_reset",
                "settings.updated",
            ]);
        }
    }
    allowed
}

fn one(desk: &mut Desk, dice: &mut Dice) {
    let code = match dice.roll(20) {
        0 => {
            let pasted = PASTES[dice.roll(PASTES.len())].to_owned();
            return desk.event(AppEvent::Terminal(TerminalEvent::Paste(pasted)));
        }
        1 => {
            let (width, height) = (1 + dice.roll(300), 1 + dice.roll(100));
            let size = (u16::try_from(width).unwrap(), u16::try_from(height).unwrap());
            desk.terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
            return desk.event(AppEvent::Terminal(TerminalEvent::Resize(size.0, size.1)));
        }
        2 => {
            let kinds = [MouseEventKind::Down(MouseButton::Left), MouseEventKind::ScrollDown, MouseEventKind::ScrollUp];
            let (column, row) = (u16::try_from(dice.roll(90)).unwrap(), u16::try_from(dice.roll(30)).unwrap());
            let mouse = MouseEvent { kind: kinds[dice.roll(3)], column, row, modifiers: KeyModifiers::NONE };
            return desk.event(AppEvent::Terminal(TerminalEvent::Mouse(mouse)));
        }
        3 => KeyCode::Char(char::from_u32(u32::try_from(dice.roll(0x2_ffff)).unwrap()).unwrap_or('é')),
        4..=10 => KeyCode::Char(LETTERS.chars().nth(dice.roll(LETTERS.len())).unwrap_or('e')),
        _ => OTHERS[dice.roll(OTHERS.len())],
    };
    let modifiers = match dice.roll(24) {
        0 => KeyModifiers::CONTROL,
        1 => KeyModifiers::ALT,
        2 => KeyModifiers::CONTROL | KeyModifiers::ALT,
        3 => KeyModifiers::SHIFT,
        _ => KeyModifiers::NONE,
    };
    desk.key(code, modifiers);
}

/// Goes to the home screen from anywhere, by keys that work everywhere.
fn find_home(desk: &mut Desk, name: &str) {
    desk.terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    desk.event(AppEvent::Terminal(TerminalEvent::Resize(80, 24)));
    desk.quit = false;
    for _ in 0..4 {
        desk.wait(1_000).press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Esc);
        let screen = desk.screen();
        if screen.contains("Waiting for you") || screen.contains("À faire") {
            return;
        }
        if screen.contains("Ctrl+C") {
            // Signed out: sign in again.
            desk.now.utc += chrono::TimeDelta::hours(2);
            desk.press(KeyCode::BackTab).ctrl('u').ctrl('k').write(name).press(KeyCode::Tab).ctrl('u').ctrl('k');
            desk.write(PASSWORD).press(KeyCode::Enter);
        } else if screen.contains('*') && screen.contains("Your password") || screen.contains("Votre mot de passe") {
            desk.now.utc += chrono::TimeDelta::hours(2);
            desk.ctrl('u').write(PASSWORD).press(KeyCode::Enter);
        }
        for words in ["home", "accueil"] {
            desk.ctrl('p').write(words).press(KeyCode::Enter);
            if desk.screen().contains(']') {
                desk.press(KeyCode::Right).press(KeyCode::Enter);
            }
            desk.press(KeyCode::Esc).press(KeyCode::Esc);
        }
    }
    let screen = desk.screen();
    assert!(screen.contains("Waiting for you") || screen.contains("À faire"), "no way home for {name}:\n{screen}");
}

/// The number of signed contracts, which must never decrease.
fn signed(desk: &Desk) -> usize {
    use diesel::prelude::*;
    use epic_events::schema::contracts;
    let signed = contracts::table.filter(contracts::signed_at.is_not_null()).count();
    usize::try_from(signed.get_result::<i64>(&mut desk.world.connection()).unwrap()).unwrap()
}

/// The number of events between two returns to the home screen.
const ROUND: usize = 400;

#[test]
fn random_input_causes_no_panic_and_no_forbidden_write() {
    let wanted = crate::support::rounds(6_000);
    std::thread::scope(|scope| {
        for (seed, name) in (1_u64..).zip(["manager", "sales", "support"]) {
            scope.spawn(move || {
                let mut dice = Dice(seed * 7_919);
                let (mut done, mut seen) = (0, 0);
                let mut desk = Desk::of(name, Language::En);
                desk.world.records();
                while done < wanted / 3 {
                    let (log, were_signed) = (desk.world.audit().len(), signed(&desk));
                    for _ in 0..ROUND {
                        one(&mut desk, &mut dice);
                        if dice.roll(4) == 0 {
                            assert!(!desk.screen().is_empty());
                        }
                    }
                    done += ROUND;
                    let allowed = allowed(name);
                    let written = desk.world.audit().split_off(log);
                    let forbidden: Vec<_> = written.iter().filter(|verb| !allowed.contains(verb.as_str())).collect();
                    assert!(forbidden.is_empty(), "{name} left {forbidden:?}");
                    assert!(signed(&desk) >= were_signed, "a signature was removed");
                    seen += written.len();
                    find_home(&mut desk, name);
                    // Continue with a new company from time to time, since settings or accounts may have been
                    // changed beyond use.
                    if done % (ROUND * 50) == 0 {
                        desk = Desk::of(name, Language::En);
                        desk.world.records();
                    }
                }
                println!(
                    "FIGURE 1 interface ({name}): {done} random events, {seen} rows in the audit log, none forbidden"
                );
            });
        }
    });
}
