"""Numbers written in Chinese characters."""

__all__ = ["NUMERALS", "from_chinese_numeral"]

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERALS = "".join(DIGITS) + "".join(UNITS)


def from_chinese_numeral(text: str) -> int | None:
    """Return 一百二十三, 一二三 or 百二十三 as 123; None where the characters are no number.

    Without 十百千 the characters are read as digits, as house numbers and rooms are: 五〇一 is 501.
    """
    if not any(c in UNITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text)) if text else None
    total, digit, last_unit, bare_digit = 0, 0, 10_000, False
    for character in text:
        if character in UNITS:
            unit = UNITS[character]
            if unit >= last_unit:
                return None
            total += (digit or 1) * unit
            digit, last_unit, bare_digit = 0, unit, False
        elif bare_digit and digit:
            return None
        else:
            digit, bare_digit = DIGITS[character], True
    return total + digit
