"""Whole application mails with the results expected of them.

python -m tests.corpus.mails FOLDER [--count N] [--seed S] [--media digital,scan,photo] [--looks]

Writes 0001.eml ... and truth.jsonl: one object a mail, with the fields, papers, missing items, verdict and reply that must come out.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

from tests.corpus import degrade, papers
from tests.corpus.mail_forms import form_file, photo_files
from tests.corpus.papers import Paper
from tests.corpus.people import Applicant, invent
from tests.corpus.sheet import FACES, Sheet

HONG_KONG = timezone(timedelta(hours=8))
CONNECTIONS = ("gd_joint_venture", "gd_wholly_owned", "gd_processing_agreement", "gd_resident_owned", "hk_factory", "hk_workshop")


@dataclass(frozen=True)
class Expected:
    """What must come of a mail, beyond what its values say."""

    verdict: str = "complete"
    missing_fields: tuple[str, ...] = ()
    missing_documents: tuple[dict[str, Any], ...] = ()
    also_fine: tuple[str, ...] = ()  # fields that may be reported missing too
    needless: tuple[str, ...] = ()  # fields whose value is not scored


@dataclass(frozen=True)
class Made:
    """An application on its way into a mail."""

    applicant: Applicant
    papers: tuple[Paper, ...]
    expected: Expected
    scenario: str


def _missing(code: str, reason: str = "absent", have: int = 0, need: int = 1) -> dict[str, Any]:
    return {"code": code, "have": have, "need": need, "reason": reason}


def _complete(a: Applicant, dice: random.Random) -> Made:
    return Made(a, tuple(papers.required_papers(a, dice)), Expected(), "complete")


def _field_missing(a: Applicant, dice: random.Random) -> Made:
    key = dice.choice(("contact.phone", "project.title", "declaration.name", "applicant.address", "project.end_on"))
    return Made(
        a.with_values(**{key.replace(".", "__"): None}),
        tuple(papers.required_papers(a, dice)),
        Expected("incomplete", missing_fields=(key,)),
        f"missing {key}",
    )


def _paper_missing(a: Applicant, dice: random.Random) -> Made:
    all_papers = papers.required_papers(a, dice)
    victim = dice.choice([p for p in all_papers if p.kind not in ("quotation", "mainland_business_licence")])
    kept = tuple(p for p in all_papers if p is not victim)
    return Made(a, kept, Expected("incomplete", missing_documents=(_missing(victim.kind),)), f"no {victim.kind}")


def _too_few_quotations(a: Applicant, dice: random.Random) -> Made:
    all_papers = papers.required_papers(a, dice)
    quotes = [p for p in all_papers if p.kind == "quotation"]
    kept = tuple(p for p in all_papers if p is not quotes[-1])
    reason = "too_few" if len(quotes) > 1 else "absent"
    return Made(a, kept, Expected("incomplete", missing_documents=(_missing("quotation", reason, len(quotes) - 1, len(quotes)),)), "quotes short")


def _certificate(a: Applicant, dice: random.Random, *, expired: bool = False, unpaid: bool = False) -> Made:
    rest = papers.required_papers(a, dice)[1:]
    reason = "expired" if expired else "unpaid"
    return Made(
        a,
        (papers.br_certificate(a, dice, expired=expired, unpaid=unpaid), *rest),
        Expected("incomplete", missing_documents=(_missing("br_certificate", reason),)),
        f"BR {reason}",
    )


def _over_limit(a: Applicant, dice: random.Random) -> Made:
    a = a.with_values(project__funding_requested=int(a.values["project.total_cost"]))
    return Made(a, tuple(papers.required_papers(a, dice)), Expected("incomplete", also_fine=("project.funding_requested",)), "over the limit")


def _period(a: Applicant, dice: random.Random) -> Made:
    end = date.fromisoformat(a.values["project.end_on"])
    start = date.fromisoformat(a.values["project.start_on"])
    wrong = end + timedelta(days=400) if dice.random() < 0.6 else start - timedelta(days=20)
    a = a.with_values(project__end_on=wrong.isoformat())
    return Made(a, tuple(papers.required_papers(a, dice)), Expected("incomplete", also_fine=("project.end_on", "project.start_on")), "wrong period")


def _unsealed(a: Applicant, dice: random.Random) -> Made:
    key = dice.choice(("declaration.signature", "declaration.chop"))
    a = a.with_values(**{key.replace(".", "__"): False})
    return Made(a, tuple(papers.required_papers(a, dice)), Expected("incomplete", also_fine=(key,)), f"no {key}")


def _number_differs(a: Applicant, dice: random.Random) -> Made:
    other = str(int(a.values["applicant.br_number"]) + 1_004_000)
    rest = papers.required_papers(a, dice)[1:]
    return Made(a, (papers.br_certificate(a, dice, number=other), *rest), Expected("review"), "BR number differs")


def _sector_other(a: Applicant, dice: random.Random) -> Made:
    key = {"C": "organisation__status"}.get(a.form, "factory__sector")
    a = a.with_values(**{key: "other"})
    return Made(a, tuple(papers.required_papers(a, dice)), Expected("review"), "other sector or status")


def _boundary(a: Applicant, dice: random.Random) -> Made:
    if "connection.mainland_shareholding" not in a.values:
        return _number_differs(a, dice)
    a = a.with_values(connection__mainland_shareholding=50.0) if dice.random() < 0.5 else a.with_values(connection__hk_shareholding=29.99)
    return Made(a, tuple(papers.required_papers(a, dice)), Expected("review"), "shareholding short")


def _agreement_expired(a: Applicant, dice: random.Random) -> Made:
    if a.values.get("connection.type") != "gd_processing_agreement":
        return _complete(a, dice)
    kept = [p for p in papers.required_papers(a, dice) if p.kind != "processing_agreement"]
    return Made(a, (*kept, papers.contract(a, dice, "processing_agreement", expired=True)), Expected("review"), "agreement expired")


def _spoilt(a: Applicant, dice: random.Random) -> Made:
    all_papers = papers.required_papers(a, dice)
    names = {
        "br_certificate": "BR certificate.pdf",
        "annual_return": "Annual Return NAR1.pdf",
        "project_plan": "Project plan.pdf",
        "constitution": "Constitution.pdf",
    }
    victim = next(p for p in reversed(all_papers) if p.kind in names)
    how = dice.choice(("encrypted", "damaged", "blank"))
    spoilt = replace(victim, kind="other", name=names[victim.kind], pdf=_spoil(victim.pdf, how), problems=(how,), fields={}, pages=1)
    reason = "unreadable" if how == "blank" else how
    return Made(
        a,
        tuple(spoilt if p is victim else p for p in all_papers),
        Expected("incomplete", missing_documents=(_missing(victim.kind, reason),)),
        f"{how} {victim.kind}",
    )


def _spoil(pdf: bytes, how: str) -> bytes:
    if how == "damaged":
        return pdf[: len(pdf) // 3]
    if how == "blank":
        return Sheet(FACES[0]).pdf()
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        document.save(out, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return out.getvalue()


Scenario = Callable[[Applicant, random.Random], Made]
SCENARIOS: tuple[Scenario, ...] = (
    _complete, _complete, _field_missing, _paper_missing, _too_few_quotations, lambda a, d: _certificate(a, d, expired=True), lambda a, d: _certificate(a, d, unpaid=True),
    _over_limit, _period, _unsealed, _number_differs, _sector_other, _boundary, _agreement_expired, _spoilt, _complete,
)  # fmt: skip
BODIES = {
    "en": (
        "Application under the CPPP",
        "Dear Sir or Madam,\n\nPlease find enclosed our application form with supporting documents.\n\nYours faithfully,\n{name}\n",
    ),
    "zh_hant": ("申請清潔生產伙伴計劃", "敬啟者:\n\n現附上本公司之申請表及證明文件,懇請審批。\n\n{name}謹啟\n"),
    "zh_hans": ("清洁生产伙伴计划申请", "您好:\n\n现提交我司的申请表及相关证明材料,请查收。\n\n{name}\n"),
}


def make_mail(
    number: int,
    dice: random.Random,
    media: str,
    *,
    scenario: Scenario | None = None,
    paper_media: tuple[str, ...] = ("pdf", "pdf", "pdf", "scan", "bw"),
    looks: bool = False,
) -> tuple[bytes, dict[str, Any]]:
    """One mail and its truth. ``looks``: the form in any of the looks that offices print. ``media``: digital, scan or photo (of the form); the papers are a mixture of ``paper_media``."""
    form = dice.choice("AABBC")
    connection = None if form == "C" else dice.choice(CONNECTIONS[:5] if form == "A" else CONNECTIONS)
    language = dice.choice(("en", "zh_hant", "zh_hant", "zh_hans"))
    made = (scenario or dice.choice(SCENARIOS))(invent(dice, form=form, connection=connection, language=language), dice)
    form_name, form_bytes, layout, boxes = form_file(made.applicant, dice, media, looks=looks)
    attachments = [(form_name, form_bytes)]
    documents: list[dict[str, Any]] = [{"file": form_name, "type": "application_form", "pages": [1, len(pikepdf.open(BytesIO(form_bytes)).pages)]}]
    used = {form_name}
    for paper in made.papers:
        stem, _, suffix = paper.name.rpartition(".")
        name = paper.name
        while name in used:
            name = f"{stem}-{len(used)}.{suffix}"
        used.add(name)
        data, medium = _medium(paper, dice, paper_media)
        attachments.append((name, data))
        documents.append(_truth_of(paper, name, medium))
    if media == "photo":
        attachments[0:1], documents[0:1] = photo_files(form_bytes, dice)
        form_name = ""
    a = made.applicant
    mail = _mail(a, attachments, dice, number)
    truth = {
        "file": f"{number:04d}.eml",
        "received_on": a.received_on.isoformat(),
        "message": {"class": "application", "language": language},
        "application": _application_truth(made, documents, boxes if media == "digital" and layout != "official" else {}, form_name),
        "reply": {
            "template": {"complete": "acknowledgement", "incomplete": "missing_items", "review": "receipt"}[made.expected.verdict],
            "to_allowed": [a.values.get("contact.email", "")],
            "language": language,
        },
        "not_papers": [],
        "pages": len(documents),
        "tags": {
            "scenario": made.scenario,
            "layout": layout,
            "method": {"digital": "acroform" if layout == "official" else "text", "scan": "ocr-scan", "photo": "photo"}[media],
            "difficulty": "-",
            "mail": "-",
            "connection": connection,
            "form": form,
        },
        "notes": [],
    }
    return mail, truth


def _medium(paper: Paper, dice: random.Random, media: tuple[str, ...]) -> tuple[bytes, str]:
    if paper.problems and set(paper.problems) & {"encrypted", "damaged", "blank"}:
        return paper.pdf, "pdf"
    medium = dice.choice(media)
    if medium == "pdf":
        return paper.pdf, medium
    pictures = degrade.pictures_of(paper.pdf, 200)
    treat = degrade.faxed if medium == "bw" else degrade.scanned
    return degrade.as_pdf([treat(p, dice) for p in pictures], 200, bilevel=medium == "bw"), medium


def _truth_of(paper: Paper, name: str, medium: str) -> dict[str, Any]:
    spoilt = bool(set(paper.problems) & {"encrypted", "damaged", "blank"})
    return {
        "file": name,
        "type": paper.kind,
        "pages": [1, paper.pages],
        "medium": medium,
        "fields": paper.fields,
        "alternatives": paper.alternatives,
        **({"problems": list(paper.problems)} if paper.problems else {}),
        **({"unreadable": True} if spoilt else {}),
    }


def _application_truth(made: Made, documents: list[dict[str, Any]], boxes: dict[str, Any], form_name: str) -> dict[str, Any]:
    a, expected = made.applicant, made.expected
    return {
        "edition": "2020",
        "initiative": a.initiative,
        "verdict": expected.verdict,
        "fields": a.values,
        "boxes": {key: {"document": form_name, "page": page, "box": [round(n, 1) for n in box]} for key, (page, box) in boxes.items()},
        "fields_not_scored": list(expected.needless),
        "documents": documents,
        "missing": {"fields": list(expected.missing_fields), "documents": list(expected.missing_documents)},
        "missing_optional": {"fields": list(expected.also_fine), "documents": []},
        "findings": [],
    }


def _mail(a: Applicant, attachments: list[tuple[str, bytes]], dice: random.Random, number: int) -> bytes:
    subject, body = BODIES[a.language]
    mail = EmailMessage()
    when = datetime.combine(a.received_on, datetime.min.time(), HONG_KONG) + timedelta(hours=9, minutes=dice.randrange(500))
    sender = a.values.get("contact.email") or "applicant@applicant.example"
    mail["Received"] = f"from mx.applicant.example by mx.secretariat.example with ESMTPS id {number}; {when:%a, %d %b %Y %H:%M:%S %z}"
    mail["From"] = sender
    mail["To"] = "apply@secretariat.example"
    mail["Subject"] = subject
    mail["Date"] = f"{when:%a, %d %b %Y %H:%M:%S %z}"
    mail["Message-ID"] = f"<corpus.{number}.{dice.randrange(10**9)}@applicant.example>"
    mail.set_content(body.format(name=a.values["contact.name"]))
    if dice.random() < 0.12:
        attachments = [attachments[0], ("papers.zip", _zip(attachments[1:]))]
    for name, data in attachments:
        kind = ("application", "zip") if name.endswith(".zip") else ("image", "jpeg") if name.endswith(".jpg") else ("application", "pdf")
        mail.add_attachment(data, *kind, filename=name)
    return mail.as_bytes()


def _zip(files: list[tuple[str, bytes]]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def write_corpus(
    folder: Path, *, count: int, seed: int, media: tuple[str, ...] = ("digital", "digital", "scan", "photo"), looks: bool = False
) -> None:
    """Writes ``count`` mails and truth.jsonl. The same seed gives the same mails."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "truth.jsonl").open("w", encoding="utf-8") as truths:
        for number in range(1, count + 1):
            dice = random.Random(seed * 10_000 + number)
            mail, truth = make_mail(number, dice, media[(number - 1) % len(media)], looks=looks)
            (folder / truth["file"]).write_bytes(mail)
            truths.write(json.dumps(truth, ensure_ascii=False) + "\n")
            print(f"{truth['file']} {truth['tags']['scenario']} {truth['tags']['layout']}", file=sys.stderr)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--count", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--media", default="digital,digital,scan,photo")
    options.add_argument("--looks", action="store_true", help="forms in any of the looks that offices print")
    given = options.parse_args()
    write_corpus(given.folder, count=given.count, seed=given.seed, media=tuple(given.media.split(",")), looks=given.looks)


if __name__ == "__main__":
    main()
