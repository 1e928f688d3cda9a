"""The forms of whole mails: official or retyped, digital, scanned or photographed page by page."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.corpus import degrade, forms, late_forms, office_forms, unseen_forms
from tests.corpus.people import Applicant

RETYPED = ("table", "table2", "lines", "above", "bare")
PRINTED: dict[str, Callable[[Applicant, random.Random, str], bytes]] = {
    **dict.fromkeys(office_forms.LOOKS, office_forms.office_form),
    **dict.fromkeys(late_forms.LOOKS, late_forms.late_form),
    **dict.fromkeys(unseen_forms.LOOKS, unseen_forms.unseen_form),
}


def form_file(a: Applicant, dice: random.Random, media: str, *, looks: bool = False) -> tuple[str, bytes, str, dict[str, Any]]:
    """Name, bytes and layout of a form, and the boxes of its values where they are known. ``looks``: in any of the looks that offices print."""
    name = dice.choice(("application.pdf", "申請表.pdf", "scan_00.pdf", "CPPP form.pdf"))
    layout = dice.choice(tuple(PRINTED)) if looks else dice.choice(("official", "official", *RETYPED))
    boxes: dict[str, Any] = {}
    if looks:
        data = PRINTED[layout](a, dice, layout)
    elif layout != "official":
        data, boxes = forms.retyped(a, dice, layout)
    elif media == "digital" and dice.random() < 0.6:
        return name, forms.acroform(a, dice), layout, {}
    else:
        data, boxes = forms.printed_official(a, dice)
        layout = "flattened"
    if media == "scan":
        dpi = dice.choice((150, 200, 200, 300))
        data = degrade.as_pdf([degrade.scanned(p, dice) for p in degrade.pictures_of(data, dpi)], dpi, quality=dice.choice((50, 75)))
    return name, data, layout, boxes


def photo_files(pdf: bytes, dice: random.Random) -> tuple[list[tuple[str, bytes]], list[dict[str, Any]]]:
    """A photograph of each page as a file of its own, and what each of them is."""
    pictures = [degrade.photographed(p, dice) for p in degrade.pictures_of(pdf, 200)]
    names = [f"IMG_{dice.randrange(1000, 9999)}_{i}.jpg" for i in range(len(pictures))]
    return [(n, degrade.as_jpeg(p, 72)) for n, p in zip(names, pictures, strict=True)], [
        {"file": n, "type": "application_form", "pages": [1, 1]} for n in names
    ]
