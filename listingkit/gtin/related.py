"""The numbers that are written where a GTIN belongs: ISBN-10, ISSN, ISMN, UPC-E, NDC, PZN. All take and give plain ASCII digits."""

from listingkit.gtin.check_digit import complete, holds


def isbn10_holds(code: str) -> bool:
    """Whether ten characters (the last may be X) are an ISBN-10: weights 10 to 1, modulo 11 (ISO 2108)."""
    if len(code) != 10 or not code[:9].isdigit() or not (code[9].isdigit() or code[9] in "Xx"):
        return False
    last = 10 if code[9] in "Xx" else int(code[9])
    return (sum((10 - n) * int(digit) for n, digit in enumerate(code[:9])) + last) % 11 == 0


def isbn13(isbn10: str) -> str:
    """The ISBN-13 of an ISBN-10."""
    return complete("978" + isbn10[:9])


def issn_holds(code: str) -> bool:
    """Whether eight characters (the last may be X) are an ISSN: weights 8 to 1, modulo 11 (ISO 3297)."""
    if len(code) != 8 or not code[:7].isdigit() or not (code[7].isdigit() or code[7] in "Xx"):
        return False
    last = 10 if code[7] in "Xx" else int(code[7])
    return (sum((8 - n) * int(digit) for n, digit in enumerate(code[:7])) + last) % 11 == 0


def issn_gtin(issn: str) -> str:
    """The GTIN-13 of a serial, variant 00."""
    return complete("977" + issn[:7] + "00")


def ismn13(digits: str) -> str:
    """The ISMN of today of the nine digits after the old form's M (its check digit is the same)."""
    return "9790" + digits


def upc_of_upce(code: str) -> str | None:
    """The UPC that a UPC-E of eight digits stands for; None where its check digit (that of the UPC) is wrong.

    Number systems 0 and 1 only (General Specifications 26.0, 5.2.2.4).
    """
    if code[0] not in "01":
        return None
    system, a, b, c, d, e, last = code[0], *code[1:7]
    if last in "012":
        payload = f"{system}{a}{b}{last}0000{c}{d}{e}"
    elif last == "3":
        payload = f"{system}{a}{b}{c}00000{d}{e}"
    elif last == "4":
        payload = f"{system}{a}{b}{c}{d}00000{e}"
    else:
        payload = f"{system}{a}{b}{c}{d}{e}0000{last}"
    upc = payload + code[7]
    return upc if holds(upc) else None


def upc_of_six(digits: str) -> str:
    """The UPC of the six digits that stand in the middle of a UPC-E of number system 0."""
    return next(upc for check in "0123456789" if (upc := upc_of_upce(f"0{digits}{check}")))


def upc_of_ndc(digits: str) -> str:
    """The UPC of a US drug code of ten digits."""
    return complete("3" + digits)


def pzn_holds(digits: str) -> bool:
    """Whether seven or eight digits are a PZN: weights from 1 (8 digits) or 2 (7 digits), modulo 11, never 10 (IFA)."""
    start = 9 - len(digits)
    return sum((start + n) * int(digit) for n, digit in enumerate(digits[:-1])) % 11 == int(digits[-1])
