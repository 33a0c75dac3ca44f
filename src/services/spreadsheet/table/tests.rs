//! Tests of finding the table in a sheet.

use super::*;

/// The table of a sheet whose rows are separated by `/` and its cells by `|`, as one text: the number of
/// the row with the headings, the headings, the rows with their numbers, and how many were left out.
fn found(sheet: &str) -> String {
    let mut grid = Grid::default();
    for (row, cells) in (0..).zip(sheet.split('/')) {
        for (column, cell) in (0..).zip(cells.split('|')) {
            grid.put(row, column, cell).unwrap();
        }
    }
    match of(grid).unwrap() {
        None => "nothing".to_owned(),
        Some(Err(problem)) => problem.to_string(),
        Some(Ok(table)) => {
            let rows: Vec<String> =
                table.rows.iter().map(|row| format!("/{}:{}", row.number, row.cells.join("|"))).collect();
            format!("{}:{}{} -{}", table.heading_row, table.headings.join("|"), rows.concat(), table.left_out)
        }
    }
}

#[test]
fn the_headings_are_found_below_titles() {
    for (sheet, table) in [
        ("Nom|Tél/A|1", "1:Nom|Tél/2:A|1 -0"),
        ("Liste des clients//Au 1er mai|par Anna/Nom|Tél/A|1", "4:Nom|Tél/5:A|1 -0"),
        // Nothing is known, so the first row with two words names the columns.
        ("Liste/Foo|Bar/a|b", "2:Foo|Bar/3:a|b -0"),
        ("2021|2022/Foo|Bar/a|b", "2:Foo|Bar/3:a|b -0"),
        // Words of a record are known as headings too, but they are few of it.
        (
            "Foo|Bar|Baz|Qux|Quux|Corge|Grault/a|Support|Commercial|b|c|d|e",
            "1:Foo|Bar|Baz|Qux|Quux|Corge|Grault/2:a|Support|Commercial|b|c|d|e -0",
        ),
        ("|Nom||Tél|/|A||1|", "1:Nom|Tél/2:A|1 -0"),
        ("Nom||Tél/A|x|1", "1:Nom||Tél/2:A|x|1 -0"),
        ("Nom|Tél", "1:Nom|Tél -0"),
        ("alone/a/b", "NoHeadings"),
        ("1|2/3|4", "NoHeadings"),
        (" /", "nothing"),
    ] {
        assert_eq!(found(sheet), table, "{sheet}");
    }
}

#[test]
fn rows_that_are_no_records_are_left_out() {
    for (sheet, table) in [
        ("Nom|Tél/A|1//|/B|2///", "1:Nom|Tél/2:A|1/5:B|2 -2"),
        ("Nom|Tél/A|1/Nom|Tél/B|2", "1:Nom|Tél/2:A|1/4:B|2 -1"),
        ("Client|Montant|Date/A|1500|x//Total :|1 500,00 €|", "1:Client|Montant|Date/2:A|1500|x -2"),
        ("Client|Montant|Part/A|1|60%/B|2|40%/Total|3|100%", "1:Client|Montant|Part/2:A|1|60%/3:B|2|40% -1"),
        (
            "N°|Client|Montant/1|A|12 000,50 €/2|B|€ 1 000/|TOTAL|13 000,50 EUR",
            "1:N°|Client|Montant/2:1|A|12 000,50 €/3:2|B|€ 1 000 -1",
        ),
        ("Client||Montant/A|x|12 000,50 €/TOTAL||12 000,50 €", "1:Client||Montant/2:A|x|12 000,50 € -1"),
        // Half a cent is lost in each value that is shown with two decimals.
        ("Client|Montant/A|0.33/B|0.33/C|0.33/Total|1", "1:Client|Montant/2:A|0.33/3:B|0.33/4:C|0.33 -1"),
        ("Client|Montant/A|4800.33333333333/B|0.1/Total|4800.43", "1:Client|Montant/2:A|4800.33333333333/3:B|0.1 -1"),
        // How many rows there are, a label alone, and a sum that no program has computed yet.
        ("Client|Montant/A|10/B|20/Total|2", "1:Client|Montant/2:A|10/3:B|20 -1"),
        ("Client|Montant/A|10/Total|", "1:Client|Montant/2:A|10 -1"),
        ("Client|Montant/A|10/Total|=SUM(B2:B2)", "1:Client|Montant/2:A|10 -1"),
        // Several at the end, and subtotals that the last total does not count again.
        ("Client|Montant/A|10/B|20/Subtotal|30/Total|30", "1:Client|Montant/2:A|10/3:B|20 -2"),
        (
            "Client|Montant/A|10/Sous-total|10/B|20/Sous-total|20/Total|30",
            "1:Client|Montant/2:A|10/3:Sous-total|10/4:B|20/5:Sous-total|20 -1",
        ),
        // A client of this name, and a total between records.
        ("Client|Montant|Date|Notes/Total|12|x|y", "1:Client|Montant|Date|Notes/2:Total|12|x|y -0"),
        ("Client|Tél/Total|01 23 45 67 89", "1:Client|Tél/2:Total|01 23 45 67 89 -0"),
        ("Client|Tél/Total|+33 1", "1:Client|Tél/2:Total|+33 1 -0"),
        ("Client|Montant/Person 2|100/Total|250000", "1:Client|Montant/2:Person 2|100/3:Total|250000 -0"),
        ("Client|Montant/B|100/Total|250/Total|350", "1:Client|Montant/2:B|100/3:Total|250 -1"),
        ("Client|Montant|Payé/B|100|10/Total|100|11.5", "1:Client|Montant|Payé/2:B|100|10/3:Total|100|11.5 -0"),
        ("Client|Montant|Date/B|100|x/Total|100|y", "1:Client|Montant|Date/2:B|100|x/3:Total|100|y -0"),
        ("Client|Montant/A|10/B|30/Moyenne|20", "1:Client|Montant/2:A|10/3:B|30/4:Moyenne|20 -0"),
        ("Client|Montant|Date/Total|12|/B|1|x", "1:Client|Montant|Date/2:Total|12|/3:B|1|x -0"),
    ] {
        assert_eq!(found(sheet), table, "{sheet}");
    }
}

#[test]
fn a_name_in_two_columns_becomes_one() {
    for (sheet, table) in [
        ("Nom|Prénom|Tél/Dupont|Jean|1/Roux||2", "1:Prénom Nom|Tél/2:Jean Dupont|1/3:Roux|2 -0"),
        ("Tél|First name|Last name/1|Jean|Dupont", "1:Tél|First name Last name/2:1|Jean Dupont -0"),
        // The family name is not the plain one, which is that of the company.
        ("Name|First name|Last name/Acme|Kevin|Casey", "1:Name|First name Last name/2:Acme|Kevin Casey -0"),
        ("Nom contact|Nom|Prénom/Dupont|Acme|Jean", "1:Prénom Nom contact|Nom/2:Jean Dupont|Acme -0"),
        ("Nom complet|Prénom|Nom/Jean Dupont|Jean|Dupont", "1:Nom complet|Prénom|Nom/2:Jean Dupont|Jean|Dupont -0"),
    ] {
        assert_eq!(found(sheet), table, "{sheet}");
    }
}

#[test]
fn the_escape_of_exports_is_taken_away() {
    assert_eq!(found("Nom|Tél/'=1+1|'+33 1/'t Hooft|''=x"), "1:Nom|Tél/2:=1+1|+33 1/3:'t Hooft|'=x -0");
}
