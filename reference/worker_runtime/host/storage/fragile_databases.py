"""Fragile databases, for tests: in memory, and as if on a disk that forgets what was not flushed
when the power fails.
"""

from __future__ import annotations

from .object_database import MEMORY, AlarmIndex, MemoryDatabases, ObjectDatabase


class FragileDatabase(ObjectDatabase):
    """A database in memory that has to be flushed."""

    def __init__(self) -> None:
        super().__init__(MEMORY)
        self._committed = self._flushed = self._connection.serialize()

    @property
    def has_a_file(self) -> bool:
        """Whether there is something to flush."""
        return True

    def commit(self) -> None:
        """End a transaction."""
        super().commit()
        self._committed = self._connection.serialize()

    def flush(self) -> None:
        """Let what is committed stay even if the power fails."""
        self._flushed = self._committed

    def lose_power(self) -> None:
        """Go back to what was flushed last."""
        if self.is_in_transaction:
            self.roll_back()
        self._connection.deserialize(self._flushed)
        self._committed = self._flushed


class FragileIndex(AlarmIndex):
    """An index in memory that has to be flushed."""

    def __init__(self) -> None:
        super().__init__(MEMORY)
        self._flushed = self._connection.serialize()

    def flush(self) -> None:
        """Let it stay even if the power fails."""
        self._flushed = self._connection.serialize()

    def lose_power(self) -> None:
        """Go back to what was flushed last."""
        self._connection.deserialize(self._flushed)


class FragileDatabases(MemoryDatabases):
    """Databases that have to be flushed."""

    def lose_power(self) -> None:
        """What was not flushed is lost. Nobody uses a database just now."""
        for database in self._databases.values():
            if isinstance(database, FragileDatabase):
                database.lose_power()
        for index in self._indexes.values():
            if isinstance(index, FragileIndex):
                index.lose_power()

    def _new_database(self) -> ObjectDatabase:
        return FragileDatabase()

    def _new_index(self) -> AlarmIndex:
        return FragileIndex()
