"""What links, feeds and people say in a soak beside what sensors see."""

import numpy as np

from tocsin.earth.time import SECOND_NS
from tocsin.simulation import soak_rates as rates
from tocsin.simulation.soak_world import Happening, Word, World
from tocsin.warning.evidence import Feed, Refusal, SiteReport, Summary


def feed_told(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    """Silence a feed for a while, or three at once that share an element."""
    at, lasts_s = world.within(draw), float(draw.exponential(1_800.0))
    until = at + round(lasts_s * SECOND_NS)
    ids = [source.id for source in world.sources]
    if kind == rates.FEED:
        named = [ids[int(draw.integers(len(ids)))]]
        group = ""
    else:
        named = draw.choice(ids, 3, replace=False).tolist()
        group = f"relay-{name}"
    feeds = tuple(Feed(id=each, group=group, since_tai_ns=at) for each in named)
    word = Word(tai_ns=at, until_tai_ns=until, feeds=feeds)
    return Happening(id=name, kind=kind, tai_ns=at, words=(word,))


def count_told(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    """Make a link tell of missiles that nobody counts: figures of a faulty circuit."""
    at = world.within(draw)
    words = []
    for look in range(int(draw.integers(2, 12))):
        now = at + look * 10 * SECOND_NS
        digits = draw.choice([0, 2], 4, p=[0.7, 0.3])
        value = int("".join(map(str, digits)))
        summary = Summary(
            feed=f"hub-{name}",
            link=f"link-{name}",
            count=value,
            signed=True,
            whole=bool(draw.random() < 0.5),
            identities=(),
            tai_ns=now,
        )
        words.append(Word(tai_ns=now, until_tai_ns=now, summaries=(summary,)))
    return Happening(id=name, kind=kind, tai_ns=at, words=tuple(words))


def refused_told(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    """Make a sender's messages be refused now and then for some minutes."""
    at = world.within(draw)
    sender = world.sources[int(draw.integers(len(world.sources)))].id
    reason = str(draw.choice(["corrupt", "truncated", "wrong signature", "future-dated"]))
    words = []
    for look in range(int(draw.integers(1, 6))):
        now = at + look * 20 * SECOND_NS
        refusal = Refusal(sender=sender, reason=reason, count=int(draw.integers(1, 9)), tai_ns=now)
        words.append(Word(tai_ns=now, until_tai_ns=now, refusals=(refusal,)))
    return Happening(id=name, kind=kind, tai_ns=at, words=tuple(words))


def site_told(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    """Make a site say that what it shows is, or is not, valid."""
    at = world.within(draw)
    sensor = world.sources[int(draw.integers(len(world.sources)))].id
    told = SiteReport(
        sensor=sensor,
        valid=bool(draw.random() < 0.2),
        confidence=str(draw.choice(["low", "medium", "high"])),
        tai_ns=at,
    )
    word = Word(tai_ns=at, until_tai_ns=at, site_reports=(told,))
    return Happening(id=name, kind=kind, tai_ns=at, words=(word,))
