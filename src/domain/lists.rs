//! How lists are shown: the names of their columns.

/// A column of a list. Written in snake case it is the name that the database stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum ColumnName {
    Name,
    Company,
    Phone,
    Sales,
    Email,
    LastContact,
    Updated,
    Number,
    Client,
    Total,
    Due,
    Signed,
    Created,
    Starts,
    Title,
    Support,
    Status,
    Place,
    People,
    Role,
    Username,
    LastLogin,
    When,
    Who,
    What,
    Record,
}
