"""The check digit of GS1 numbers: weights 3 and 1 from the right, sum up to a multiple of ten (General Specifications 26.0, 7.9.1)."""

_PAIRS = [3 * (n // 10) + n % 10 for n in range(100)]
GROUPS = bytes([(high + low) % 10 for high in _PAIRS for low in _PAIRS])
"""The weighted sum of four digits; the weights repeat every two digits, so that one table serves every group from the right."""


def check_digit(payload: str) -> str:
    """The digit that completes `payload` (ASCII digits, any length).

    >>> check_digit("400638133393")
    '1'
    """
    digits = payload.encode()
    return str(-(3 * (sum(digits[::-2]) - 48 * len(digits[::-2])) + sum(digits[-2::-2]) - 48 * len(digits[-2::-2])) % 10)


def complete(payload: str) -> str:
    """The payload with its check digit."""
    return payload + check_digit(payload)


def holds(code: str) -> bool:
    """Whether the last digit is the check digit of those before it (ASCII digits, any length; zeros in front change nothing)."""
    if len(code) > 16:
        return check_digit(code[:-1]) == code[-1]
    number = int(code)
    table = GROUPS
    low, high = number % 100_000_000, number // 100_000_000
    return (table[low % 10_000] + table[low // 10_000] + table[high % 10_000] + table[high // 10_000]) % 10 == 0
