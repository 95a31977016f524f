"""Items of an iterator, the next of which is made in a thread while one is used.

::

    for batch in ahead(read(path)):     # the next batch is read while this one is written
        write(batch)

For items that Arrow makes, which leaves the other processor free meanwhile. One item is made ahead, so that the memory
is bounded; what is raised while it is made is raised where it is asked for. Called where files are read and written in
batches, in any layer.
"""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterator[Item]) -> Generator[Item, None, None]:
    """The items in their order; none of them is None."""
    with ThreadPoolExecutor(1) as maker:
        making = maker.submit(next, items, None)
        while (item := making.result()) is not None:
            making = maker.submit(next, items, None)
            yield item
