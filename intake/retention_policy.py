"""How long what is kept: the programme's retention policy as data (programme.md, 'Languages and privacy': retention by status)."""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta
from pydantic import PositiveInt, model_validator

from checks.values import Verdict
from parsers.values import Value
from storage.values import CaseKind


class Retention(Value):
    """Months after the day of receipt for which closed cases are kept, by verdict or kind. ``mail_without_case``: of mail that led to no case."""

    applications: dict[Verdict, PositiveInt]
    others: dict[CaseKind, PositiveInt]
    mail_without_case: PositiveInt

    @model_validator(mode="after")
    def _every_status_has_its_time(self) -> Retention:
        lacking = [verdict.value for verdict in Verdict if verdict not in self.applications]
        lacking += [kind.value for kind in CaseKind if kind is not CaseKind.APPLICATION and kind not in self.others]
        if lacking:
            raise ValueError(f"there is no retention for {', '.join(lacking)}; give each a number of months")
        return self


def received_before(months: int, today: date) -> date:
    """The day before which a case must have been received to be past its time."""
    return today - relativedelta(months=months)
