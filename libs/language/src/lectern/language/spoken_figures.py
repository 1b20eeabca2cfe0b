"""Figures as an English voice should say them: years, units, money, powers, molecules."""

from __future__ import annotations

import re

_ONES = (
    "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_UNITS = {
    "km/h": "kilometres an hour", "m/s": "metres a second", "km/s": "kilometres a second",
    "km": "kilometres", "m": "metres", "cm": "centimetres", "mm": "millimetres", "nm": "nanometres",
    "kg": "kilograms", "g": "grams", "mg": "milligrams", "s": "seconds", "ms": "milliseconds", "min": "minutes",
    "h": "hours", "l": "litres", "ml": "millilitres", "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz",
    "W": "watts", "kW": "kilowatts", "kWh": "kilowatt hours", "V": "volts", "J": "joules", "N": "newtons",
    "°C": "degrees Celsius", "°F": "degrees Fahrenheit", "°": "degrees",
}  # fmt: skip
_MONEY = {"$": "dollars", "€": "euros", "£": "pounds"}
_POWERS = {"²": "squared", "³": "cubed"}
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")

_YEAR = re.compile(
    r"\b(?P<before>(?:in|since|until|till|year|before|after|around|by|from|of)\s+)(?P<year>1[1-9]\d\d|20[1-9]\d)"
    r"(?=[,.;:!?)]|$|\s+(?:the|an?|he|she|it|they|we|when|and|was|were|to|by|as|in|at|only|there)\b)",
    re.IGNORECASE,
)
_DECADE = re.compile(r"\b(1[1-9]|20)([1-9])0s\b")
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_QUANTITY = re.compile(rf"(?<![$€£\d.,])(?P<number>\d[\d.,]*)\s?(?P<unit>{_UNIT})(?![\w/°²³&])")
_PRICE = re.compile(r"(?P<sign>[$€£])\s?(?P<number>\d[\d.,]*\d|\d)(?P<size>\s(?:thousand|million|billion|trillion))?\b")
_POWER = re.compile(r"(?<=[A-Za-zα-ωΑ-Ω\d)])[²³]")
_ATOM = r"(?:He|Li|Na|Mg|Al|Si|Cl|Ca|Fe|Cu|Zn|Br|[HBCNOFPSKI])"
_MOLECULE = re.compile(rf"\b(?=[A-Za-z]*[\d₀-₉])(?:{_ATOM}(?:\d{{1,2}}|[₀-₉]{{1,2}})?){{1,8}}(?!\w)")
_ELEMENT = re.compile(r"([A-Z])([a-z]?)(\d*)")
_DIFFERENCE = re.compile(r"(?<=\d)\s*−\s*(?=\d)")


def say_figures(text: str) -> str:
    """The text with years, quantities, prices, powers and molecules written as they are said in English."""
    text = _PRICE.sub(_say_price, text)
    text = _DECADE.sub(lambda match: f"{_say_pair(int(match[1]))} {_TENS[int(match[2])][:-1]}ies", text)
    text = _QUANTITY.sub(_say_quantity, text)
    text = _YEAR.sub(lambda match: match["before"] + say_year(int(match["year"])), text)
    text = _MOLECULE.sub(lambda match: spell_molecule(match[0]), text)
    text = _POWER.sub(lambda match: f" {_POWERS[match[0]]}", text)
    return _DIFFERENCE.sub(" minus ", text)


def say_year(year: int) -> str:
    """A year of four figures in words: 1905 is nineteen oh five."""
    century, rest = divmod(year, 100)
    if not rest:
        return f"{_say_pair(century)} hundred"
    return f"{_say_pair(century)} {f'oh {_ONES[rest]}' if rest < 10 else _say_pair(rest)}"


def spell_molecule(formula: str) -> str:
    """A formula letter by letter: CO₂ is C O 2."""
    plain = formula.translate(_SUBSCRIPTS)
    return " ".join(
        part for first, second, count in _ELEMENT.findall(plain) for part in (first, second.upper(), count) if part
    )


def _say_pair(number: int) -> str:
    if number < len(_ONES):
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]


def _say_quantity(match: re.Match[str]) -> str:
    words = _UNITS[match["unit"]]
    if match["number"] == "1":
        first, _, rest = words.partition(" ")
        first = {"degrees": "degree", "hertz": "hertz"}.get(first, first.removesuffix("s"))
        words = f"{first} {rest}".strip()
    return f"{match['number']} {words}"


def _say_price(match: re.Match[str]) -> str:
    words = _MONEY[match["sign"]]
    alone = match["number"] == "1" and not match["size"]
    return f"{match['number']}{match['size'] or ''} {words.removesuffix('s') if alone else words}"
