"""Amounts, shares and head counts as offices write them, in Western or Chinese figures, brought to numbers: HKD, percent 0 to 100, persons.

Western commas group thousands and the point parts decimals; where a writing breaks that rule the value comes with low certainty, never silently.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Literal

import cn2an

from parsers.normal_values import Malformed, Normal, plain, plain_with_places, whole_or_float
from parsers.number_words import amount_in_words
from parsers.values import Value

Currency = Literal["HKD", "CNY", "USD"]

_HKD = r"HK\s?\$|HK\s?D\.?|H\.K\.\s?\$|港\s?[幣币元]"
_CNY = r"RMB|CNY|CN\s?¥|人民[幣币]|¥|￥"
_USD = r"US\s?\$|USD|美\s?[金元]"
_FOREIGN = re.compile(rf"{_CNY}|{_USD}", re.IGNORECASE)
_SIGN = rf"(?:{_HKD}|{_CNY}|{_USD}|\$)"
_FIGURES = r"[0-9]{1,3}(?:,[0-9]{3}){1,5}(?:\.[0-9]{1,2})?(?![0-9])|[0-9]{1,3}(?:\s[0-9]{3}){1,4}(?:\.[0-9]{2})?(?![0-9])|[0-9]+(?:[.,][0-9]+)*"
_SCALES = {
    "thousand": 1000, "k": 1000, "million": 10**6, "mil": 10**6, "mn": 10**6, "m": 10**6, "billion": 10**9,
    "千": 1000, "仟": 1000, "万": 10**4, "萬": 10**4, "十万": 10**5, "十萬": 10**5, "百万": 10**6, "百萬": 10**6, "亿": 10**8, "億": 10**8,
}  # fmt: skip
_SCALE = r"thousand|million|billion|mil\b|mn\b|[km](?![a-z0-9])|[十百]?[万萬]|[亿億]|[千仟]"
_NUMERAL = "〇零○一壹弌二貳贰弍两兩三叁參叄四肆五伍六陸陆七柒八捌九玖十拾百佰千仟万萬亿億廿卅"
_WORDED = rf"[{_NUMERAL}点點]{{1,24}}(?:[元圓圆块塊](?:[{_NUMERAL}][角毫])?(?:[{_NUMERAL}]分)?)?"
_AMOUNT = re.compile(
    rf"(?P<sign>{_SIGN})?\s{{0,2}}[:：]?\s{{0,2}}(?:(?P<minus>-\s?)?(?P<figures>{_FIGURES})(?:\s?(?P<scale>{_SCALE}))?|(?P<worded>{_WORDED}))"
    rf"\s{{0,2}}(?P<after>{_HKD}|{_CNY}|{_USD}|[元圓圆])?",
    re.IGNORECASE,
)
_TO_PLAIN_NUMERALS = str.maketrans("○弌貳弍两兩參叄陸萬億點佰仟廿圓圆块塊拾", "〇一二二二二三三六万亿点百千廿元元元元十")
_COINS = re.compile(r"^(?P<whole>[^元]*)(?:元(?:(?P<tens>.)[角毫])?(?:(?P<ones>.)分)?)?$")
_SPACED_DIGITS = re.compile(r"(?<=[0-9,.])\s+(?=[0-9,.])")
_SPACED_GROUPS = re.compile(r"(?<=[0-9])\s*([,.])\s*(?=(?:[0-9]{3}|(?<=\.)[0-9]{2}|(?<=\.\s)[0-9]{2})(?![0-9]))")
_SHARE_BESIDE = re.compile(r"[0-9.]{1,8}\s?%|百分之[^\s)]{1,6}")
_HEADCOUNT = re.compile(rf"(?P<figures>[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![0-9])|[0-9]+(?:[.,][0-9]+)?)|(?P<worded>[{_NUMERAL}]{{1,12}})")
_SHARE = re.compile(r"(?P<minus>-\s?)?(?P<figures>[0-9]+(?:\s?[.,]\s?[0-9]+)?)\s?(?P<per>%|percent|per cent|pct)?", re.IGNORECASE)
_WORDED_SHARE = re.compile(rf"百分之(?P<share>[{_NUMERAL}点點0-9.]{{1,12}})|(?P<tenths>[{_NUMERAL}])成(?P<half>半)?")


class FoundAmount(Value):
    """An amount inside a longer text: ``text[start:end]`` is its writing. ``currency`` None where none is written ('$' is HKD in Hong Kong)."""

    start: int
    end: int
    value: int | float
    currency: Currency | None
    certainty: float = 1.0
    note: str = ""


def find_amounts(text: str) -> tuple[FoundAmount, ...]:
    """Every amount of money in a text, in order: with a currency, a unit (元, 萬), grouped thousands or cents; bare figures are none."""
    source = plain_with_places(text)
    found = []
    for match in _AMOUNT.finditer(source.text):
        amount = _judge(match)
        worded = match["worded"]
        marked = match["sign"] or match["after"] or (worded and "元" in worded.translate(_TO_PLAIN_NUMERALS))
        told = marked or match["scale"] or re.search(r",[0-9]{3}|\.[0-9]{2}$", match["figures"] or "")
        if amount is None or not told or (worded and not marked) or _inside_a_longer_number(source.text, match):
            continue
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        end = match.start() + len(match[0].rstrip())
        found.append(amount.model_copy(update={"start": source.places[start], "end": source.places[end - 1] + 1}))
    return tuple(found)


def read_money(text: str) -> Normal | Malformed:
    """The one amount in HKD that a money field holds, at most two decimals. Another currency, or figures and words that differ: uncertain."""
    written = _SHARE_BESIDE.sub(" ", _SPACED_GROUPS.sub(r"\1", _close_digit_boxes(plain(text))))
    matches = list(_AMOUNT.finditer(written))
    if any(match["figures"] for match in matches):  # a lone 一 beside figures numbers the line
        matches = [match for match in matches if not match["worded"] or len(match["worded"]) > 1]
    amounts = [amount for match in matches if (amount := _judge(match)) is not None]
    if not amounts:
        worded = amount_in_words(written)
        return Normal(value=_cents(worded)) if worded is not None else Malformed(reason="not an amount")
    if any(match["minus"] and not written[: match.start()].rstrip()[-1:].isdigit() for match in matches):
        return Malformed(reason="an amount below zero")
    signed = [amount for match, amount in zip(matches, amounts, strict=False) if match["sign"] or match["after"]]
    first = (signed or amounts)[0]
    if len({amount.value for amount in amounts}) > 1:
        return Normal(value=first.value, certainty=0.3, note="more than one amount")
    if any(amount.currency in ("CNY", "USD") for amount in amounts) or _FOREIGN.search(written):
        return Normal(value=first.value, certainty=0.3, note="not in Hong Kong dollars")
    return Normal(value=first.value, certainty=min(amount.certainty for amount in amounts), note=first.note)


def read_percent(text: str) -> Normal | Malformed:
    """A share from 0 to 100, exact to the last digit written ('50.01 %', '百分之五十', '五成')."""
    written = _close_digit_boxes(plain(text))
    worded = _WORDED_SHARE.search(written)
    if worded:
        tenths = _chinese(worded["tenths"]) if worded["tenths"] else None
        share = tenths * 10 + (5 if worded["half"] else 0) if tenths is not None else _figure_or_chinese(worded["share"])
        return _percent(share, 1.0, "") if share is not None else Malformed(reason="not a percentage")
    found = list(_SHARE.finditer(written))
    marked = [match for match in found if match["per"]] or found
    if not marked:
        chinese = _chinese(written.rstrip("%"))
        return _percent(chinese, 0.8, "no percent sign") if chinese is not None else Malformed(reason="not a percentage")
    if len({match["figures"] for match in marked}) > 1:
        return Malformed(reason="more than one percentage", doubtful=True)
    match = marked[0]
    if match["minus"]:
        return Malformed(reason="a share below zero")
    figures = re.sub(r"\s", "", match["figures"])
    certainty, note = (0.7, "comma read as decimal point") if "," in figures else (1.0, "")
    share = _decimal(figures.replace(",", "."))
    if share is not None and 0 < share < 1 and not match["per"]:
        certainty, note = 0.5, "below one without a percent sign"
    return _percent(share, certainty, note)


def read_integer(text: str) -> Normal | Malformed:
    """A whole number of persons ('433', '約 300 人', '1,200', '三百')."""
    written = _close_digit_boxes(plain(text))
    found = list(_HEADCOUNT.finditer(written))
    if not found:
        return Malformed(reason="not a number")
    if re.match(r"-\s?[0-9]", written):
        return Malformed(reason="a number below zero")
    values = [_figure_or_chinese(match[0].replace(",", "") if "," in match[0] else match[0]) for match in found]
    if len(set(values)) > 1:
        return Malformed(reason="more than one number", doubtful=True)
    value, writing = values[0], found[0][0]
    if re.fullmatch(r"[0-9]{1,3}[.][0-9]{3}", writing):
        return Normal(value=int(writing.replace(".", "")), certainty=0.5, note="point read as grouping of thousands")
    if value is None or value != value.to_integral_value() or value >= 10**9:
        return Malformed(reason="not a whole number")
    odd = "," in writing and not re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+", writing)
    return Normal(value=int(value), certainty=0.5 if odd else 1.0, note="odd grouping of digits" if odd else "")


def _judge(match: re.Match[str]) -> FoundAmount | None:
    currency = _currency((match["sign"] or "") + " " + (match["after"] or ""))
    if match["worded"]:
        worded = _worded_amount(match["worded"])
        return None if worded is None else FoundAmount(start=0, end=0, value=_cents(worded), currency=currency)
    value, certainty, note = _figures(match["figures"])
    if value is None:
        return None
    if match["scale"]:
        value, certainty, note = (_decimal(match["figures"].replace(",", "")) or value) * _SCALES[match["scale"].lower()], min(certainty, 0.95), ""
    if value >= 10**13:
        return None
    return FoundAmount(start=0, end=0, value=_cents(value), currency=currency, certainty=certainty, note=note)


def _figures(text: str) -> tuple[Decimal | None, float, str]:
    """Figures with their grouping judged: commas by threes and at most two decimals are plain; all else is a choice."""
    joined = re.sub(r"\s", "", text)
    if re.fullmatch(r"[0-9]+(?:\.[0-9]{1,2})?|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?", joined):
        return _decimal(joined.replace(",", "")), 0.9 if joined != text else 1.0, ""
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]{1,2})?", joined):
        return _decimal(joined.replace(".", "").replace(",", ".")), 0.5, "point read as grouping of thousands"
    if re.fullmatch(r"[0-9]+,[0-9]{2}", joined):
        return _decimal(joined.replace(",", ".")), 0.4, "comma read as decimal point"
    if joined.count(".") <= 1 and re.fullmatch(r"[0-9,]+(?:\.[0-9]{1,2})?", joined):
        return _decimal(joined.replace(",", "")), 0.4, "odd grouping of digits"
    if re.fullmatch(r"[0-9]+\.[0-9]+", joined):
        return _decimal(joined), 0.4, "more than two decimals"
    return None, 0.0, ""


def _worded_amount(text: str) -> Decimal | None:
    """捌拾捌萬元伍角: the whole part in Chinese numerals, then tenths and hundredths."""
    coins = _COINS.match(text.translate(_TO_PLAIN_NUMERALS))
    whole = _chinese(coins["whole"]) if coins else None
    if coins is None or whole is None:
        return None
    tens, ones = (_chinese(coins[name]) if coins[name] else Decimal(0) for name in ("tens", "ones"))
    return whole + (tens or Decimal(0)) / 10 + (ones or Decimal(0)) / 100


def _chinese(text: str) -> Decimal | None:
    """Chinese numerals, ordinary or financial, Traditional or Simplified; None where they make no number."""
    numeral = text.translate(_TO_PLAIN_NUMERALS).strip("点")
    if not numeral or len(numeral) > 30 or any(c not in _NUMERAL + "点" for c in numeral):
        return None
    try:
        return _decimal(str(cn2an.cn2an(numeral, "normal")))
    except (ValueError, KeyError, IndexError):
        return None


def _figure_or_chinese(text: str) -> Decimal | None:
    return _decimal(text) if text.isascii() else _chinese(text)


def _decimal(text: str) -> Decimal | None:
    if len(text) > 30:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _percent(share: Decimal | None, certainty: float, note: str) -> Normal | Malformed:
    if share is None or not 0 <= share <= 100:
        return Malformed(reason="not a share from 0 to 100")
    return Normal(value=whole_or_float(float(share)), certainty=certainty, note=note)


def _cents(value: Decimal) -> int | float:
    return whole_or_float(float(round(value, 2)))


def _currency(signs: str) -> Currency | None:
    for name, pattern in (("CNY", _CNY), ("USD", _USD), ("HKD", _HKD), ("HKD", r"\$")):
        if re.search(pattern, signs, re.IGNORECASE):
            return name  # type: ignore[return-value]
    return None


def _inside_a_longer_number(text: str, match: re.Match[str]) -> bool:
    """A piece of a telephone number, a code or a date is no amount."""
    if match["sign"] or match["worded"]:
        return False
    start = match.start("minus") if match["minus"] else match.start("figures")
    before = text[max(0, start - 2) : start]
    return (before[-1:].isascii() and (before[-1:].isalnum() or before[-1:] in tuple("-/#"))) or bool(re.fullmatch(r"[0-9][.,]", before))


def _close_digit_boxes(text: str) -> str:
    """'8 8 0 0 0 0' as '880000': one digit a box."""
    figures = re.findall(r"[0-9]+", text)
    return _SPACED_DIGITS.sub("", text) if len(figures) >= 3 and all(len(figure) == 1 for figure in figures) else text
