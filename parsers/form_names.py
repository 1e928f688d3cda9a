"""The applicant's two names where a form asks for one: which language it is in, and where one line holds both."""

from __future__ import annotations

import re

from parsers.folding import fold_key
from parsers.values import Field, Missing, Read

_HAN = re.compile(r"[\u3400-\u9fff]")
_NAME_EN, _NAME_ZH = "applicant.name_en", "applicant.name_zh"


def tell_names_apart(fields: dict[str, Field]) -> None:
    """'Company name' without a language: a name in Chinese is the Chinese one; one line with both is cut in two."""
    english, chinese = fields.get(_NAME_EN), fields.get(_NAME_ZH)
    if not isinstance(english, Read) or isinstance(chinese, Read):
        return
    text = str(english.value)
    chinese_names = [run for run in re.findall(r"[\u3400-\u9fff（）()]{2,}", text) if len(_HAN.findall(run)) > 1]
    if not chinese_names:  # one character among English words is a part of that name
        return
    latin = _HAN.sub(" ", text)
    longest = max(chinese_names, key=len)
    fields[_NAME_ZH] = english.model_copy(update={"key": _NAME_ZH, "value": longest.strip(), "text": longest.strip()})
    rest = " ".join(latin.split()).strip(" ()（）/,;")
    if len(fold_key(rest)) >= 4:
        fields[_NAME_EN] = english.model_copy(update={"value": rest, "text": rest})
    else:
        fields[_NAME_EN] = Missing(key=_NAME_EN, evidence=english.evidence)
