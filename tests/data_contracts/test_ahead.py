"""The next item is made while one is used, and no more than that; what goes wrong is raised in its place."""

from collections.abc import Iterator
from threading import Event, get_ident

import pytest

from data_contracts.ahead import ahead


def test_the_next_item_is_made_while_one_is_used_and_no_other() -> None:
    made = [Event() for _ in range(5)]
    threads = set()

    def items() -> Iterator[int]:
        for number, event in enumerate(made):
            threads.add(get_ident())
            event.set()
            yield number

    found = []
    for number in ahead(items()):
        # Waits for the maker, without being asked for another item; fails where the next one never comes.
        assert all(event.wait(30) for event in made[: number + 2])
        assert not any(event.is_set() for event in made[number + 2 :])
        found.append(number)
    assert found == [0, 1, 2, 3, 4] and len(threads) == 1 and get_ident() not in threads


def test_an_error_is_raised_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("torn")

    found = ahead(items())
    assert next(found) == 1
    with pytest.raises(ValueError, match="torn"):
        next(found)


def test_whoever_stops_early_leaves_no_thread_behind() -> None:
    ended = Event()

    def items() -> Iterator[int]:
        try:
            yield from range(100)
        finally:
            ended.set()

    found = ahead(made := items())
    assert next(found) == 0
    found.close()
    made.close()
    assert ended.is_set()
