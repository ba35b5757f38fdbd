"""Which workers are alive and have a free place, and whose work is given up because they are not."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from autonomy.errors import Cancelled, EnvironmentFault
from autonomy.protocols import Crew, Member

LOOK_SECONDS = 0.5
QUICK_SECONDS = 0.05
"""Errands that take less are over before the way there and back is."""
SURE = 16
"""So many must have been quick, by their mean."""
DEPTH = 8
"""Quick errands per slot: one is worked on, the others are there already, or wait to go together."""


@dataclass(slots=True)
class _Place:
    member: Member
    changed: float
    """When it last gave a new sign of life, by our own clock."""
    alive: bool = True
    taken: int = 0
    holders: list[Callable[[], None]] = field(default_factory=list)
    """Told when the member is lost."""
    kept_for: Callable[[], None] | None = None
    """The holder, or who will be, beside which nobody else may be here."""


class Roster:
    """A context manager: inside, a thread looks after the members every `LOOK_SECONDS`.

    A member is lost when the cluster does not name it any more, when its process is another one, or when it gave no
    sign of life for `patience` seconds. One that gives a sign again is taken back; what it was given before is not.
    """

    def __init__(self, crew: Crew, patience: float, gone: Callable[[str], None] = lambda _why: None) -> None:
        self.crew, self._patience, self._tell_gone = crew, patience, gone
        self._places: dict[str, _Place] = {}
        self._changed = threading.Condition()
        self._quit = threading.Event()
        self._closed = ""
        self._peopled = time.monotonic()
        self._last: deque[float] = deque(maxlen=SURE)
        """What the last errands took, in seconds."""
        self.tell: list[Callable[[], None]] = []
        """Called when there are more places, or none will come any more; must not block."""
        self._thread = threading.Thread(target=self._watch, name="roster", daemon=True)

    def __enter__(self) -> "Roster":
        self.look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._quit.set()
        self._thread.join()

    @property
    def slots(self) -> int:
        """How many errands the members that are alive take."""
        with self._changed:
            return sum(self._takes(each) for each in self._places.values() if each.alive)

    def _takes(self, place: _Place) -> int:
        quick = len(self._last) == SURE and sum(self._last) < SURE * QUICK_SECONDS
        return place.member.slots * (DEPTH if quick else 1)

    def learn(self, seconds: float) -> None:
        """Take note of what an errand took: while they are quick, members take more of them than they have slots."""
        before = self.slots
        with self._changed:
            self._last.append(seconds)
            self._changed.notify_all()
        if self.slots > before:
            self._tell()

    @property
    def alive(self) -> list[Member]:
        """By name."""
        with self._changed:
            return [self._places[name].member for name in sorted(self._places) if self._places[name].alive]

    @property
    def closed(self) -> str:
        """Why no places are given any more; empty while they are."""
        return self._closed

    @contextmanager
    def place(self, lost: Callable[[], None], name: str = "", *, alone: bool = False) -> Iterator[Member]:
        """A place at the member that has most of them free, or at `name`; or, `alone`, all places of a member, which
        gets nothing more until it has nothing left. `lost`, which must not block, is called if the member is lost
        inside.

        Raises:
            Cancelled: the roster was closed.
            EnvironmentFault: the member of that name was lost.
        """
        with self._changed:
            place = self._changed.wait_for(
                lambda: self._closed or self._is_lost(name) or (self._emptied(lost) if alone else self._best(name))
            )
            if self._closed:
                raise Cancelled(self._closed)
            if not isinstance(place, _Place):
                raise EnvironmentFault(f"worker {name} was lost")
            place.taken += 1
            place.holders.append(lost)
        try:
            yield place.member
        finally:
            with self._changed:
                place.taken -= 1
                place.holders.remove(lost)
                place.kept_for = None if place.kept_for is lost else place.kept_for
                self._changed.notify_all()

    def _is_lost(self, name: str) -> bool:
        return bool(name) and not (name in self._places and self._places[name].alive)

    def _best(self, name: str) -> _Place | None:
        free = [
            each
            for key, each in sorted(self._places.items())
            if each.alive and not each.kept_for and each.taken < self._takes(each) and name in ("", key)
        ]
        return max(free, key=lambda each: self._takes(each) - each.taken, default=None)

    def _emptied(self, holder: Callable[[], None]) -> _Place | None:
        """The member that is kept for `holder`, once nothing is left there."""
        alive = [each for _, each in sorted(self._places.items()) if each.alive]
        kept = next((each for each in alive if each.kept_for is holder), None)
        if kept is None and (open_ := [each for each in alive if not each.kept_for]):
            kept = min(open_, key=lambda each: each.taken)
            kept.kept_for = holder
        return kept if kept and not kept.taken else None

    def close(self, why: str) -> None:
        """Give no more places: whoever waits for one is told `why`."""
        with self._changed:
            self._closed = self._closed or why
            self._changed.notify_all()
        self._tell()

    def look(self) -> None:
        """Ask the cluster who is there; where nobody can be asked, all are lost."""
        try:
            found = {member.name: member for member in self.crew.members()}
        except EnvironmentFault as error:
            self.give_up(str(error))
            return
        now = time.monotonic()
        if found:
            self._peopled = now
        elif now - self._peopled > self._patience:
            self.give_up(f"no worker for {self._patience:g} s")
            return
        before = self.slots
        with self._changed:
            for name, place in list(self._places.items()):
                if name not in found or found[name].identity != place.member.identity:
                    self._lose(place)
                    del self._places[name]
            for name, member in found.items():
                self._see(self._places.setdefault(name, _Place(member, now)), member, now)
            self._changed.notify_all()
        if self.slots > before:
            self._tell()

    def _tell(self) -> None:
        for call in tuple(self.tell):
            call()

    def _see(self, place: _Place, member: Member, now: float) -> None:
        if member.seen != place.member.seen:
            place.changed, place.alive = now, True
        elif place.alive and now - place.changed > self._patience:
            self._lose(place)
        place.member = member

    def _lose(self, place: _Place) -> None:
        place.alive, place.kept_for = False, None
        for tell in tuple(place.holders):
            tell()

    def give_up(self, why: str) -> None:
        """Go on with nobody: all are lost, and the run is told why."""
        self._quit.set()
        self.close(why)
        self._tell_gone(why)
        with self._changed:
            for place in self._places.values():
                self._lose(place)

    def _watch(self) -> None:
        while not self._quit.wait(LOOK_SECONDS):
            self.look()
