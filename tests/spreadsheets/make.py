"""Makes spreadsheets for the tests in the folder that is named: good ones, odd ones and hostile ones."""

import datetime
import os
import sys
import zipfile
from itertools import chain, repeat

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

FOLDER = sys.argv[1]


def path(name):
    return os.path.join(FOLDER, name)


def save(name, book):
    book.save(path(name))


def with_rows(name, rows, title="Clients"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    save(name, book)


def package(name, parts):
    with zipfile.ZipFile(path(name), "w", zipfile.ZIP_DEFLATED) as file:
        for part, content in parts.items():
            pieces = [content] if isinstance(content, str) else content
            with file.open(part, "w") as open_part:
                for piece in pieces:
                    open_part.write(piece.encode())


HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def xlsx(name, sheet, strings=None, extra=None):
    """A workbook with this XML in its only sheet; a list of pieces may be longer than the memory."""
    relations = f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    parts = {
        "[Content_Types].xml": HEAD + "<Types/>",
        "_rels/.rels": f'{HEAD}<Relationships><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns:r="{RELATIONS}"><sheets><sheet name="Data" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": chain([HEAD, "<worksheet><sheetData>"], [sheet] if isinstance(sheet, str) else sheet, ["</sheetData></worksheet>"]),
    }
    if strings is not None:
        relations += f'<Relationship Id="rId2" Type="{RELATIONS}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
        parts["xl/sharedStrings.xml"] = chain([HEAD, "<sst>"], [strings] if isinstance(strings, str) else strings, ["</sst>"])
    parts["xl/_rels/workbook.xml.rels"] = f"{HEAD}<Relationships>{relations}</Relationships>"
    package(name, parts | (extra or {}))


def cells(number, *texts):
    """A row of texts in XML of xlsx."""
    return f'<row r="{number}">' + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts) + "</row>"


def ods(name, tables, styles="", manifest=""):
    package(
        name,
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f"{HEAD}<manifest:manifest>{manifest}</manifest:manifest>",
            "content.xml": f"{HEAD}<office:document-content><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
            "</office:document-content>",
        },
    )


def table(name, rows, style="ta1"):
    return f'<table:table table:name="{name}" table:style-name="{style}"><table:table-column/>{rows}</table:table>'


def row(*contents, repeated=1):
    count = f' table:number-rows-repeated="{repeated}"' if repeated > 1 else ""
    return f"<table:table-row{count}>" + "".join(contents) + "</table:table-row>"


def text(content, repeated=1):
    count = f' table:number-columns-repeated="{repeated}"' if repeated > 1 else ""
    return f'<table:table-cell office:value-type="string"{count}><text:p>{content}</text:p></table:table-cell>'


def value(kind, attribute, content, shown):
    return (
        f'<table:table-cell office:value-type="{kind}" office:{attribute}="{content}"><text:p>{shown}</text:p>'
        "</table:table-cell>"
    )


# --- Good and odd workbooks in xlsx -----------------------------------------------------------

with_rows(
    "clients.xlsx",
    [
        ["Nom", "Société", "Courriel", "Tél.", "Dernier contact", "Notes"],
        ["Kevin Casey", "Cool Startup", "kevin@startup.io", "+678 123 456 78", datetime.date(2021, 4, 18), "a\nb"],
        ["Anne Été", None, None, 33612345678, datetime.datetime(2021, 4, 18, 13, 0), True],
    ],
)

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Contrats"
sheet["A1"] = "Contrats au 1er mai"
sheet.merge_cells("A1:D1")
for at, heading in enumerate(["N° contrat", "Client", "Montant", "Restant dû"], 1):
    sheet.cell(4, at, heading)
for at, values in enumerate([[1, "A", 12000.5, 0], [2, "B", 0.1 + 0.2, 1e15], [None] * 4, [3, "C", 5, 5]], 5):
    for column, one in enumerate(values, 1):
        sheet.cell(at, column, one)
sheet["A10"], sheet["C10"], sheet["D10"] = "Total", "=SUM(C5:C8)", "=SUM(D5:D8)"
sheet.merge_cells("B5:B6")
save("titles.xlsx", book)

book = openpyxl.Workbook()
sheet = book.active
sheet.append(["Client", "Montant", "Date", "Tél.", "Note", "Début", "Part"])
sheet.append(["A", 1500, datetime.date(2021, 4, 18), 612345678, datetime.time(13, 0), datetime.datetime(2021, 4, 18), 0.3])
for cell, code in [
    ("B2", '#,##0.00\\ "€"'),
    ("C2", "[$-40C]d mmmm yyyy;@"),
    ("D2", "0#\\ ##\\ ##\\ ##\\ ##"),
    ("F2", "dd/mm/yyyy\\ hh:mm"),
    ("G2", "0%"),
]:
    sheet[cell].number_format = code
save("formats.xlsx", book)

book = openpyxl.Workbook()
book.epoch = CALENDAR_MAC_1904
book.active.append(["Client", "Date"])
book.active.append(["A", datetime.date(2021, 4, 18)])
save("epoch.xlsx", book)

book = openpyxl.Workbook()
book.active.title = "Hidden"
for name, state in [("Hidden", "hidden"), ("Secret", "veryHidden"), ("Empty", "visible"), ("Cover", "visible"), ("Data", "visible"), ("More", "visible")]:
    sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
    sheet.sheet_state = state
    if name == "Cover":
        sheet["B2"] = "About this file"
    elif name != "Empty":
        sheet.append(["Nom", "Tél."])
        sheet.append([name, "1"])
book.active = 4
save("sheets.xlsx", book)

with_rows("headings.xlsx", [["Nom", "Tél."]])
with_rows("names.xlsx", [["Nom", "Prénom", "Tél."], ["Casey", "Kevin", "1"]])
with_rows("empty.xlsx", [])
with_rows("words.xlsx", [["one"], ["two"]])

book = openpyxl.Workbook()
book.active.append(["Nom", "Tél."])
book.active["A1048576"], book.active["B1048576"] = "far", "1"
save("far.xlsx", book)

book = openpyxl.Workbook()
book.active.append(["Nom", "Tél."])
book.active["XFD2"] = "wide"
save("wide.xlsx", book)

xlsx(
    "raw.xlsx",
    '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="str"><v>Notes</v></c></row>'
    '<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3"><f>1+1</f><v>12000.5</v></c><c r="C3" t="e"><f>NA()</f><v>#N/A</v></c></row>'
    '<row r="4"><c r="A4" t="b"><v>1</v></c><c r="B4"><f>A1 &amp; "x"</f></c><c r="C4" t="d"><v>2021-04-18T13:00:00</v></c></row>'
    '<row r="5"><c r="A5" t="inlineStr"><is><r><t>in</t></r><r><t xml:space="preserve"> line</t></r></is></c>'
    '<c r="B5" t="str"><f>"="</f><v>\'=1+1</v></c><c r="C5" t="inlineStr"><is><t>a_x000D_&#10;b &lt;é&gt;</t></is></c></row>'
    '<row r="6"><c r="A6" t="s"><v>2</v></c><c r="B6" t="str"><f>IF(1=2,3,"")</f><v></v></c><c r="C6"><f>1+1</f><v></v></c></row>'
    '<row r="7"><c r="A7" t="inlineStr"><is><t>Total</t></is></c><c r="B7"><f>SUM(B3:B6)</f><v>12000.5</v></c></row>',
    "<si><t>Client</t></si><si><r><t>Mon</t></r><r><t>tant</t></r></si><si><t>東京</t><rPh><t>トウキョウ</t></rPh></si>",
)
prefixed = cells(1, "Nom", "Tél.") + cells(2, "A", "1")
for name in ["row", "c", "is", "t"]:
    prefixed = prefixed.replace(f"<{name}>", f"<x:{name}>").replace(f"<{name} ", f"<x:{name} ").replace(f"</{name}>", f"</x:{name}>")
xlsx("prefixed.xlsx", prefixed)

# --- Workbooks in ods -------------------------------------------------------------------------

NOTE = "<office:annotation><text:p>a comment</text:p></office:annotation>"
ods(
    "good.ods",
    table("Hidden", row(text("Nom"), text("Tél.")) + row(text("x"), text("1")), "hidden")
    + table(
        "Événements",
        row('<table:table-cell table:number-columns-repeated="16384"/>', repeated=2)
        + "<table:table-header-rows>"
        + row(text("Client"), text("Début"), text("Invités"), text("Notes", repeated=2))
        + "</table:table-header-rows>"
        + row(
            f'<table:table-cell office:value-type="string">{NOTE}<text:p>A<text:s text:c="2"/>B</text:p><text:p>C &amp; D</text:p></table:table-cell>',
            value("date", "date-value", "2021-04-18T13:00:00", "18/04/21 13:00"),
            value("float", "value", "1.2E3", "1 200"),
            value("boolean", "boolean-value", "true", "VRAI"),
            value("currency", "value", "12000.5", "12 000,50 €"),
        )
        + row(
            text("twice"),
            value("date", "date-value", "2021-04-18", "18/04/21"),
            value("percentage", "value", "0.3", "30 %"),
            value("time", "time-value", "PT13H05M00S", "13:05"),
            '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value=""><text:p>#N/A</text:p></table:table-cell>',
            repeated=2,
        )
        + row('<table:table-cell table:number-columns-repeated="16384"/>', repeated=1048576),
    ),
    '<style:style style:name="hidden"><style:table-properties table:display="false"/></style:style>'
    '<style:style style:name="ta1"><style:table-properties table:display="true"/></style:style>',
)
TOP = row(text("Nom"), text("Tél."))
ods("rows.ods", table("A", TOP + row(text("x"), text("1"), repeated=1048570)))
ods("many.ods", table("A", TOP + row(text("x"), text("1"), repeated=150000) * 3))
ods("columns.ods", table("A", TOP + row(text("x", repeated=16384))))
ods("far.ods", table("A", TOP + row('<table:table-cell table:number-columns-repeated="4294967295"/>', text("x"))))
ods("password.ods", table("A", TOP), manifest='<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>')
ods("renamed.csv", table("A", TOP + row(text("x"), text("1"))))
ods("blanks.ods", table("A", TOP + row(text('<text:s text:c="4294967295"/>x'), text("1"))))

# --- Broken and hostile files -----------------------------------------------------------------

GOOD = cells(1, "Nom", "Tél.") + cells(2, "A", "1")
LONG = "a" * 30_000
xlsx("string.xlsx", '<row><c t="s"><v>4000000000</v></c></row>', "<si><t>a</t></si>")
xlsx("order.xlsx", cells(5, "Nom", "Tél.") + cells(2, "A", "1"))
xlsx("deep.xlsx", GOOD + "<a>" * 5_000 + "</a>" * 5_000)
xlsx("open.xlsx", GOOD + "<row><c>")
xlsx("entity.xlsx", cells(1, "Nom", "Tél.") + cells(2, "&lol;", "1"))
xlsx("cell.xlsx", cells(1, "Nom", "Tél.") + cells(2, "a" * (2 << 20), "1"))
xlsx("pieces.xlsx", cells(1, "Nom", "Tél.") + f"<row><c t='inlineStr'><is>{f'<t>{LONG}</t>' * 60}</is></c></row>")
xlsx("blank.xlsx", GOOD + " " * (2 << 20))
xlsx("comments.xlsx", chain([GOOD], repeat(f"<!--{LONG}-->", 10_000)))
xlsx("strings.xlsx", GOOD, repeat(f"<si><t>{LONG}</t></si>", 2_400))
xlsx("sheet.xlsx", repeat(cells(1, *[LONG] * 20), 500))
xlsx("no_part.xlsx", GOOD, extra={"xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships><Relationship Id="rId1" Type="x" Target="../../../etc/passwd"/></Relationships>'})
package("document.docx", {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})
package("binary.xlsb", {"[Content_Types].xml": "<Types/>", "xl/workbook.bin": "x"})
package("photos.zip", {"a.jpg": "x"})
package("text.odt", {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"})
package("nothing.zip", {})

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_000)
for name, content in {
    "old.xls": OLE + "Workbook".encode("utf-16-le"),
    "password.xlsx": OLE + "EncryptedPackage".encode("utf-16-le"),
    "junk.csv": bytes((at * 7919 + at // 251) % 256 for at in range(20_000)),
    "page.xls": b"<html><table><tr><td>Nom</td></tr></table></html>",
    "invoice.pdf": b"%PDF-1.4\n1 0 obj",
    "truncated.xlsx": open(path("clients.xlsx"), "rb").read()[:-30],
    "half.ods": open(path("good.ods"), "rb").read()[:700],
    "nothing.csv": b"",
    "blank.csv": b"\r\n \r\n;;\r\n",
    "quote.csv": b'Nom;T\xe9l\n"A;1\nB;2\n',
    "headings.csv": b"Nom;Tel\r\n",
    "wide.csv": b"Nom,Tel\n" + b"x," * 1_000_000 + b"\n",
    "long.csv": b"Nom,Tel\n" + b"x" * (2 << 20) + b",1\n",
    "many.csv": b"Nom,Tel\n" + b"x,1\n" * 200_001,
    "excel.csv": "sep=;\r\nNom;Société;Tél.\r\nAnne Été;\"Dupont; \"\"Fils\"\"\";'+33 1\r\n".encode("cp1252"),
    "excel.txt": "\ufeffNom\tTél.\r\nAnne Été\t01\r\n".encode("utf-16-le"),
    "cut.csv": "Nom,Société\nÉté,Été\n".encode()[:-2],
}.items():
    with open(path(name), "wb") as file:
        file.write(content)
with open(path("sparse.xlsx"), "wb") as file:
    file.truncate(200 << 20)
os.mkfifo(path("pipe.csv"))
