"""The office at a glance: what came, how it was decided, in whose hands it lies, what applicants lack, how well the papers are read."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import Response

from parsers.catalogue import Catalogue
from review.charts import bars
from review.pages.queues import terms_of
from review.visit import Looking, Visit
from storage.accuracy import accuracy
from storage.database import Transaction
from storage.hands import Hands, days_in_hands
from storage.insight import arrivals_by_week, reasons_for_incompleteness, straight_through, verdicts
from storage.queues import queue_counts

router = APIRouter()


@dataclass(frozen=True)
class Row:
    """One line of a chart and of its table. ``link``: where it leads, if anywhere."""

    label: str
    figure: str
    link: str = ""


@dataclass(frozen=True)
class Chart:
    """One chart with its figures: ``rows`` stand in a table under it, headed ``what`` and ``figure``. ``note``: what must be known to read it."""

    title: str
    svg: Markup
    rows: tuple[Row, ...]
    what: str
    figure: str
    note: str = ""


@router.get("/dashboard")
def dashboard(visit: Looking) -> Response:
    """Counts and shares only: no personal data stands on this page."""
    with visit.desk.database.reading() as tx:
        counts = queue_counts(tx, terms_of(visit))
        hands = days_in_hands(tx, visit.desk.clock())
        through = straight_through(tx)
        charts = _charts(visit, tx, hands)
    share = 100 * through.untouched / through.applications if through.applications else 0.0
    return visit.page("dashboard.html.j2", charts=charts, hands=hands, through=through, share=share, counts=counts, queue=None)


def label_of(catalogue: Catalogue, code: str, visit: Visit) -> str:
    """The printed words of a field or paper; its code where it has none."""
    label = next((spec.label for spec in catalogue.fields if spec.key == code), None)
    label = label or next((spec.label for spec in catalogue.documents if spec.code == code), None)
    return label.in_language(visit.t.language) if label else code


def _charts(visit: Visit, tx: Transaction, hands: Hands) -> tuple[Chart, ...]:
    t, now = visit.t, visit.desk.clock()
    lacking = [(label_of(visit.desk.catalogue, code, visit), float(count)) for code, count in reasons_for_incompleteness(tx)]
    _, by_method = accuracy(tx)
    methods = [(f"{t('method.' + one.key)} ({one.right}/{one.looked_at})", round(100 * one.share, 1)) for one in by_method]
    mails, applications, days = t("dashboard.of_mails"), t("dashboard.of_applications"), t("dashboard.of_days")
    return (
        _chart(t("dashboard.arrivals"), [(week, float(count)) for week, count in arrivals_by_week(tx, now)], t("dashboard.week"), mails),
        _chart(
            t("dashboard.verdicts"), [(t(f"verdict.{verdict.value}"), float(count)) for verdict, count in verdicts(tx).items()],
            t("case.verdict"), applications, ink="b",
        ),
        _chart(
            t("dashboard.hands"), [(t("dashboard.ours"), round(hands.ours, 1)), (t("dashboard.applicants"), round(hands.applicants, 1))],
            t("dashboard.whose"), days, note=t("dashboard.hands_note", count=hands.cases),
        ),
        _chart(
            t("dashboard.longest"), [(reference, float(waited)) for reference, waited in hands.oldest], t("queue.reference"), days, ink="c",
            note=t("dashboard.longest_note"), links=tuple(f"/cases/{reference}" for reference, _ in hands.oldest),
        ),
        _chart(t("dashboard.lacking"), lacking, t("learning.what"), applications, ink="c", note=t("dashboard.lacking_note")),
        _chart(
            t("dashboard.accuracy"), methods, t("dashboard.method"), t("learning.right"), unit="%", most=100.0,
            note=t("dashboard.accuracy_note") if by_method else "",
        ),
    )  # fmt: skip


def _chart(
    title: str,
    rows: list[tuple[str, float]],
    what: str,
    figure: str,
    *,
    unit: str = "",
    most: float | None = None,
    ink: str = "a",
    note: str = "",
    links: tuple[str, ...] = (),
) -> Chart:
    figures = tuple(Row(label, f"{value:g}{unit}", links[at] if links else "") for at, (label, value) in enumerate(rows))
    return Chart(title, bars(rows, title, unit=unit, most=most, ink=ink), figures, what, figure, note)
