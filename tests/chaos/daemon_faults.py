# SPDX-License-Identifier: MIT
"""What happens to the daemon itself, its configuration, its clock and its disk."""
import contextlib
import signal

from support import mounts
from support.daemon import BRANCH

from kinds import DAEMON, fault

CLOCK_STEPS = ("-2h", "-25h", "+90m", "+26h", "+3d")


@fault("daemon", DAEMON)
def killed(stage, _, random):
    stage.service.kill()
    yield
    stage.service.start()


@fault("daemon", DAEMON)
def frozen(stage, _, random):
    stage.service.signal(signal.SIGSTOP)
    yield
    stage.service.signal(signal.SIGCONT)


@fault("daemon", DAEMON)
def asleep(stage, _, random):
    """The machine; when it wakes its connections look well, and no server knows them any more."""
    stage.service.signal(signal.SIGSTOP)
    for relay in stage.relays.values():
        relay.halve()
    yield
    stage.service.signal(signal.SIGCONT)


@fault("daemon", DAEMON)
def restarted(stage, _, random):
    code = stage.service.stop()
    assert code == 0, f"exit code {code} after SIGTERM"
    yield
    stage.service.start()


@fault("daemon", DAEMON)
def reloaded(stage, _, random):
    stage.service.reload(pool={"size": random.randint(1, 4)},
                         upsert={"batch_size": random.choice((3, 1000))})
    yield


@fault("daemon", DAEMON)
def badly_reloaded(stage, _, random):
    config = stage.service.consolidador.config
    well = config.read_text()
    config.write_text(random.choice((well + "tipo: 1\n", well[:len(well) // 2], "", "\0\0")))
    stage.service.hang_up()
    yield
    config.write_text(well)
    stage.service.hang_up()  # who has mended it has it read


@fault("daemon", DAEMON)
def in_another_time_zone(stage, _, random):
    zone = f"Etc/GMT{random.choice((-14, -9, 5, 12)):+d}"
    stage.service.reload(branch={"id": BRANCH, "time_zone": zone})
    yield
    stage.service.reload(branch={"id": BRANCH, "time_zone": stage.service.zone})


@fault("daemon", DAEMON, needs=lambda stage: stage.clock)
def clock_stepped(stage, _, random):
    stage.clock.set(random.choice(CLOCK_STEPS))
    yield
    stage.clock.set("+0s")


@fault("disk", DAEMON, needs=lambda stage: stage.small_disks)
def disk_full(stage, _, random):
    """Of the logs and the state directory."""
    with contextlib.ExitStack() as disks:
        for folder in stage.small_disks:
            disks.enter_context(mounts.full(folder))
        yield
