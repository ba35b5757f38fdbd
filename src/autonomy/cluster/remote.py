"""A leaf's commands on a worker elsewhere: send, wait, pass a stop on, give up what is lost. The journal stays here."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import Literal

from autonomy.cluster import base, handshake, outpost
from autonomy.cluster.base import Parcel
from autonomy.cluster.handshake import Unfit
from autonomy.cluster.roster import Roster
from autonomy.cluster.wire import Answer, Errand, OrdersNote, open_answer, pack, seal, unpack
from autonomy.errors import AutonomyError, Cancelled, EnvironmentFault, Unreachable
from autonomy.judging import Judgement
from autonomy.leafrunner import NOTHING_TOLD, Lease, Measurement, Orders, Told, Tried, judged_as
from autonomy.lineage import wait_readable
from autonomy.model import Patch, Status
from autonomy.process import Cancellation
from autonomy.protocols import Member

MARGIN = 5.0
"""Seconds beyond the grace period in which a worker must have said how a leaf ended that was told to stop."""
SPILL = 4 << 20
MAX_BRIEF = 1 << 20
LOST = "lost_worker"
"""The class of the failure of an attempt whose worker is gone."""
Kind = Literal["attempt", "judge", "measure", "profile"]


class RemoteRunner:
    """Runs the commands of leaves at the members of a roster, at most as many at one as it has slots."""

    def __init__(  # noqa: PLR0913  # what a run is, in one place
        self, orders: Orders, parcel: Parcel, roster: Roster, home: Path, briefs: Callable[[str], bytes],
        cancellation: Cancellation, plan_digest: str, bench_worker: str = "",
    ) -> None:  # fmt: skip
        self.orders, self.parcel, self.roster = orders, parcel, roster
        self._home, self._briefs, self._cancellation = home, briefs, cancellation
        self._plan_digest, self._bench_worker = plan_digest, bench_worker
        self._note = OrdersNote.of(orders)
        self._unjudged = self._note.model_copy(update={"validators": ()})
        self._ready: dict[str, threading.Lock] = {}
        self._supplied: set[str] = set()
        self._suspects: set[str] = set()
        """Leaves whose last worker was lost, maybe by their doing: they work alone, and take no other along."""
        self._lock = threading.Lock()

    def attempt(self, lease: Lease, told: Told = NOTHING_TOLD) -> Tried:
        alone = told.known is not None and bool(self.orders.validators)
        errand = self._errand("attempt", lease, f"{lease.log}", told)
        if alone:
            errand = errand.model_copy(update={"orders": self._unjudged})
        tried = self._tried(errand, told.start, told)
        if not alone or told.known is None or tried.status is not Status.SUCCEEDED:
            return tried
        if not told.known.claim(tried.patch):
            return replace(tried, pending=True)
        found: Judgement | None = None
        try:
            judged = self.judge(lease, tried, told)
            if judged.kind in ("", "validator"):
                found = Judgement(judged.verdicts, judged.tests)
        finally:
            told.known.settle(tried.patch, found)
        return judged_as(tried, found) if found else judged

    def judge(self, lease: Lease, tried: Tried, told: Told = NOTHING_TOLD) -> Tried:
        errand = self._errand("judge", lease, lease.log, told)
        found = self._tried(errand, tried.patch, told)
        return replace(found, patch=tried.patch, violations=tried.violations, exit=tried.exit)

    def measure(self, lease: Lease, patch: Patch, words: Sequence[str], log: str) -> Measurement:
        errand = self._errand("measure", lease, log, NOTHING_TOLD, tuple(words))
        answer, _ = self._done(errand, patch, NOTHING_TOLD, self._measures())
        return answer.measurement()

    def profile(self, lease: Lease, patch: Patch, words: Sequence[str], log: str) -> None:
        self._done(
            self._errand("profile", lease, log, NOTHING_TOLD, tuple(words)), patch, NOTHING_TOLD, self._measures()
        )

    def _measures(self) -> str:
        """The one worker that measures: figures of two machines are no comparison."""
        with self._lock:
            alive = [member.name for member in self.roster.alive]
            if self._bench_worker not in alive and alive:
                self._bench_worker = alive[0]
            return self._bench_worker

    def _errand(self, kind: Kind, lease: Lease, log: str, told: Told, words: Sequence[str] = ()) -> Errand:
        brief = self._briefs(lease.leaf.slug).decode("utf-8", "replace")[:MAX_BRIEF]
        return Errand(
            kind=kind, engine=handshake.ours(), run_id=self._home.name, plan_digest=self._plan_digest,
            leaf=lease.leaf.id, slug=lease.leaf.slug, files=lease.leaf.files, attempt=lease.attempt,
            candidate=lease.candidate, lease=lease.number, base=self.parcel.note, orders=self._note,
            words=tuple(words) or told.command, log=log, feedback=told.feedback, appendix=told.appendix, brief=brief,
            spill=SPILL,
        )  # fmt: skip

    def _tried(self, errand: Errand, start: Patch, told: Told) -> Tried:
        alone = errand.leaf in self._suspects
        try:
            answer, patch = self._done(errand, start, told, alone=alone)
        except Lost as error:
            self._suspects.add(errand.leaf)
            if alone:
                return Tried(Status.FAILED, f"{error}, like the one before, and nothing else ran there", LOST)
            return Tried(Status.ERROR, str(error), LOST)
        except Cancelled as error:
            return Tried(Status.CANCELLED, str(error), "cancelled")
        except (AutonomyError, OSError) as error:
            return Tried(Status.ERROR, str(error), "machinery")
        self._suspects.discard(errand.leaf)
        return answer.tried(patch)

    def _done(
        self, errand: Errand, patch: Patch, told: Told, name: str = "", *, alone: bool = False
    ) -> tuple[Answer, Patch]:
        """Have an errand done by whoever has a place, or by `name`, or by one that does nothing else meanwhile, and
        bring in what it brought.

        Raises:
            Cancelled: it was told to stop before it began, or its worker did not say how it ended.
            Lost: its worker is gone.
            EnvironmentFault: the worker refused, or there is no room for what it answered.
        """
        try:
            return self._brought(errand, patch, told, name, alone=alone)
        except Unfit as error:
            self.roster.give_up(str(error))
            raise Cancelled(str(error)) from None

    def _brought(self, errand: Errand, patch: Patch, told: Told, name: str, *, alone: bool) -> tuple[Answer, Patch]:
        with _Waiting() as waiting, self.roster.place(waiting.lose, name, alone=alone) as member:
            answer, blobs = self._sent(errand, [pack(patch)], member, waiting, told)
            if answer.kind == "no_base":
                self._supplied.discard(member.identity)
                parcel = [] if self._supply(member) else [self.parcel.pack().read_bytes()]
                answer, blobs = self._sent(errand, [pack(patch), *parcel], member, waiting, told)
            if answer.kind == "spilled":
                answer, blobs = open_answer(self._fetched(errand, member, answer.size))
        if answer.kind == "unfit":
            raise Unfit(answer.error)
        if answer.kind != "done":
            raise EnvironmentFault(f"worker {member.name}: {answer.error or 'has no base'}")
        self.roster.learn(answer.took)
        for file, data in zip(answer.files, blobs[1:], strict=True):
            self._keep(errand, file, data)
        return answer, unpack(blobs[0])

    def _sent(
        self, errand: Errand, parts: Sequence[bytes], member: Member, waiting: "_Waiting", told: Told
    ) -> tuple[Answer, list[bytes]]:
        self._supply(member)
        future = self.roster.crew.submit(member, f"{errand.slug}-{errand.run_id}-{errand.lease}", seal(errand, *parts))
        future.add_done_callback(waiting.end)
        try:
            self._wait(future, errand, member, waiting, told)
            if not future.done() or future.cancelled():
                raise self._why(member, told)
            if error := future.exception():
                raise Lost(f"worker {member.name}: {type(error).__name__}: {error}")
            return open_answer(future.result())
        finally:
            future.cancel()

    def _wait(self, future: "Future[bytes]", errand: Errand, member: Member, waiting: "_Waiting", told: Told) -> None:
        """Until there is an answer, or the member is lost, or it did not answer to a stop in time."""
        cancels = (self._cancellation, *told.cancels)
        asked = [each.asked for each in cancels]
        while not waiting.over(future):
            ready = wait_readable([waiting.descriptor, *asked], None)
            if waiting.over(future):
                return
            if waiting.descriptor in ready:
                waiting.clear()
                continue
            self._pass_on(errand, member, at_once=False)
            wait_readable([waiting.descriptor, *(each.at_once for each in cancels)], self.orders.grace + MARGIN)
            if not waiting.over(future):
                self._pass_on(errand, member, at_once=True)
                wait_readable([waiting.descriptor], MARGIN)
            return

    def _pass_on(self, errand: Errand, member: Member, *, at_once: bool) -> None:
        with suppress(Unreachable):
            self.roster.crew.ask(member, outpost.stop, errand.run_id, [errand.lease], at_once)

    def _why(self, member: Member, told: Told) -> AutonomyError:
        """Why there is no answer."""
        if any(each.requested for each in (self._cancellation, *told.cancels)):
            return Cancelled("cancelled; its worker did not say how it ended")
        self.roster.look()
        if self.roster.closed:
            return Cancelled(self.roster.closed)
        return Lost(f"worker {member.name} was lost")

    def _supply(self, member: Member) -> bool:
        """See to it that the member's machine has the base; False where there is no way but within an errand."""
        with self._lock:
            alone = self._ready.setdefault(member.identity, threading.Lock())
        with alone:
            if member.identity in self._supplied:
                return True
            crew, note = self.roster.crew, self.parcel.note
            try:
                # A worker may have come after the run has begun.
                expected = handshake.ours() | {"plan": self._plan_digest}
                handshake.check(member.name, crew.ask(member, outpost.hello, self._home.name), expected)
                if not note.url and not crew.ask(member, outpost.has_base, note.model_dump_json()):
                    token = token_hex(8)
                    with self.parcel.pack().open("rb") as file:
                        while data := file.read(base.PIECE):
                            crew.ask(member, outpost.take_piece, note.key, token, data)
                    crew.ask(member, outpost.arrived, note.key, token)
            except Unreachable:
                return False
            self._supplied.add(member.identity)
            return True

    def _fetched(self, errand: Errand, member: Member, size: int) -> bytes:
        pieces: list[bytes] = []
        while (have := sum(map(len, pieces))) < size:
            pieces.append(self.roster.crew.ask(member, outpost.piece, errand.run_id, errand.lease, have))
        return b"".join(pieces)

    def _keep(self, errand: Errand, file: str, data: bytes) -> None:
        """A log or a file of AUTONOMY_OUT, where the run keeps it; what is neither is dropped."""
        stem = errand.log.removesuffix(".log")
        parts = Path(file).parts
        is_log = len(parts) == 2 and parts[0] == "logs" and parts[1].startswith(f"{stem}.")
        if not is_log and (parts[:2] != ("out", stem) or ".." in parts):
            return
        target = self._home / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def leave(self) -> None:
        """Tell every member that the run has ended here."""
        for member in self.roster.alive:
            with suppress(Unreachable):
                self.roster.crew.ask(member, outpost.leave, self._home.name)


class Lost(EnvironmentFault):
    """A worker went away with an errand."""


class _Waiting:
    """Something to wait for in one place: an answer, the loss of a worker, a request to stop."""

    def __init__(self) -> None:
        self.descriptor = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._lock = threading.Lock()
        self._open, self._lost = True, False

    def __enter__(self) -> "_Waiting":
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._open = False
            os.close(self.descriptor)

    def lose(self) -> None:
        self._lost = True
        self._wake()

    def end(self, _future: "Future[bytes]") -> None:
        self._wake()

    def over(self, future: "Future[bytes]") -> bool:
        return self._lost or future.done()

    def clear(self) -> None:
        with suppress(BlockingIOError):
            os.eventfd_read(self.descriptor)

    def _wake(self) -> None:
        # An answer may come when nobody waits for it any more, and the descriptor be somebody else's.
        with self._lock:
            if self._open:
                os.eventfd_write(self.descriptor, 1)
