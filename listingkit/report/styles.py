"""The styles of a workbook that we write as a whole: a number for each look, and the part that explains the numbers."""

from listingkit.report.looks import Look

_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_AS_TEXT = 49  # the number format @
_GENERAL = 0


class Styles:
    """Gives looks their numbers; number 0 is a cell without any."""

    def __init__(self) -> None:
        self._numbers: dict[Look, int] = {Look(): 0}

    def __call__(self, look: Look) -> int:
        """The number of a look."""
        return self._numbers.setdefault(look, len(self._numbers))

    def xml(self) -> str:
        """The part."""
        fonts: dict[str, int] = {}
        fills = {"<fill><patternFill/></fill>": 0, '<fill><patternFill patternType="gray125"/></fill>': 1}  # as every reader expects
        formats = [_format(look, fonts, fills) for look in self._numbers]
        return (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="{_NAMESPACE}">'
            f"{_table('fonts', fonts)}{_table('fills', fills)}"
            '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f'<cellXfs count="{len(formats)}">{"".join(formats)}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
        )


def _table(name: str, entries: dict[str, int]) -> str:
    return f'<{name} count="{len(entries)}">{"".join(entries)}</{name}>'


def _format(look: Look, fonts: dict[str, int], fills: dict[str, int]) -> str:
    font = fonts.setdefault(_font(look), len(fonts))
    solid = f'<fill><patternFill patternType="solid"><fgColor rgb="{look.fill}"/><bgColor indexed="64"/></patternFill></fill>'
    fill = fills.setdefault(solid, len(fills)) if look.fill else 0
    kind = _AS_TEXT if look.text else _GENERAL
    aligned = "".join(
        f' {name}="{value}"'
        for name, value in (
            ("horizontal", look.horizontal),
            ("vertical", look.vertical),
            ("wrapText", int(look.wrap)),
            ("indent", look.indent),
        )
        if value
    )
    applied = "".join(
        f' {name}="1"'
        for name, holds in (
            ("applyNumberFormat", look.text),
            ("applyFont", font),
            ("applyFill", fill),
            ("applyAlignment", aligned),
            ("quotePrefix", look.quoted),
        )
        if holds
    )
    opening = f'<xf numFmtId="{kind}" fontId="{font}" fillId="{fill}" borderId="0" xfId="0"{applied}'
    return f"{opening}><alignment{aligned}/></xf>" if aligned else f"{opening}/>"


def _font(look: Look) -> str:
    parts = [
        "<b/>" if look.bold else "",
        "<u/>" if look.underline else "",
        f'<sz val="{look.size}"/>',
        f'<color rgb="{look.ink}"/>' if look.ink else "",
        '<name val="Calibri"/><family val="2"/>',
    ]
    return f"<font>{''.join(parts)}</font>"
