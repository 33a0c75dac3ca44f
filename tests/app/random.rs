//! Whatever is pressed.

use proptest::prelude::*;

use super::desk::*;

/// A key out of those that mean something, and some that do not.
fn keys() -> impl Strategy<Value = KeyEvent> {
    let plain = prop_oneof![
        5 => prop::char::any().prop_map(KeyCode::Char),
        12 => prop::sample::select("jknexastfhpvSuyL/ :?q1[".chars().collect::<Vec<_>>()).prop_map(KeyCode::Char),
        12 => prop::sample::select(vec![
            KeyCode::Enter, KeyCode::Enter, KeyCode::Tab, KeyCode::BackTab, KeyCode::Up, KeyCode::Down, KeyCode::Left,
            KeyCode::Right, KeyCode::Home, KeyCode::End, KeyCode::PageUp, KeyCode::PageDown, KeyCode::Backspace,
            KeyCode::Delete, KeyCode::F(1), KeyCode::F(5), KeyCode::Esc, KeyCode::Esc,
        ]),
    ];
    let modifiers = prop_oneof![
        12 => Just(KeyModifiers::NONE),
        1 => Just(KeyModifiers::CONTROL),
        1 => Just(KeyModifiers::ALT),
        1 => Just(KeyModifiers::CONTROL | KeyModifiers::ALT),
    ];
    (plain, modifiers).prop_map(|(code, modifiers)| KeyEvent::new(code, modifiers))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 50, ..ProptestConfig::default() })]

    /// Whatever is pressed: no panic, always a screen.
    #[test]
    fn no_keys_break_it(keys in prop::collection::vec(keys(), 250), role in 0_usize..3) {
        let name = ["manager", "sales", "support"][role];
        let mut desk = Desk::of(name, Language::En);
        desk.world.records();
        for (number, key) in keys.into_iter().enumerate() {
            desk.key(key.code, key.modifiers);
            if number % 10 == 0 {
                let (width, height) = (20 + u16::try_from(number).unwrap() % 120, 5 + u16::try_from(number).unwrap() % 40);
                desk.terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
            }
            prop_assert!(!desk.screen().trim().is_empty());
        }
        let managers = desk.world.audit().iter().filter(|verb| *verb == "user.created").count();
        prop_assert!(role == 0 || managers == 5, "only management makes accounts");
    }
}
