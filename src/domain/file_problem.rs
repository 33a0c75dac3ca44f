//! Why a file with data to import is not read.

/// Why nothing of a file is read. Every variant has a sentence on the screen that says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
pub enum FileProblem {
    /// There is no file of this name.
    NotFound,
    /// A folder.
    Folder,
    /// A device or a pipe.
    NotAFile,
    /// The file exists, but this user may not read it, or reading fails.
    NotReadable,
    /// There is nothing in it.
    Empty,
    /// Neither text nor a workbook in xlsx or ods.
    NotASpreadsheet,
    /// A workbook in `.xls` or `.xlsb`.
    OldWorkbook,
    /// A workbook that is encrypted with a password.
    Password,
    /// A workbook that ends too early or contradicts itself.
    Damaged,
    /// Text in an encoding that cannot be told, or with bytes that its encoding does not have.
    NotText,
    /// The file is larger than this.
    TooLarge { mebibytes: u64 },
    /// The file is small enough, but not what it contains once it is unpacked.
    TooMuch,
    /// More rows than this.
    TooManyRows(u32),
    /// More columns than this.
    TooManyColumns(u32),
    /// No row that names the columns was found.
    NoHeadings,
    /// There are headings, and no row below them.
    NoRows,
}
