//! The rights, written by hand and not computed from the program's own table.

/// A request, and whether it is allowed for: management, sales on own records, sales on others, support on own
/// records, support on others.
pub type Row = (&'static str, [bool; 5]);
const Y: bool = true;
const N: bool = false;

#[rustfmt::skip]
pub const EXPECTED: &[Row] = &[
    ("home",                      [Y, Y, Y, Y, Y]),
    ("figures",                   [Y, Y, Y, Y, Y]),
    ("list clients",              [Y, Y, Y, Y, Y]),
    ("list contracts",            [Y, Y, Y, Y, Y]),
    ("list events",               [Y, Y, Y, Y, Y]),
    ("list staff",                [Y, Y, Y, Y, Y]),
    ("list audit",                [Y, Y, Y, Y, Y]),
    ("export contracts",          [Y, Y, Y, Y, Y]),
    ("list payments",             [Y, Y, Y, Y, Y]),
    ("export payments",           [Y, Y, Y, Y, Y]),
    ("export staff",              [Y, Y, Y, Y, Y]),
    ("print event sheet",         [Y, Y, Y, Y, Y]),
    ("print statement",           [Y, Y, Y, Y, Y]),
    ("print receipt",             [Y, Y, Y, Y, Y]),
    ("calendar",                  [Y, Y, Y, Y, Y]),
    ("view client",               [Y, Y, Y, Y, Y]),
    ("view contract",             [Y, Y, Y, Y, Y]),
    ("view event",                [Y, Y, Y, Y, Y]),
    ("view payment",              [Y, Y, Y, Y, Y]),
    ("view person",               [Y, Y, Y, Y, Y]),
    ("search",                    [Y, Y, Y, Y, Y]),
    ("pick client",               [Y, Y, Y, Y, Y]),
    ("pick person",               [Y, Y, Y, Y, Y]),
    ("read settings",             [Y, Y, Y, Y, Y]),
    ("pick contract",             [Y, Y, Y, N, N]),
    ("pick contract to pay",      [Y, Y, Y, N, N]),
    ("pick support",              [Y, N, N, N, N]),
    ("create person",             [Y, N, N, N, N]),
    ("edit person",               [Y, N, N, N, N]),
    ("deactivate person",         [Y, N, N, N, N]),
    ("reactivate person",         [Y, N, N, N, N]),
    ("reset password",            [Y, N, N, N, N]),
    ("create client for another", [Y, N, Y, N, N]),
    ("edit client",               [Y, Y, N, N, N]),
    ("hand over client",          [Y, Y, N, N, N]),
    ("archive client",            [Y, N, N, N, N]),
    ("restore client",            [Y, N, N, N, N]),
    ("create contract",           [Y, N, N, N, N]),
    ("edit contract",             [Y, Y, N, N, N]),
    ("sign contract",             [Y, Y, N, N, N]),
    ("archive contract",          [Y, N, N, N, N]),
    ("restore contract",          [Y, N, N, N, N]),
    ("record payment",            [Y, Y, N, N, N]),
    ("record payment, unsigned",  [Y, Y, N, N, N]),
    ("record refund",             [Y, Y, N, N, N]),
    ("edit payment",              [Y, Y, N, N, N]),
    ("cancel payment",            [Y, Y, N, N, N]),
    ("cancel payment of yesterday", [Y, N, N, N, N]),
    ("set instalments",           [Y, Y, N, N, N]),
    ("read plans",                [Y, Y, Y, N, N]),
    ("read followers of the default plan", [Y, N, N, N, N]),
    ("create plan",               [Y, N, N, N, N]),
    ("edit plan",                 [Y, N, N, N, N]),
    ("remove plan",               [Y, N, N, N, N]),
    ("create event",              [Y, Y, N, N, N]),
    ("edit event",                [Y, N, N, Y, N]),
    ("assign support",            [Y, N, N, N, N]),
    ("set status",                [Y, N, N, Y, N]),
    ("archive event",             [Y, N, N, N, N]),
    ("restore event",             [Y, N, N, N, N]),
    ("archive clients",           [Y, N, N, N, N]),
    ("archive contracts",         [Y, N, N, N, N]),
    ("archive events",            [Y, N, N, N, N]),
    ("restore clients",           [Y, N, N, N, N]),
    ("restore contracts",         [Y, N, N, N, N]),
    ("restore events",            [Y, N, N, N, N]),
    ("change settings",           [Y, N, N, N, N]),
    ("open file",                 [Y, N, N, N, N]),
    ("preview import",            [Y, N, N, N, N]),
    ("import",                    [Y, N, N, N, N]),
    ("save refused rows",         [Y, N, N, N, N]),
    ("list imports",              [Y, N, N, N, N]),
    ("revert import",             [Y, N, N, N, N]),
    ("read views",                [Y, Y, Y, Y, Y]),
    ("save a view",               [Y, Y, Y, Y, Y]),
    ("share a view",              [Y, N, N, N, N]),
    ("choose columns",            [Y, Y, Y, Y, Y]),
];

/// The differences under the settings that widen rights.
#[rustfmt::skip]
pub const WIDENED: &[Row] = &[
    ("create contract",           [Y, Y, N, N, N]),
    ("assign support",            [Y, N, N, Y, N]),
    ("pick support",              [Y, N, N, Y, N]),
];

/// Expectations under the restricted setting.
#[rustfmt::skip]
pub const RESTRICTED: &[Row] = &[
    ("view client",               [Y, Y, N, Y, N]),
    ("view contract",             [Y, Y, N, Y, N]),
    ("view event",                [Y, Y, N, Y, N]),
    ("view payment",              [Y, Y, N, Y, N]),
    ("print event sheet",         [Y, Y, N, Y, N]),
    ("print statement",           [Y, Y, N, Y, N]),
    ("print receipt",             [Y, Y, N, Y, N]),
    ("list clients",              [Y, Y, Y, Y, Y]),
];
