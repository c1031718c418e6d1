"""The marks of a review workbook, by which reading knows what we added to the seller's master."""

SUMMARY = "listingkit review"  # sheet: totals, findings by rule and by SKU
FINDINGS = "listingkit findings"  # sheet: every finding, a line each
ISSUES = "listingkit issues"  # header of the column with the worst severity and the counts
AUTHOR = "listingkit"  # of comments
NO_VALUE = "#N/A"  # stands for a formula that was never calculated: an error until somebody writes what is meant


def our_sheet(name: str) -> bool:
    """Whether a sheet is one that a review added."""
    return name.strip().casefold() in (SUMMARY, FINDINGS)


def our_column(header: str) -> bool:
    """Whether a column is the one that a review added."""
    return header.strip().casefold() == ISSUES
