"""Files in memory, in a storage and in a folder behave alike: whatever is done to one place is done
to the others, with the same outcome, errors included.
"""

from __future__ import annotations

from random import Random
from typing import Any

from spec_tests.fakes import running_in
from spec_tests.fs.places import Place, error_of, names_in, text_of
from worker_runtime import FileSystemDirectoryHandle

NAMES = ("a", "b", "c")


class Player:
    """Does in one place what chance decides, which is the same in each."""

    def __init__(self, root: FileSystemDirectoryHandle, seed: int) -> None:
        self.random = Random(seed)
        self.handles: list[Any] = [root]
        self.streams: list[Any] = []
        self.files: list[Any] = []

    async def outcome(self, awaitable: Any, keep: list[Any] | None = None) -> Any:
        """What comes of it, as far as it can be compared."""
        try:
            value = await awaitable
        except Exception as error:
            return getattr(error, "name", type(error).__name__)
        if keep is not None:
            keep.append(value)
            return f"{type(value).__name__} {getattr(value, 'size', '')}"
        return value

    async def step(self) -> Any:
        random = self.random
        if len(self.streams) > 3:
            return await self.outcome(self.streams.pop(0).close())
        handle, name = random.choice(self.handles), random.choice(NAMES)
        other, flag = random.choice(self.handles), random.random() < 0.5
        stream = random.choice(self.streams) if self.streams else None
        file = random.choice(self.files) if self.files else None
        operation = random.randrange(12)
        if handle.kind == "directory":
            match operation:
                case 0 | 1:
                    return await self.outcome(handle.getFileHandle(name, create=flag), self.handles)
                case 2:
                    return await self.outcome(
                        handle.getDirectoryHandle(name, create=flag), self.handles
                    )
                case 3:
                    return await self.outcome(handle.removeEntry(name, recursive=flag))
                case 4:
                    return await self.outcome(names_in(handle))
                case 5:
                    return await self.outcome(handle.resolve(other)), await handle.isSameEntry(
                        other
                    )
        else:
            match operation:
                case 0 | 1 | 2:
                    return await self.outcome(
                        handle.createWritable(keepExistingData=flag), self.streams
                    )
                case 3:
                    return await self.outcome(handle.getFile(), self.files)
                case 4 | 5:
                    return await self.outcome(text_of(handle))
        match operation:
            case 6 if other.kind == "directory" and handle is not self.handles[0]:
                return await self.outcome(handle.move(other, name))
            case 7 if handle is not self.handles[0]:
                return await self.outcome(handle.move(name))
            case 8 if handle is not self.handles[0]:
                return await self.outcome(handle.remove(recursive=flag))
            case 9 if stream:
                position, text = random.randrange(20), str(random.randrange(1000))
                command = {"type": "write", "position": position, "data": text}
                return await self.outcome(stream.write(command if flag else text))
            case 10 if stream:
                return await self.outcome(stream.truncate(random.randrange(20)))
            case 11 if stream and flag:
                self.streams.remove(stream)
                return await self.outcome(stream.close())
            case 11 if file:
                return await self.outcome(file.text())
        return None


class TestAgreement:
    async def test_places_behave_alike(self, memory: Place, disk: Place, folder: Place) -> None:
        for seed in range(3):
            players = []
            for place in (memory, disk, folder):
                with running_in(place.scope):
                    root = await place.root()
                    directory = await root.getDirectoryHandle(f"seed {seed}", create=True)
                    players.append((place, Player(directory, seed)))
            for number in range(120):
                outcomes = []
                for place, player in players:
                    with running_in(place.scope):
                        outcomes.append(await player.step())
                assert outcomes[0] == outcomes[1] == outcomes[2], (seed, number)
            for place, player in players:
                with running_in(place.scope):
                    for stream in player.streams:
                        await error_of(stream.abort())
                    assert player.handles[0]._locator.root.locks.taken == {}
