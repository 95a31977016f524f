"""Row groups of a Parquet file carried into another one as they lie there: neither decoded nor encoded again.

A file of a million rows in which one row is another one has eight of its nine row groups unchanged. The new file has
the bytes that writing all of it gives: data of the row groups one after the other, then a list of them (the footer, in
the compact protocol of Thrift), in which only the places of the data differ.

Not here: which row groups are unchanged (``replace_rows``, which calls this), writing rows (``arrow``).
"""

import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, BinaryIO

_MAGIC = b"PAR1"
# Bytes that are copied at once.
_PIECE = 1 << 20
# Types of the compact protocol that a footer has.
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _BINARY, _LIST, _STRUCT = 1, 2, 3, 4, 5, 6, 8, 9, 12
# Fields of the footer, and of what is in it (parquet.thrift).
_NUM_ROWS, _ROW_GROUPS = 3, 4
_COLUMNS, _GROUP_ROWS, _GROUP_OFFSET, _GROUP_SIZE, _ORDINAL = 1, 3, 5, 6, 7
_CHUNK_OFFSET, _CHUNK = 2, 3
_DATA_OFFSET, _INDEX_OFFSET, _DICTIONARY_OFFSET = 9, 10, 11
# Further places in a file, which no file of this project has.
_OTHER_OFFSET = 14


class UnknownFooterError(ValueError):
    """A file has what this module does not know how to carry."""


@dataclass
class _Value:
    """One value of a struct or a list, with its type."""

    kind: int
    value: Any


_Struct = dict[int, _Value]


@dataclass(frozen=True)
class File:
    """An open Parquet file and what its footer says."""

    #: open for reading, and owned by whoever opened it
    handle: BinaryIO
    #: fields of the footer by their number in ``parquet.thrift``
    footer: _Struct
    #: of each row group where its data begin and how many bytes they are
    places: Sequence[tuple[int, int]]

    @property
    def groups(self) -> list[_Value]:
        """Its row groups as the footer has them."""
        found: list[_Value] = self.footer[_ROW_GROUPS].value[1]
        return found

    @property
    def rows(self) -> list[int]:
        """How many rows each row group has."""
        return [int(group.value[_GROUP_ROWS].value) for group in self.groups]


def read_footer(handle: BinaryIO) -> File:
    """Read the footer; UnknownFooterError where row groups do not lie one after the other, with nothing else."""
    handle.seek(-8, os.SEEK_END)
    end = handle.tell()
    (length,) = struct.unpack("<I", handle.read(4))
    handle.seek(end - length)
    footer = _Reader(handle.read(length)).struct()
    places = [_place(group.value) for group in footer[_ROW_GROUPS].value[1]]
    begins = [len(_MAGIC), *(begin + size for begin, size in places)]
    if begins != [*(begin for begin, _ in places), end - length]:
        raise UnknownFooterError("something lies between the row groups")
    return File(handle, footer, places)


def write_groups(sink: BinaryIO, files: Sequence[File], groups: Sequence[tuple[int, int]]) -> None:
    """A file of row groups, each given by the number of its file and its own number there.

    UnknownFooterError, and nothing is written, where the files are not of one kind: schema, metadata and program.
    """
    _check_alike(files)
    sink.write(_MAGIC)
    place, listed = len(_MAGIC), []
    for ordinal, (number, group) in enumerate(groups):
        begin, size = files[number].places[group]
        files[number].handle.seek(begin)
        _copy(files[number].handle, sink, size)
        listed.append(_moved(files[number].groups[group], place - begin, ordinal))
        place += size
    rows = sum(group.value[_GROUP_ROWS].value for group in listed)
    first = files[0].footer
    footer = _written(
        {
            **first,
            _NUM_ROWS: _Value(_I64, rows),
            _ROW_GROUPS: _Value(_LIST, (first[_ROW_GROUPS].value[0], listed)),
        }
    )
    sink.write(footer + struct.pack("<I", len(footer)) + _MAGIC)


def rows_apart(one: BinaryIO, other: BinaryIO) -> tuple[list[range], list[range]]:
    """Numbers of the rows of two files that are in no row group that both have, byte for byte, at the same number.

    UnknownFooterError where the files are not of one kind.
    """
    files = read_footer(one), read_footer(other)
    _check_alike(files)
    same = {number for number in range(min(len(file.groups) for file in files)) if _are_same(files, number)}
    first, second = (
        [
            range(end - rows, end)
            for number, (rows, end) in enumerate(zip(file.rows, accumulate(file.rows), strict=True))
            if number not in same
        ]
        for file in files
    )
    return first, second


def _are_same(files: Sequence[File], number: int) -> bool:
    """Whether a row group is the same in two files."""
    data, described = list[bytes](), list[_Value]()
    for file in files:
        begin, size = file.places[number]
        file.handle.seek(begin)
        data.append(file.handle.read(size))
        described.append(_moved(file.groups[number], -begin, number))
    return data[0] == data[1] and described[0] == described[1]


def _check_alike(files: Sequence[File]) -> None:
    """UnknownFooterError where schema, metadata or program differ."""
    kinds = [
        _written({key: one for key, one in file.footer.items() if key not in (_NUM_ROWS, _ROW_GROUPS)})
        for file in files
    ]
    if any(one != other for one, other in pairwise(kinds)):
        raise UnknownFooterError("the files differ in more than their rows")


def _copy(source: BinaryIO, sink: BinaryIO, size: int) -> None:
    while size:
        piece = source.read(min(size, _PIECE))
        if not piece:
            raise OSError("a Parquet file is shorter than its footer says")
        sink.write(piece)
        size -= len(piece)


def _place(group: _Struct) -> tuple[int, int]:
    """Where the data of a row group begin, and how long they are."""
    chunks = [column.value for column in group[_COLUMNS].value[1]]
    if any(set(chunk) != {_CHUNK_OFFSET, _CHUNK} or chunk[_CHUNK_OFFSET].value for chunk in chunks):
        raise UnknownFooterError("a column is described elsewhere than in the footer")
    data: list[_Struct] = [chunk[_CHUNK].value for chunk in chunks]
    if any(_INDEX_OFFSET in one or _OTHER_OFFSET in one for one in data):
        raise UnknownFooterError("a column has an index or a filter")
    return group[_GROUP_OFFSET].value, group[_GROUP_SIZE].value


def _moved(group: _Value, by: int, ordinal: int) -> _Value:
    """A row group with its data at another place."""
    columns = [
        _Value(
            column.kind,
            {
                **column.value,
                _CHUNK: _Value(
                    _STRUCT,
                    {
                        key: _Value(one.kind, one.value + by)
                        if key in (_DATA_OFFSET, _DICTIONARY_OFFSET)
                        else one
                        for key, one in column.value[_CHUNK].value.items()
                    },
                ),
            },
        )
        for column in group.value[_COLUMNS].value[1]
    ]
    changed = {
        _COLUMNS: _Value(_LIST, (_STRUCT, columns)),
        _GROUP_OFFSET: _Value(_I64, group.value[_GROUP_OFFSET].value + by),
    }
    if _ORDINAL in group.value:
        changed[_ORDINAL] = _Value(_I16, ordinal)
    return _Value(_STRUCT, {**group.value, **changed})


# -- the compact protocol -------------------------------------------------------------------------------------------


class _Reader:
    """Reads values one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def struct(self) -> _Struct:
        """Fields by their number."""
        found, number = _Struct(), 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._integer()
            kind = head & 0x0F
            found[number] = _Value(kind, self._value(kind))
        return found

    def _value(self, kind: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return None
        if kind == _BYTE:
            return self._byte()
        if kind in (_I16, _I32, _I64):
            return self._integer()
        if kind == _BINARY:
            return self._bytes(self._unsigned())
        if kind == _STRUCT:
            return self.struct()
        if kind == _LIST:
            head = self._byte()
            size = self._unsigned() if head >> 4 == 15 else head >> 4
            # Of a list of booleans each is a byte.
            of = head & 0x0F
            return of, [_Value(of, self._value(_BYTE if of in (_TRUE, _FALSE) else of)) for _ in range(size)]
        raise UnknownFooterError(f"the footer has a value of type {kind}")

    def _byte(self) -> int:
        return self._bytes(1)[0]

    def _bytes(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def _unsigned(self) -> int:
        found = shift = 0
        while (byte := self._byte()) & 0x80:
            found |= (byte & 0x7F) << shift
            shift += 7
        return found | byte << shift

    def _integer(self) -> int:
        coded = self._unsigned()
        return coded >> 1 ^ -(coded & 1)


def _written(fields: _Struct) -> bytes:
    """A struct."""
    return b"".join(_fields(fields))


def _fields(fields: _Struct) -> Iterator[bytes]:
    before = 0
    for number, one in sorted(fields.items()):
        step = number - before
        yield bytes([step << 4 | one.kind]) if step < 16 else bytes([one.kind]) + _integer(number)
        yield _bytes_of(one.kind, one.value)
        before = number
    yield b"\0"


def _bytes_of(kind: int, value: Any) -> bytes:
    if kind in (_TRUE, _FALSE):
        return b""
    if kind == _BYTE:
        return bytes([value])
    if kind == _BINARY:
        return _unsigned(len(value)) + bytes(value)
    if kind == _STRUCT:
        return _written(value)
    if kind == _LIST:
        of, members = value
        head = (
            bytes([len(members) << 4 | of])
            if len(members) < 15
            else bytes([0xF0 | of]) + _unsigned(len(members))
        )
        each = _BYTE if of in (_TRUE, _FALSE) else of
        return head + b"".join(_bytes_of(each, member.value) for member in members)
    return _integer(value)


def _unsigned(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _integer(number: int) -> bytes:
    return _unsigned(number << 1 if number >= 0 else (-number << 1) - 1)
