"""The papers of the benchmark: scans of two pages in three scripts with the values printed on them, and the mail that carries them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import numpy as np
import pypdfium2

from parsers.folding import fold_key
from tests.corpus import degrade, forms, papers, people

DPI = 200
_LEAST_PIECE, _BETWEEN = 6, 60  # characters of either piece of a value over two lines, and of what stands between them
Picture = np.ndarray[Any, np.dtype[np.uint8]]
_SCRIPTS = (("en", "hk_factory"), ("zh_hant", "hk_factory"), ("zh_hans", "gd_wholly_owned"))


@dataclass(frozen=True)
class Scan:
    """A scan of two pages, and the values that are printed on it."""

    language: str
    pdf: bytes
    values: tuple[str, ...]

    def pictures(self) -> list[Picture]:
        """Its pages as a reader gets them."""
        document = pypdfium2.PdfDocument(self.pdf)
        try:
            return [np.array(page.render(scale=DPI / 72).to_pil().convert("RGB")) for page in document]
        finally:
            document.close()

    def share(self, text: str) -> float:
        """Share of its values that stand exactly in a text, in one piece or in two with little between them."""
        key = fold_key(text)
        return sum(_stands(fold_key(value), key) for value in self.values) / len(self.values)


def _stands(value: str, text: str) -> bool:
    """Whether a value stands in a text; one printed over two lines may have the second line of its label, or its neighbour, read in between."""
    if value in text:
        return True
    for cut in range(len(value) - _LEAST_PIECE, _LEAST_PIECE - 1, -1):
        first, rest = value[:cut], value[cut:]
        at = text.find(first)
        while at >= 0:
            if rest in text[at + cut : at + cut + _BETWEEN + len(rest)]:
                return True
            at = text.find(first, at + 1)
    return False


def scanned_forms(seed: int) -> list[Scan]:
    """Three scans of the application form, filled in: the densest pages that are sent."""
    made = []
    for number, (language, connection) in enumerate(_SCRIPTS):
        dice = random.Random(seed + number)
        applicant = people.invent(dice, form="B", connection=connection, language=language)
        pdf, _ = forms.printed_official(applicant, dice)
        values = tuple(forms.printed(key, value) for key, value in applicant.values.items() if key in forms.WIDGETS)
        made.append(_scan(language, degrade.pictures_of(pdf, DPI), values, dice))
    return made


def scanned_papers(seed: int) -> list[Scan]:
    """Three scans of supporting papers: an English certificate and quotation, a bilingual certificate and return, two Mainland licences."""
    made = []
    for number, (language, connection) in enumerate(_SCRIPTS):
        dice = random.Random(seed + number)
        applicant = people.invent(dice, form="B", connection=connection, language=language)
        drawn = {
            "en": lambda a, d: (papers.certificate_of_incorporation(a, d), papers.quotation(a, d, 0)),
            "zh_hant": lambda a, d: (papers.br_certificate(a, d), papers.annual_return(a, d)),
            "zh_hans": lambda a, d: (papers.business_licence(a, d), papers.business_licence(a, d)),
        }[language](applicant, dice)
        pages, values = [], list[str]()
        for paper in drawn:
            document = pypdfium2.PdfDocument(paper.pdf)
            printed = fold_key("".join(page.get_textpage().get_text_range() for page in document))
            document.close()
            pages.append(degrade.pictures_of(paper.pdf, DPI)[0])
            values += [value for value in paper.fields.values() if isinstance(value, str) and fold_key(value) in printed]
        made.append(_scan(language, pages, tuple(dict.fromkeys(values)), dice))
    return made


def _scan(language: str, pages: list[Picture], values: tuple[str, ...], dice: random.Random) -> Scan:
    return Scan(language, degrade.as_pdf([degrade.scanned(page, dice) for page in pages], DPI), values)


def reference_mail(scans: list[Scan], seed: int) -> bytes:
    """The reference application: one mail, one PDF form with values, and the scans."""
    dice = random.Random(seed)
    applicant = people.invent(dice, form="B", connection="gd_wholly_owned", language="en")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "office@applicant.example", "apply@secretariat.example", "Application"
    mail["Date"], mail["Message-ID"] = "Mon, 03 Mar 2025 10:00:00 +0800", f"<bench.{seed}@applicant.example>"
    mail.set_content("Please find enclosed our application form and supporting documents.")
    mail.add_attachment(forms.acroform(applicant, dice), "application", "pdf", filename="form.pdf")
    for number, paper in enumerate(scans):
        mail.add_attachment(paper.pdf, "application", "pdf", filename=f"paper{number}.pdf")
    return mail.as_bytes()
