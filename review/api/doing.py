"""How an act is done for another system: on the revision that it looked at, once for an idempotency key, and refused in typed words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from review.acts import NoCase
from review.api.callers import Acting, Caller
from review.api.looks import LARGEST, the_case, the_mail
from review.api.problems import Refusal
from review.api.schemas import Done, MailDone
from review.desk import WorkError
from review.mail_acts import NoMail, revision_of_mail
from storage.errors import StorageError
from storage.outbox import letter as letter_by_id
from storage.site import revision_of
from storage.tokens import begin_answer, end_answer, forget_answer

IfMatch = Annotated[str, Header(alias="If-Match", description="The ETag of what was looked at. Required: 428 without, 412 where it changed since.")]
_SAME = "Sent again with the same key within two days, an act is answered as before and not done again."
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=8, max_length=200, description=_SAME)]


@dataclass(frozen=True)
class Doing:
    """An act that is asked for."""

    caller: Caller
    request: Request
    if_match: str
    key: str | None

    def on_case(self, reference: str, body: BaseModel | None, act: Callable[[str], object]) -> Response:
        """``act`` gets the revision. The answer is the case as it then stands."""

        def now() -> str:
            with self.caller.desk.database.reading() as tx:
                return revision_of(tx, the_case(tx, self.caller, reference).id, reference)

        def done() -> Done:
            with self.caller.desk.database.reading() as tx:
                case = the_case(tx, self.caller, reference)
                return Done(reference=case.reference, state=case.state, verdict=case.verdict, revision=revision_of(tx, case.id, reference))

        return self._once(body, act, now, done)

    def on_letter(self, letter_id: int, body: BaseModel, act: Callable[[str], object]) -> Response:
        """The revision is that of the letter's case."""
        with self.caller.desk.database.reading() as tx:
            try:
                reference = letter_by_id(tx, letter_id if 0 < letter_id <= LARGEST else 0).reference
            except StorageError as error:
                raise Refusal(404, "not-there", self.caller.t("problem.not_there")) from error
        return self.on_case(reference, body, act)

    def on_mail(self, mail_id: int, body: BaseModel | None, act: Callable[[str], object]) -> Response:
        def now() -> str:
            with self.caller.desk.database.reading() as tx:
                return revision_of_mail(the_mail(tx, self.caller, mail_id))

        def done() -> MailDone:
            with self.caller.desk.database.reading() as tx:
                mail = the_mail(tx, self.caller, mail_id)
            reference = mail.case.reference if mail.case else None
            return MailDone(id=mail_id, state=mail.arrival.state.value, reference=reference, revision=revision_of_mail(mail))

        return self._once(body, act, now, done)

    def _once(self, body: BaseModel | None, act: Callable[[str], object], now: Callable[[], str], done: Callable[[], Done | MailDone]) -> Response:
        before = self._begin(body)
        if before is not None:
            return _answer(before)
        try:
            revision = self._revision(now())
            self._tried(act, revision, now)
        except (Refusal, NoCase, NoMail, WorkError, StorageError):
            self._forget()
            raise
        answer = done().model_dump(mode="json")
        if self.key is not None:
            with self.caller.desk.database.transaction() as tx:
                end_answer(tx, actor=self.caller.name, key=self.key, status=200, answer=json.dumps(answer))
        return _answer(answer)

    def _revision(self, now: str) -> str:
        """The revision that was looked at. Raises Refusal: 428 where none is named, 412 where it is not the present one."""
        tag = self.if_match.strip().removeprefix("W/")
        if len(tag) < 3 or not (tag.startswith('"') and tag.endswith('"')):
            raise Refusal(428, "revision-needed", 'send If-Match with the ETag of what you looked at, as "12-3"')
        if tag[1:-1] != now:
            raise self._changed(now)
        return tag[1:-1]

    def _tried(self, act: Callable[[str], object], revision: str, now: Callable[[], str]) -> None:
        try:
            act(revision)
        except WorkError as error:
            present = now()
            raise (self._changed(present) if present != revision else Refusal(409, "cannot", str(error))) from error

    def _changed(self, now: str) -> Refusal:
        return Refusal(412, "changed", "it was changed since you looked: look again", headers={"ETag": f'"{now}"'})

    def _begin(self, body: BaseModel | None) -> dict[str, Any] | None:
        """What was answered before under this key; None where the act is to be done. Raises Refusal where the key stands for something else."""
        if self.key is None:
            return None
        asked = "\n".join((self.request.method, self.request.url.path, self.if_match, body.model_dump_json() if body else ""))
        hashed = hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()
        with self.caller.desk.database.transaction() as tx:
            before = begin_answer(tx, actor=self.caller.name, key=self.key, asked=hashed, at=self.caller.desk.clock())
        if before is None:
            return None
        if before.asked != hashed:
            raise Refusal(422, "key-used", "this Idempotency-Key was sent with another request")
        if before.status is None:
            raise Refusal(409, "in-hand", "this request is in hand, or broke off: look again before you ask under another key")
        answer: dict[str, Any] = json.loads(before.answer)
        return answer

    def _forget(self) -> None:
        if self.key is not None:
            with self.caller.desk.database.transaction() as tx:
                forget_answer(tx, actor=self.caller.name, key=self.key)


def doing(caller: Acting, request: Request, if_match: IfMatch = "", idempotency_key: Key = None) -> Doing:
    return Doing(caller, request, if_match, idempotency_key)


Asked = Annotated[Doing, Depends(doing)]


def _answer(answer: dict[str, Any]) -> Response:
    return JSONResponse(answer, headers={"ETag": f'"{answer["revision"]}"'})
