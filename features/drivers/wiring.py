"""What travels between a client and its workers, message by message."""

import os
import platform
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from autonomy import __version__
from autonomy.candidates import Verdict
from autonomy.cluster import access, connect, handshake, outpost, wire
from autonomy.cluster.base import Parcel, arrived, parcel_of, take_piece
from autonomy.cluster.chunks import Chunks
from autonomy.cluster.remote import RemoteRunner
from autonomy.cluster.roster import DEPTH, QUICK_SECONDS, SURE, Roster
from autonomy.errors import Cancelled, EnvironmentFault, Unreachable
from autonomy.leafrunner import Orders, Tried
from autonomy.model import Change, Status
from autonomy.plugins.clusters.dask import Dask, OtherProcess, perform
from autonomy.process import Cancellation, Exit
from autonomy.protocols import Member
from features import driver
from features.drivers import crews

NOTE = wire.BaseNote(key="0" * 24, commit="1" * 40, prefix="", settings={}, excluded="", isolation="worktree")
NAMES = st.binary(min_size=1, max_size=12).filter(lambda name: b"\0" not in name).map(os.fsdecode)
CHANGES = st.builds(Change, NAMES, st.sampled_from([0o100644, 0o100755, 0o120000]), st.none() | st.binary(max_size=30))


def errand(note: wire.BaseNote = NOTE, **more: object) -> wire.Errand:
    fields: dict[str, object] = {
        "kind": "attempt", "engine": handshake.ours(), "run_id": "run-1", "plan_digest": "a" * 64,
        "leaf": "0" * 16, "slug": "leaf", "files": (),
        "attempt": 1, "candidate": 1, "lease": 1, "base": note, "orders": wire.OrdersNote.of(Orders(("true",))),
        "log": "leaf.1.log",
    }  # fmt: skip
    return wire.Errand(**(fields | more))


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(NAMES, max_size=4), st.lists(CHANGES, max_size=4), st.text(max_size=20), st.lists(NAMES, max_size=3))
def check_travel(files: list[str], patch: list[Change], text: str, failed: list[str]) -> None:
    sent = errand(files=tuple(files), words=tuple(files), brief=wire._plain(text))
    came, blobs = wire.open_errand(wire.seal(sent, wire.pack(tuple(patch)), b"more"))
    assert came == sent
    assert (wire.unpack(blobs[0]), blobs[1]) == (tuple(patch), b"more")
    end = Exit(1, None, timed_out=False, cancelled=False, seconds=0.5, output_bytes=3, truncated=False)
    tried = Tried(
        Status.FAILED, "no", "exit", tuple(patch), tuple(failed), (Verdict(False, "why", "what", {"code": 1}),), end
    )
    answer, blobs = wire.open_answer(wire.seal(wire.answer_of(tried, files), wire.pack(tried.patch)))
    assert answer.tried(wire.unpack(blobs[0])) == tried
    assert answer.files == tuple(files)


def answer_to(kind: str, root: Path) -> wire.Answer:
    """What a worker says to a message of this kind."""
    parcel = parcel_of(root, driver.git(root, "rev-parse", "HEAD").strip(), "worktree", root.parent / "base.pack")
    take_piece(parcel.note.key, "all", parcel.pack().read_bytes())
    arrived(parcel.note.key, "all")
    whole = wire.seal(errand(parcel.note), wire.pack((Change("a", 0o100644, b"abc"),)))
    messages = {
        "is noise": b"\xffnoise",
        "was cut": whole[:-1],
        "is of another schema": wire.seal(errand(parcel.note)).replace(b'"attempt":1', b'"attempt":0'),
        "holds half a patch": wire.seal(errand(parcel.note), wire.pack((Change("a", 0o100644, b"abc"),))[:-1]),
        "holds no patch": wire.seal(errand(parcel.note), b"{}}\n"),
    }
    try:
        return wire.open_answer(outpost.perform(messages[kind], "w"))[0]
    finally:
        if station := outpost._stations.get("run-1"):
            station.leaving = True
            outpost._sweep()


def check_foreign_answers() -> None:
    for message in (wire.seal(errand()), wire.seal(wire.Answer(kind="done")).replace(b"done", b"gone")):
        _refused(lambda message=message: wire.open_answer(message), "not an answer of this version")
    answer = wire.Answer(kind="done", verdicts=(1,))
    _refused(lambda: answer.tried(()), "a verdict that is none")


def check_hostile_url(root: Path) -> None:
    """Also where the client does not look at it: git itself is told what it may use."""
    sign = root.parent / "it-ran"
    for url in (f"ext::sh -c touch% {sign}", "--upload-pack=touch it-ran", f"file://{root};touch {sign}"):
        note = NOTE.model_copy(update={"url": url})
        answer, _ = wire.open_answer(outpost.perform(wire.seal(errand(note), b""), "w"))
        assert answer.kind == "unfit", answer
        assert "can't get the base: git fetch failed" in answer.error, answer.error
        assert not sign.exists()


def _refused(call: object, why: str) -> None:
    try:
        call()
    except EnvironmentFault as error:
        assert why in str(error), error
    else:
        raise AssertionError("it was taken")


def check_kept(folder: Path) -> None:
    home = folder / "run-1"
    home.mkdir()
    with Cancellation() as cancellation:
        parcel = Parcel(NOTE, folder, folder / "pack")
        runner = RemoteRunner(Orders(("true",)), parcel, None, home, folder, cancellation, "a" * 64)
        good = ["logs/leaf.1.log", "logs/leaf.1.validate1.log", "out/leaf.1/deep/file"]
        bad = [
            "logs/other.1.log",
            "logs/../leaf.1.log",
            "out/leaf.1/../../../up",
            "/etc/leaf.1.",
            "journal.sqlite",
            "out",
        ]
        for name in good + bad:
            runner._keep(errand(), name, b"data")
    assert sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()) == sorted(good)
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == []


class _Says:
    """A crew whose one worker says hello in its own way."""

    def __init__(self, **said: str) -> None:
        self._said = said

    def members(self) -> list[Member]:
        return [Member("w1", "w1", 1, 0.0)]

    def ask(self, member: Member, function: object, *_: object) -> dict[str, str]:
        if not self._said:
            raise Unreachable(member.name)
        return outpost.hello() | self._said


def check_handshake() -> None:
    python = ".".join(platform.python_version_tuple()[:2])
    _refused(
        lambda: connect._shake_hands(_Says(autonomy="9.9"), ""), f"w1 runs autonomy 9.9, this is autonomy {__version__}"
    )
    _refused(lambda: connect._shake_hands(_Says(python="2.7"), ""), f"python 2.7, this is python {python}")
    connect._shake_hands(_Says(python=python), "w1")
    connect._shake_hands(_Says(), "w1")


def check_roster() -> None:
    """A place at a member that has none free, which is then lost; and one of a roster that is then closed."""
    crew = crews.Crew(crews.Worker("w1", 1), crews.Worker("w2", 1))
    with Roster(crew, 30.0) as roster, roster.place(lambda: None, "w1"):
        told: Future[str] = Future()
        threading.Thread(target=_wait_for_place, args=(roster, "w1", told)).start()
        crew.workers["w1"].dead = True
        assert told.result(20) == "worker w1 was lost"
        closed: Future[str] = Future()
        with roster.place(lambda: None):
            threading.Thread(target=_wait_for_place, args=(roster, "", closed)).start()
            roster.close("enough")
            roster.close("more than enough")
            assert closed.result(20) == "enough"


def check_quick() -> None:
    """Two places, then as many as are of use for errands without length, and two again after a long one."""
    with Roster(crews.Crew(crews.Worker("w1", 2)), 30.0) as roster:
        told: SimpleQueue[int] = SimpleQueue()
        roster.tell.append(lambda: told.put(roster.slots))
        for _ in range(SURE):
            assert roster.slots == 2
            roster.learn(0.001)
        assert told.get_nowait() == 2 * DEPTH
        with ExitStack() as stack:
            for _ in range(2 * DEPTH):
                stack.enter_context(roster.place(lambda: None))
            assert roster._best("") is None
        roster.learn(SURE * QUICK_SECONDS)
        assert roster.slots == 2
        assert told.empty()


def check_chunks() -> None:
    """Two slots: the first two errands go at once, the next four wait, and half of them goes when a slot is free."""
    sent: list[tuple[list[bytes], Future[Sequence[bytes]]]] = []

    def send(_label: str, messages: Sequence[bytes]) -> "Future[Sequence[bytes]]":
        sent.append((list(messages), Future()))
        return sent[-1][1]

    chunks = Chunks(2, send)
    answers = [chunks.submit("leaf", b"%d" % number) for number in range(7)]
    answers[2].cancel()
    assert [messages for messages, _ in sent] == [[b"0"], [b"1"]]
    sent[0][1].set_result([b"a0"])
    assert sent[2][0] == [b"3", b"4"]
    answers[3].cancel()
    sent[2][1].set_result([b"a3", b"a4"])
    assert answers[0].result(0) == b"a0"
    assert answers[4].result(0) == b"a4"
    assert sent[3][0] == [b"5"]
    sent[1][1].set_exception(RuntimeError("broke"))
    assert isinstance(answers[1].exception(0), RuntimeError)
    more = [chunks.submit("leaf", b"m%d" % number) for number in range(3)]
    sent[3][1].cancel()
    assert answers[5].cancelled()
    # A message is given up when nobody wants any part of it.
    messages, both = sent[5]
    assert messages == [b"m0", b"m1"]
    more[0].cancel()
    assert not both.cancelled()
    more[1].cancel()
    assert both.cancelled()


def check_not_begun(root: Path) -> None:
    parcel = parcel_of(root, driver.git(root, "rev-parse", "HEAD").strip(), "worktree", root.parent / "base.pack")
    take_piece(parcel.note.key, "all", parcel.pack().read_bytes())
    arrived(parcel.note.key, "all")
    orders = wire.OrdersNote.of(Orders(("touch", "/dev/null/nothing"), grace=0.1))

    def performed(lease: int, wanted: Callable[[], bool] | None = None) -> wire.Answer:
        sent = errand(parcel.note, orders=orders, lease=lease, log=f"leaf.{lease}.log")
        return wire.open_answer(outpost.perform(wire.seal(sent, wire.pack(())), "w", wanted))[0]

    assert performed(1).status is Status.FAILED
    outpost.stop("run-1", [2], at_once=False)
    assert performed(2).status is Status.CANCELLED
    assert performed(3, lambda: False).error == "nobody wants it any more"


def _wait_for_place(roster: Roster, name: str, told: "Future[str]") -> None:
    try:
        with roster.place(lambda: None, name):
            told.set_result("a place")
    except (EnvironmentFault, Cancelled) as error:
        told.set_result(str(error))


def check_alone() -> None:
    """One that is alone at w2, another one that waits until w1 is empty, and one that waits for both of them."""
    crew = crews.Crew(crews.Worker("w1", 2), crews.Worker("w2", 1))
    with Roster(crew, 30.0) as roster:
        first, second = roster.place(lambda: None), roster.place(lambda: None, alone=True)
        assert [first.__enter__().name, second.__enter__().name] == ["w1", "w2"]
        came: SimpleQueue[str] = SimpleQueue()
        go = {name: threading.Event() for name in ("alone", "beside")}
        alone = threading.Thread(target=_hold, args=(roster, came, "alone", go["alone"]))
        alone.start()
        driver.until(lambda: roster._places["w1"].kept_for is not None)
        beside = threading.Thread(target=_hold, args=(roster, came, "beside", go["beside"]))
        beside.start()
        first.__exit__(None, None, None)
        assert came.get(timeout=20) == "alone at w1"
        assert came.empty()
        go["alone"].set()
        assert came.get(timeout=20) == "beside at w1"
        second.__exit__(None, None, None)
        go["beside"].set()
        alone.join()
        beside.join()
        # Kept for one that lost it while it waited, it is anybody's when it is back.
        place = roster._places["w1"]
        assert roster._emptied(alone.join) is place
        roster._lose(place)
        assert place.kept_for is None


def _hold(roster: Roster, came: "SimpleQueue[str]", how: str, until: threading.Event) -> None:
    with roster.place(lambda: None, alone=how == "alone") as member:
        came.put(f"{how} at {member.name}")
        until.wait(20)


class _Broken:
    """A client of Dask whose every call ends in one way."""

    _run = None

    def __init__(self, end: object) -> None:
        self._end = end

    def sync(self, *_: object, **__: object) -> object:
        if isinstance(self._end, Exception):
            raise self._end
        return self._end


def check_dask() -> None:
    with patch.dict(sys.modules, {"distributed": None}):
        _refused(lambda: Dask("tcp://127.0.0.1:1", access.Access()), "pip install 'autonomy-plan[dask]'")
    member = Member("tcp://w", "life-1", 1, 0.0)
    for end, why in (
        (OSError("cut"), "no answer: OSError: cut"),
        (ImportError("no autonomy"), "a worker can't load this autonomy: no autonomy"),
        ({}, "worker tcp://w is gone"),
    ):
        crew = object.__new__(Dask)
        crew._address, crew._client = "tcp://s", _Broken(end)
        _refused(lambda crew=crew: crew.ask(member, outpost.hello), why)
    worker = SimpleNamespace(local_directory="life-2")
    with patch("distributed.get_worker", lambda: worker):
        try:
            perform("life-1", b"")
        except OtherProcess as error:
            assert "a process that is gone" in str(error)
        else:
            raise AssertionError("it was performed")
