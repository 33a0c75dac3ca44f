//! What is said about instalments and plans.

use crate::{domain::instalments::Standing, services::HomeLine};

/// What is said about instalments and plans. Amounts in words have their currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstalmentPhrase<'a> {
    /// The form for the instalments of the contract with this number.
    Of(i64),
    NewPlan,
    EditPlan,
    /// The screen of the plans.
    Plans,
    /// Above the rows of a contract.
    TotalAndPaid {
        contract: &'a str,
        total: &'a str,
        paid: &'a str,
    },
    /// The rows are those of the default plan.
    FollowsDefault(&'a str),
    /// The rows are those of the only plan, and nothing is saved yet.
    FilledIn(&'a str),
    /// Nothing is agreed, and there is no default plan.
    NothingAgreed,
    /// Below the rows: what they sum to, and what is missing to the whole, or is too much.
    Sum {
        sum: &'a str,
        missing: Option<&'a str>,
        too_much: Option<&'a str>,
    },
    RowOf {
        at: usize,
        of: usize,
    },
    HintLabel,
    HintAmount,
    HintShare,
    HintDue,
    HintPlanDue,
    /// What a due day means: the day in words, and whether it is over.
    FallsDue {
        day: &'a str,
        past: bool,
    },
    /// What is typed as a part of a total comes to.
    Makes {
        amount: &'a str,
        share: &'a str,
    },
    /// Its day is not known yet, because the contract is not signed or has no event with a date.
    NotSignedYet,
    NoEventYet,
    ColDay,
    DayUnknown,
    /// The menu of the plans, and the same where typed rows would be replaced.
    ChoosePlan,
    ReplaceByPlan,
    /// There are no plans, and whether the user may make one.
    NoPlans {
        may_manage: bool,
    },
    PlanTaken(&'a str),
    StillReading,
    /// Somebody has saved other rows meanwhile.
    Theirs {
        name: &'a str,
        rows: &'a str,
    },
    /// Somebody has changed the total meanwhile.
    TotalChanged {
        name: &'a str,
        total: &'a str,
    },
    /// One row in a line.
    Row {
        label: &'a str,
        part: &'a str,
        due: &'a str,
    },
    NoRows,
    ColPlan,
    ColParts,
    IsDefault,
    /// What an empty list of plans says.
    NoPlansYet,
    PlansMean,
    /// The plan that is given as an example, and the names of its three parts.
    ExampleName,
    ExampleLabel(usize),
    CreateExample,
    RemovePlan(&'a str),
    /// The question before the parts of the default plan are changed.
    ChangeDefault(&'a str),
    MakeDefault(&'a str),
    MakeNoDefault,
    MakeDefaultKey,
    MakeNoDefaultKey,
    /// The question before all rows of a contract are removed, and what follows from it.
    RemoveRows(i64),
    RemoveRowsMean {
        plan: Option<&'a str>,
    },
    /// The amount of an instalment after it has taken the difference of a total.
    InstalmentNow {
        label: &'a str,
        amount: &'a str,
    },
    RemovePlanMeans,
    NoDefaultPlan,
    /// Below the default plan in the settings.
    DefaultMeans,
    /// What is open of the contracts of a line of the home screen.
    Waits {
        line: HomeLine,
        amount: &'a str,
    },
    /// The part of the details.
    Part,
    /// What the instalments of a contract sum to, whether they follow the default plan, and how much is
    /// overdue since when.
    Caption {
        sum: &'a str,
        by_plan: bool,
        overdue: Option<(&'a str, &'a str)>,
    },
    ColState,
    /// How an instalment stands, and how much of it is open.
    Stands {
        standing: Standing,
        open: &'a str,
        day: &'a str,
    },
    /// Below the amount of a new payment: the instalment that it pays.
    Pays {
        label: &'a str,
        position: i32,
        due: &'a str,
    },
    PaysAllDue,
    DueOn(&'a str),
    /// When the next instalment falls due, after a payment.
    NextDue {
        amount: &'a str,
        day: &'a str,
        overdue: bool,
    },
    /// Somebody has changed the instalments meanwhile, so nobody knows where the difference is to go.
    ChooseAgain {
        name: &'a str,
    },
    /// So many instalments.
    Count(usize),
    /// The place of an instalment without a label.
    Numbered(i32),
}
