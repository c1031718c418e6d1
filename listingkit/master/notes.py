"""What reading can find wrong, as a table, and the findings it makes of it.

The codes are those that the rule catalogue lists under scope `given`: reading emits them, rules do not judge them again.
"""

from collections import Counter

from msgspec import Struct, field

from listingkit.finding import Finding, Fix, Safety, Severity
from listingkit.master.sheet import Spoilt

AT_MOST = 200  # findings of one code and sheet; the rest is counted in one more
UNCALCULATED = "the formula was never calculated, so it has no value; open the workbook in Excel and save it"
SHOWN = 120  # characters of a value that a finding quotes


class Note(Struct, frozen=True):
    """One thing that reading can find."""

    code: str
    name: str
    severity: Severity
    doc: str
    why: str
    source: str
    fix: Safety | None = None


_ALL = (
    Note(
        "FIL001",
        "encoding-guessed",
        Severity.WARNING,
        "A text file must say or show its encoding beyond doubt.",
        "A wrong guess turns every umlaut and every Chinese character into other letters.",
        "python codecs, strict decoding",
    ),
    Note(
        "FIL002",
        "mojibake",
        Severity.ERROR,
        "Text must not be UTF-8 that was once read as Windows-1252.",
        "The shopper would see 'KÃ¼che'.",
        "ftfy; python codecs",
        Safety.SAFE,
    ),
    Note(
        "FIL005",
        "ragged-row",
        Severity.ERROR,
        "Every row must have as many cells as the header.",
        "After a stray delimiter or an unquoted line break the values stand in the wrong columns.",
        "RFC 4180, 2.4",
    ),
    Note(
        "FIL006",
        "duplicate-header",
        Severity.ERROR,
        "Two columns must not have the same header.",
        "Nobody can say which of the two is meant.",
        "Amazon inventory file upload errors",
    ),
    Note(
        "FIL008",
        "error-cell",
        Severity.ERROR,
        "A cell must not hold a spreadsheet error or a formula that was never calculated.",
        "The value is not in the file: #N/A would go live as text.",
        "ECMA-376 part 1, 18.18.11 and 18.3.1.40",
    ),
    Note(
        "FIL009",
        "hidden-or-merged",
        Severity.WARNING,
        "Rows and columns with data must not be hidden, cells with data must not be merged.",
        "Hidden rows are uploaded although nobody saw them; of merged cells only the first has the value.",
        "ECMA-376 part 1, 18.3.1.73 and 18.3.1.55",
    ),
    Note(
        "FIL012",
        "unclosed-quote",
        Severity.ERROR,
        "A quoted cell must be closed by a quote before a delimiter or the end of the line.",
        "An open quote swallows the rows that follow it.",
        "RFC 4180, 2.5 to 2.7",
    ),
    Note(
        "FIL013",
        "sheet-not-read",
        Severity.WARNING,
        "Where several sheets of a workbook have the same columns, somebody says which of them are meant.",
        "The listings of the other sheets would be missing from the upload, and nobody would notice.",
        "design of listingkit: no input is left out in silence",
    ),
    Note(
        "FIL014",
        "no-rows",
        Severity.ERROR,
        "A master has rows below its header.",
        "An empty sheet is a broken export or the wrong sheet; its upload would be empty too.",
        "design of listingkit: no input is left out in silence",
    ),
    Note(
        "XLS003",
        "digits-lost",
        Severity.ERROR,
        "A number of more than 15 digits must be stored as text.",
        "Excel keeps 15 digits of a number and writes zeros for the rest: the code is lost.",
        "Microsoft: Excel specifications and limits",
    ),
)
NOTES = {note.code: note for note in _ALL}


class Notebook(Struct):
    """Collects the notes on one sheet, of each code only the first, and every cell and row that is spoilt."""

    file: str
    sheet: str | None = None
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    spoilt: list[Spoilt] = field(default_factory=list)
    _taken: int = 0

    def add(
        self,
        code: str,
        message: str,
        *,
        row: int | None = None,
        letter: str | None = None,
        header: str | None = None,
        value: str | None = None,
        fix: str | None = None,
        severity: Severity | None = None,
        times: int = 1,
    ) -> None:
        """Note one thing, `times` over where it stands for many."""
        self.counts[code] += times
        if self.counts[code] - times >= AT_MOST:
            return
        note = NOTES[code]
        self.findings.append(
            Finding(
                code,
                note.name,
                severity or note.severity,
                message,
                file=self.file,
                sheet=self.sheet,
                row=row,
                column=header or letter,
                cell=f"{letter}{row}" if letter and row else None,
                value=value if value is None or len(value) <= SHOWN else value[:SHOWN] + "…",
                fix=None if fix is None else Fix(fix, note.fix or Safety.ASK),
            )
        )

    def spoil(self, code: str, message: str, row: int, letter: str | None = None, value: str | None = None) -> None:
        """Note a cell, or a row, that must not be uploaded as it was read: an error of its listing, however many there are."""
        self.spoilt.append(Spoilt(code, message, row, letter, value if value is None or len(value) <= SHOWN else value[:SHOWN] + "…"))

    def lost(self, until: int | None) -> tuple[Spoilt, ...]:
        """What is spoilt up to a row and was not handed out before; None: all that is left."""
        taken = [cell for cell in self.spoilt if until is None or cell.row <= until]
        self.spoilt = [cell for cell in self.spoilt if until is not None and cell.row > until]
        return tuple(taken)

    def taken(self) -> tuple[Finding, ...]:
        """The findings since the last call."""
        new = tuple(self.findings[self._taken :])
        self._taken = len(self.findings)
        return new

    def closed(self) -> tuple[Finding, ...]:
        """The findings since the last call of `taken`, and one more for each code that was cut short."""
        more = [
            Finding(
                code,
                NOTES[code].name,
                NOTES[code].severity,
                f"{count - AT_MOST} more of {code} in this sheet are not listed",
                self.file,
                self.sheet,
            )
            for code, count in self.counts.items()
            if count > AT_MOST
        ]
        return (*self.taken(), *more)
