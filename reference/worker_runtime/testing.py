"""Testing: a worker in a world whose time, chance, network and storage the test decides on.

from worker_runtime.testing import World, in_virtual_time

@in_virtual_time
async def test_hello() -> None:
    async with World("hello.py") as world:
        response = await world.fetch("/")
        assert await response.text() == "Hello World"

SPEC_NOTES.md#testing has the rest. This is a file and no room, so that users import from it as they
do from `worker_runtime`; its parts are the room `world`.
"""

from .host.memory_bus import MemoryBroker as MemoryBroker
from .host.network import TCPAddress as TCPAddress
from .host.network import UDPAddress as UDPAddress
from .host.storage.object_database import MemoryDatabases as MemoryDatabases
from .host.virtual_time import TimeStandsStill as TimeStandsStill
from .host.virtual_time import run_in_virtual_time as run_in_virtual_time
from .world.exploring import ScheduleFailure as ScheduleFailure
from .world.exploring import explore as explore
from .world.exploring import replay as replay
from .world.mortal_process import ProcessKilled as ProcessKilled
from .world.world import Connection as Connection
from .world.world import Leak as Leak
from .world.world import World as World
from .world.world import in_virtual_time as in_virtual_time
