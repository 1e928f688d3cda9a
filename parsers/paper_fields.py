"""The fields that each kind of supporting paper yields itself (vocabulary.toml, documents), read with their evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from parsers.catalogue import Catalogue
from parsers.paper_certificates import annual_return, br_certificate, certificate_of_incorporation
from parsers.paper_kinds import PageView
from parsers.paper_licences import business_licence, identity, shareholding
from parsers.paper_quotations import quotation
from parsers.paper_terms import expiry
from parsers.paper_values import Found, PaperText, as_read, as_unreadable, dates_at, paper_text
from parsers.values import Field, Read

_READERS: dict[str, Callable[[PaperText], dict[str, Found]]] = {
    "br_certificate": br_certificate,
    "br_demand_note": br_certificate,
    "certificate_of_incorporation": certificate_of_incorporation,
    "annual_return": annual_return,
    "mainland_business_licence": business_licence,
    "processing_agreement": expiry,
    "joint_venture_agreement": expiry,
    "resident_identity": identity,
    "mainland_shareholding_proof": shareholding,
    "quotation": quotation,
}
_ALWAYS_DATED = {
    "br_certificate": ("commenced_on", "expires_on"),
    "br_demand_note": ("commenced_on", "expires_on"),
    "annual_return": ("made_up_to",),
    "mainland_business_licence": ("established_on",),
}


def read_fields(kind: str, views: Sequence[PageView], catalogue: Catalogue, *, document: str | None, part: str) -> dict[str, Field]:
    """Fields of one paper by key, each Read with its evidence, or Unreadable where something stands that is no date. What was not found is absent."""
    reader = _READERS.get(kind)
    if reader is None:
        return {}
    paper = paper_text(views, catalogue.document(kind), document=document, part=part)
    found = reader(paper)
    fields: dict[str, Field] = {
        key: _private(as_read(paper, key, value), kind) if value.whole else as_unreadable(paper, key, value.pieces, reason="illegible")
        for key, value in found.items()
    }
    for key in _ALWAYS_DATED.get(kind, ()):
        if key not in fields:
            _, instead = dates_at(paper, key)
            if instead:
                fields[key] = as_unreadable(paper, key, instead)
    return fields


def _private(field: Read, kind: str) -> Read:
    """An identity card's own words are quoted only as far as the value goes."""
    if kind != "resident_identity":
        return field
    return field.model_copy(update={"evidence": field.evidence.model_copy(update={"quote": field.text})})
