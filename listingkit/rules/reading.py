"""What reading and mapping find by themselves, documented under the same roof: the judges are in `master` and `mapping`."""

from datetime import date

from listingkit.master.notes import NOTES
from listingkit.rules.engine import given

CHECKED = date(2026, 9, 30)
_PROFILE = "design of listingkit: nothing unsure is guessed in silence"

_MAPPING = (
    ("MAP001", "column-unmapped", "info", "Every column of the sheet is a field that we know, or is left out knowingly.", "What it holds is not used."),
    ("MAP002", "column-ambiguous", "warning", "A header has one meaning; where it has several, the profile says which.", "The column is not used until somebody says what it is."),
    ("MAP003", "column-assumed", "info", "A column that was taken for a field by its values or by likeness is looked at once.", "A wrong field is worse than none."),
    ("MAP004", "column-format-unclear", "warning", "All numbers or dates of a column are written alike.", "1.234 may be one or a thousand: what is not sure stays as it is."),
    ("MAP005", "markup-removed", "info", "HTML in a column of plain text is read as text.", "Shoppers would see the tags."),
    ("MAP006", "header-changed", "warning", "The sheet has the columns that its profile was made for.", "A renamed or moved column may bring wrong values into the right field."),
    ("MAP007", "preset-used", "info", "A sheet that a known program exported is read by its preset.", "The same header means other things in other programs."),
    ("MAP008", "list-too-long", "warning", "A list in one cell has no more items than the field has places.", "Items beyond the last place are not used."),
    ("MAP009", "translation-without-listing", "warning", "Every row of translations has a listing of the master and a language of its own.", "The text is not used."),
    ("MAP011", "column-not-listed", "info", "Every column that is read is part of a listing, or known not to be.", "Costs, tags and notes of a shop are not uploaded; whoever expects them to be should know."),
    ("MAP010", "remark-left-out", "info", "A row holds a listing: one whose only cell is a long text is a remark, and one that says the header again is none.", "A remark uploaded as a listing fails in every field."),
)  # fmt: skip

for _note in NOTES.values():
    given(
        _note.code,
        _note.name,
        _note.doc,
        category="reading",
        why=_note.why,
        source=_note.source,
        checked=CHECKED,
        severity=_note.severity.value,
        fix=_note.fix.value if _note.fix else None,
    )
for _code, _name, _severity, _doc, _why in _MAPPING:
    given(_code, _name, _doc, category="mapping", why=_why, source=_PROFILE, checked=CHECKED, severity=_severity)
