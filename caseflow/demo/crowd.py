"""The crowd: random young people with two years of history, in batches."""

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random

from caseflow.demo.bulk import Later, catching_up_later
from caseflow.demo.cast import Cast, engage_more
from caseflow.demo.life import Life, Workers
from caseflow.demo.seeds import stable
from caseflow.demo.teller import Teller
from caseflow.kernel.database import db, keep_more_in_memory, transaction
from caseflow.kernel.ids import seeded
from caseflow.services.models import Service

BATCH = 200


def live(
    cast: Cast,
    services: Mapping[str, Service],
    *,
    people: int,
    seed: int,
    now: datetime,
    step: Callable[[int], object],
) -> None:
    """Each person has their own stream of chance, so that a longer crowd begins with a shorter."""
    if not people:
        return
    with transaction(), seeded(stable(seed, "workers")):
        workers = engage_more(cast, people, now)
    teller = Teller(cast, services, now)
    for start in range(0, people, BATCH):
        with transaction(), catching_up_later() as later:
            keep_more_in_memory()
            for number in range(start, min(start + BATCH, people)):
                one_life(teller, workers, number, seed, later)
                step(1)
        db.session.expire_all()


def one_life(teller: Teller, workers: Workers, number: int, seed: int, later: Later) -> None:
    key = stable(seed, f"person {number}")
    with seeded(key):
        Life(teller, Random(key), workers, number, later).live()
