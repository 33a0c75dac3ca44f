"""Makes spreadsheets for the tests in the folder that is named, as LibreOffice saves them.

Each table is written once in LibreOffice's own format for version control, as CSV or as HTML, and LibreOffice
saves it as ods, xlsx and CSV.
"""

import datetime
import os
import subprocess
import sys
from xml.sax.saxutils import escape, quoteattr

FOLDER = sys.argv[1]
SOURCES = os.path.join(FOLDER, "sources")
os.mkdir(SOURCES)

# --- The format for version control -----------------------------------------------------------

NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}"'
    for prefix, name in [
        ("office", "office:1.0"),
        ("table", "table:1.0"),
        ("text", "text:1.0"),
        ("style", "style:1.0"),
        ("number", "datastyle:1.0"),
        ("of", "of:1.2"),
        ("draw", "drawing:1.0"),
        ("svg", "svg-compatible:1.0"),
    ]
)
NAMESPACES += ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
FRENCH = 'number:language="fr" number:country="FR"'
AMERICAN = 'number:language="en" number:country="US"'
TWO = '<number:number number:decimal-places="2" number:min-decimal-places="2" number:min-integer-digits="1" number:grouping="true"/>'


def parts(template):
    """Elements of a format of dates and times: `D/M/Y h:m`."""
    long = 'number:style="long"'
    elements = {
        "D": f"<number:day {long}/>",
        "M": f"<number:month {long}/>",
        "N": f'<number:month {long} number:textual="true"/>',
        "Y": f"<number:year {long}/>",
        "y": "<number:year/>",
        "h": f"<number:hours {long}/>",
        "m": f"<number:minutes {long}/>",
        "s": f"<number:seconds {long}/>",
        "p": "<number:am-pm/>",
    }
    return "".join(elements.get(part) or f"<number:text>{part}</number:text>" for part in template)


def digits(least, gaps=()):
    """A whole number with blanks before as many of its digits as `gaps` says."""
    blanks = "".join(f'<number:embedded-text number:position="{gap}"> </number:embedded-text>' for gap in gaps)
    return f'<number:number number:decimal-places="0" number:min-integer-digits="{least}">{blanks}</number:number>'


# The formats of cells by their names: element, attributes, content.
FORMATS = {
    "euro": ("currency", FRENCH, f"{TWO}<number:text> </number:text><number:currency-symbol {FRENCH}>€</number:currency-symbol>"),
    "dollar": ("currency", AMERICAN, f"<number:currency-symbol {AMERICAN}>$</number:currency-symbol>{TWO}"),
    "french": ("number", FRENCH, TWO),
    "whole": ("number", FRENCH, digits(1)),
    "percent": ("percentage", FRENCH, f"{digits(1)}<number:text> %</number:text>"),
    "postcode": ("number", FRENCH, digits(5)),
    "phone": ("number", FRENCH, digits(10, (8, 6, 4, 2))),
    "abroad": ("number", FRENCH, f"<number:text>+</number:text>{digits(11)}"),
    "day": ("date", FRENCH, parts("D/M/Y")),
    "long day": ("date", FRENCH, parts("D N Y")),
    "american day": ("date", AMERICAN, parts("M/D/y")),
    "moment": ("date", FRENCH, parts("D/M/Y h:m")),
    "american moment": ("date", AMERICAN, parts("M/D/y h:m p")),
    "seconds": ("date", FRENCH, parts("D/M/Y h:m:s")),
    "time": ("time", FRENCH, parts("h:m")),
    "bool": ("boolean", FRENCH, "<number:boolean/>"),
    "duration": ("time", f'{FRENCH} number:truncate-on-overflow="false"', parts("h:m")),
}


def styles():
    found = []
    for name, (kind, attributes, content) in FORMATS.items():
        name = name.replace(" ", "-")
        found.append(f'<number:{kind}-style style:name="N{name}" {attributes}>{content}</number:{kind}-style>')
        found.append(f'<style:style style:name="{name}" style:family="table-cell" style:data-style-name="N{name}"/>')
    found.append('<style:style style:name="shown" style:family="table"><style:table-properties table:display="true"/></style:style>')
    found.append('<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/></style:style>')
    return "".join(found)


class Formula(str):
    """A formula that LibreOffice has to compute."""


class Raw(str):
    """The XML of a cell."""


def iso(span):
    seconds = int(span.total_seconds())
    return f"PT{seconds // 3600:02}H{seconds // 60 % 60:02}M{seconds % 60:02}S"


def cell(content, more=""):
    """The XML of a cell: of a value, or of a value and the name of its format."""
    value, name = content if isinstance(content, tuple) else (content, None)
    if isinstance(value, Raw):
        return value
    style = f' table:style-name="{name.replace(" ", "-")}"' if name else ""
    kind = {"euro": "currency", "dollar": "currency", "percent": "percentage"}.get(name, "float")
    begin = f"<table:table-cell{style}{more}"
    match value:
        case None:
            return f"{begin}/>"
        case Formula():
            return f"{begin} table:formula={quoteattr(value)}/>"
        case str():
            lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n"))
            return f'{begin} office:value-type="string">{lines}</table:table-cell>'
        case bool():
            return f'<table:table-cell table:style-name="bool"{more} office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
        case int() | float():
            return f'{begin} office:value-type="{kind}" office:value="{value!r}"/>'
        case datetime.date():
            name = name or ("moment" if isinstance(value, datetime.datetime) else "day")
            return f'<table:table-cell table:style-name="{name.replace(" ", "-")}"{more} office:value-type="date" office:date-value="{value.isoformat()}"/>'
        case datetime.timedelta():
            return f'{begin} office:value-type="time" office:time-value="{iso(value)}"/>'


def row(*contents, more=""):
    return f"<table:table-row{more}>{''.join(cell(content) for content in contents)}</table:table-row>"


def table(name, *rows, style="shown", columns="<table:table-column/>"):
    return f'<table:table table:name={quoteattr(name)} table:style-name="{style}">{columns}{"".join(rows)}</table:table>'


def source(name, *tables, settings=""):
    with open(os.path.join(SOURCES, f"{name}.fods"), "w") as file:
        file.write(
            f'<?xml version="1.0" encoding="UTF-8"?><office:document {NAMESPACES} office:version="1.3" '
            'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
            f"<office:automatic-styles>{styles()}</office:automatic-styles>"
            f"<office:body><office:spreadsheet>{settings}{''.join(tables)}</office:spreadsheet></office:body></office:document>"
        )


def plain(name, content, encoding="utf-8"):
    with open(os.path.join(SOURCES, name), "w", encoding=encoding, newline="") as file:
        file.write(content)


EMPTY = row(None)
DAY, MOMENT, HOURS = datetime.date, datetime.datetime, datetime.timedelta
REPEATED_ROWS, REPEATED_COLUMNS = ' table:number-rows-repeated="{}"', ' table:number-columns-repeated="{}"'

# --- The tables -------------------------------------------------------------------------------

source(
    "clients",
    table(
        "Clients 2023",
        row("Nos clients au 1er mai 2023"),
        EMPTY,
        row("Nom complet", "Société", "Courriel", "Téléphone", "Code postal", "Premier contact", "Actif", "Notes"),
        row("Kevin Casey", "Cool Startup LLC", "kevin@startup.io", "+678 123 456 78", (1000, "postcode"), (DAY(2021, 4, 18), "long day"), True, "Bon client ;\n\"à suivre\", dit-il"),
        EMPTY,
        row("Aliénor Vichum", "L’Été & Fils", None, (612345678, "phone"), (41120, "postcode"), DAY(2023, 12, 31), False, "  deux  blancs"),
        row("Jean Œuf", None, "jean@example.com", 612345678, None, None, None, "10 €"),
    ),
)
source(
    "contracts",
    table(
        "Contrats",
        row("N° contrat", "Client", "Montant total", "Payé", "Restant dû", "Part", "Calculé"),
        row(1, "A", (12000.5, "euro"), (0.1, "french"), (Formula("of:=[.C2]-[.D2]"), "euro"), (0.3, "percent"), Formula('of:="N° "&[.A2]')),
        row(2, "B", (14400, "euro"), 4800.333333333333, (Formula("of:=[.C3]/7"), "whole"), (0.125, "percent"), Formula("of:=[.C3]/0")),
        row(3, "C", (-1500.25, "french"), 0, 1e15, 1, Formula("of:=NA()")),
        row(4, "D", (1234567.891, "euro"), 12.345, 1.5, 0.005, Formula("of:=[.A5]>3")),
        EMPTY,
        row("Total", None, (Formula("of:=SUM([.C2:.C5])"), "euro"), (Formula("of:=SUM([.D2:.D5])"), "euro")),
    ),
)
source(
    "american",
    table(
        "Sheet1",
        row("Client", "Total amount", "Signed on", "Created", "Rate"),
        row("Smith, John", (12000.5, "dollar"), (DAY(2021, 4, 8), "american day"), (MOMENT(2021, 4, 8, 13, 5), "american moment"), (0.25, "percent")),
        row("O'Brien", (-3.5, "dollar"), (DAY(1999, 12, 31), "american day"), (MOMENT(2021, 4, 8), "american moment"), None),
    ),
)
source(
    "events",
    table(
        "Événements",
        row("Client", "Début", "Fin", "Heure", "Durée", "Invités", "Signé", "Arrivée"),
        row("A", MOMENT(2023, 6, 4, 13, 0), MOMENT(2023, 6, 5, 2, 0), (HOURS(hours=13, minutes=5), "time"), (HOURS(hours=37, minutes=30), "duration"), 75, (MOMENT(2023, 4, 18, 13, 30), "day"), (MOMENT(2023, 6, 4, 12, 30), "time")),
        row("B", (MOMENT(2023, 6, 4, 9, 59, 59), "seconds"), (DAY(2023, 6, 4), "moment"), (HOURS(0), "time"), (HOURS(minutes=30), "duration"), (1200, "french")),
        row("C", (Formula("of:=[.B2]+1/24"), "moment"), (Formula("of:=[.B2]+7/24/60"), "moment"), (Formula("of:=[.D2]+1/3"), "time"), (Formula("of:=[.C2]-[.B2]"), "duration"), "env. 50"),
    ),
)
OLD = [DAY(1900, 3, 1), DAY(1903, 12, 31), DAY(1904, 1, 1), DAY(1904, 2, 29), DAY(2000, 2, 29), DAY(9999, 12, 31)]
source("old", table("Dates", row("Client", "Date"), *[row(f"{day.year}", day) for day in OLD]))
source(
    "mac",
    table("Dates", row("Client", "Date", "Début"), row("A", DAY(2021, 4, 18), MOMENT(2021, 4, 18, 13, 0)), row("B", DAY(1904, 1, 2), MOMENT(1999, 12, 31, 23, 59))),
    settings='<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>',
)
source(
    "sheets",
    table("Vide", EMPTY),
    table("Archives", row("Nom", "Tél."), row("archived", "1"), style="hidden"),
    table("Accueil", EMPTY, row(None, "À lire avant tout")),
    table("Liste & co", row("Nom", "Tél."), row("data", "2")),
    table("Suite", row("Nom", "Tél."), row("more", "3")),
)
source(
    "hidden",
    table(
        "Filtre",
        row("Nom", "Société", "Tél."),
        row("A", "x", "1"),
        row("B", "y", "2", more=' table:visibility="collapse"'),
        row("C", "z", "3", more=' table:visibility="filter"'),
        f"<table:table-row-group>{row('D', 'w', '4')}</table:table-row-group>",
        columns='<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>',
    ),
)
source(
    "merged",
    table(
        "Fusion",
        row(Raw('<table:table-cell table:number-columns-spanned="3" office:value-type="string"><text:p>Nos clients</text:p></table:table-cell><table:covered-table-cell table:number-columns-repeated="2"/>')),
        "<table:table-header-rows>" + row("Nom", "Société", "Tél.", "Notes", "Notes") + "</table:table-header-rows>",
        row("A", Raw('<table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>Groupe</text:p></table:table-cell>'), "1"),
        row("B", Raw("<table:covered-table-cell/>"), "2"),
        row("C", Raw(cell("même", REPEATED_COLUMNS.format(4))), more=REPEATED_ROWS.format(3)),
        row(None, more=REPEATED_ROWS.format(500)),
        row("Nom", "Société", "Tél.", "Notes", "Notes"),
        row("D", None, Raw(cell(4, REPEATED_COLUMNS.format(2)))),
        row("Total", 6),
        row(None, more=REPEATED_ROWS.format(1000000)),
    ),
)
LONG = "Une note, un peu longue ; elle dit « oui ». " * 700
source(
    "texts",
    table(
        "Textes",
        row("Nom", "Notes"),
        row("long", LONG + "fin"),
        row("lines", "\n".join(f"ligne {number}" for number in range(1, 301))),
        row("signs", "東京 🎉 é e\u0301 שלום <b>&amp;</b> _x000D_ %20 \\n"),
        row("formula", "'=1+1"),
        row("number", "0012"),
        row("date", "18/04/2021"),
        row("spaces", "a\u00a0b\u202fc"),
    ),
)
source(
    "phones",
    table(
        "Tél",
        row("Nom", "Téléphone"),
        row("text", "06 12 34 56 78"),
        row("number", 33612345678),
        row("zero", (612345678, "phone")),
        row("zero, spoken", (Formula("of:=612345678+1"), "phone")),
        row("abroad", (33612345678, "abroad")),
        row("dots", "06.12.34.56.78"),
        row("extension", "+44 (0)20 7946 0000 ext. 12"),
    ),
)
NOTE = "<office:annotation><dc:creator>Anne</dc:creator><text:p>un commentaire</text:p></office:annotation>"
BOX = '<draw:frame svg:x="1cm" svg:y="1cm" svg:width="3cm" svg:height="1cm"><draw:text-box><text:p>un cadre</text:p></draw:text-box></draw:frame>'
source(
    "rich",
    table(
        "Riche",
        row("Nom", "Courriel", "Notes", "Montant"),
        row(
            Raw(f'<table:table-cell office:value-type="string">{NOTE}<text:p>Anne <text:span>É</text:span>té</text:p></table:table-cell>'),
            Raw('<table:table-cell office:value-type="string"><text:p><text:a xlink:href="mailto:anne@example.com" xlink:type="simple">anne@example.com</text:a></text:p></table:table-cell>'),
            Raw(f'<table:table-cell office:value-type="string">{BOX}<text:p>une</text:p><text:p/><text:p>deux</text:p></table:table-cell>'),
            Raw(f'<table:table-cell office:value-type="float" office:value="12.5">{NOTE}<text:p>12,5</text:p></table:table-cell>'),
        ),
        row("Ben", Formula('of:=HYPERLINK("mailto:ben@example.com";"ben@example.com")'), Raw(f"<table:table-cell>{NOTE}</table:table-cell>"), Formula("of:=IF(1=2;3;\"\")")),
    ),
)
source("rows", table("Liste", row("Nom", "Société", "Montant"), *[row(f"Client {number}", f"Company {number % 7}", (number + 0.25, "euro")) for number in range(1, 2001)]))
plain(
    "typed.csv",
    'Client;Montant;Date;Part;Payé;Tél.;Notes\r\nDurand;12 000,50 €;18/04/2021;30 %;VRAI;06 12 34 56 78;"deux\r\nlignes"\r\n'
    "Été;-1 500,25;31/12/1999;12,5%;FAUX;0612345678;1,5\r\n",
)
plain(
    "page.html",
    '<html><head><meta charset="utf-8"></head><body><table><tr><th>Client</th><th>Total</th><th>Signed</th></tr>'
    '<tr><td>A &amp; B<br>Ltd.</td><td sdval="12000.5" sdnum="1033;0;[$$-409]#,##0.00">$12,000.50</td><td sdval="44304" sdnum="1033;1033;MM/DD/YYYY">04/18/2021</td></tr>'
    "<tr><td>Été</td><td>7</td><td></td></tr></table></body></html>",
)

# --- LibreOffice ------------------------------------------------------------------------------


def convert(files, kind, options="", into=FOLDER, reading=""):
    """Saves the files in another format, with the options of LibreOffice for that."""
    profile = f"-env:UserInstallation=file://{os.path.abspath(FOLDER)}/profile"
    command = ["soffice", profile, "--headless", "--norestore"]
    if reading:
        command.append(f"--infilter={reading}")
    command += ["--convert-to", f"{kind}:{options}" if options else kind, "--outdir", into, *files]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    for file in files:
        name = os.path.splitext(os.path.basename(file))[0]
        if not os.path.exists(os.path.join(into, f"{name}.{kind}")):
            sys.exit(f"{' '.join(command)}\n{done.stdout}")


def folder(name):
    path = os.path.join(FOLDER, name)
    os.makedirs(path, exist_ok=True)
    return path


sources = sorted(os.path.join(SOURCES, name) for name in os.listdir(SOURCES) if name.endswith(".fods"))
typed, page = os.path.join(SOURCES, "typed.csv"), os.path.join(SOURCES, "page.html")
# Separator, quote, encoding, first line, columns, language; for writing: whether all texts are quoted, whether
# cells are written as they are shown.
FRENCH_CSV, WINDOWS, COMMAS, TABS = "59,34,76,1,,1036,false,true", "59,34,1,1,,1036,false,true", "44,34,76,1,,1033,true,true", "9,34,65535,1,,1036,false,true"
for kind in ["ods", "xlsx"]:
    convert(sources, kind)
    convert([typed], kind, reading=f"CSV:{FRENCH_CSV}")
    convert([page], kind, reading="HTML (StarCalc)")
books = [os.path.join(FOLDER, f"{name}.ods") for name in ["clients", "contracts", "american", "events", "texts", "phones"]]
for name, options in [("windows", WINDOWS), ("commas", COMMAS), ("tabs", TABS)]:
    convert(books, "csv", f"Text - txt - csv (StarCalc):{options}", folder(name))
convert([books[0]], "xls")
# What was saved in one format once more in the other.
convert([os.path.join(FOLDER, f"{name}.xlsx") for name in ["events", "mac", "clients"]], "ods", into=folder("again"))
