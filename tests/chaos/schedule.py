# SPDX-License-Identifier: MIT
"""One schedule: all that it does follows from its seed, but for how the machine keeps time."""
import contextlib
import random
import time

from support import oracle, pos
from support.daemon import BRANCH

import daemon_faults  # noqa: F401  each registers its kinds
import line_faults    # noqa: F401
import pos_faults
import server_faults  # noqa: F401
from kinds import KINDS
from stage import Stage

STEPS = (2, 4)
AT_ONCE = (1, 3)
HOLD_SECONDS = (0.05, 0.8)
QUIET_SECONDS = (0, 0.4)
# The one that was running when the faults stopped, and the first of the two that the daemon may
# take from then on.
CYCLES_UNEQUAL = 2
# As many until nobody is told of what was missing.
CYCLES_TOLD = 2
# How often the last step holds until somebody is told of what it has made missing, or all is there.
LISTENED_TO = 0.4
# Nobody can be told by a daemon that does not run: whoever looks sees that.
SILENT = ("killed", "frozen", "asleep", "restarted")


class Outcome:
    """What a schedule did, and what it found."""

    def __init__(self, seed):
        self.seed = seed
        self.faults = []
        self.sales = 0
        self.looks = 0
        self.recovery_seconds = 0.0
        self.unequal_after = 0  # whole cycles
        self.told_of = None     # days that were missing and told; None: nobody listened
        self.told_after = 0     # whole cycles, of what was missing no more
        self.findings = []


def play(servers, seed, tell=lambda line: None):
    """Plays the schedule of this seed; what it found is in the outcome."""
    source = random.Random(seed)
    outcome = Outcome(seed)
    with Stage(servers, seed, source) as stage:
        try:
            _break_things(stage, source, outcome, tell)
            _recover(stage, outcome)
            outcome.findings += stage.seen()
            # Where the faults brought back rows and ledger alone, the history is of other days; rows that go
            # with their partition are noted by nobody.
            unnoted = {kind.place for kind in outcome.faults
                       if kind.name.startswith("restored_") or kind.name == "partition_missing"}
            for target in servers.targets:
                if target.name not in unnoted:
                    outcome.findings += oracle.history_differences(target, BRANCH, stage.days[-1])
            if outcome.unequal_after > CYCLES_UNEQUAL:
                outcome.findings.append(f"not equal after {outcome.unequal_after} whole cycles")
            if outcome.told_after > CYCLES_TOLD:
                outcome.findings.append(f"told of after {outcome.told_after} whole cycles, and missing no more")
        except BaseException:
            tell(stage.service.log()[-4000:] + stage.service.stderr.read_text()[-2000:])
            raise
        outcome.looks = sum(reader.looks for reader in stage.readers.values())
    return outcome


def _break_things(stage, source, outcome, tell):
    steps = source.randint(*STEPS)
    asks_at = source.randrange(steps)
    listens_at = steps - 1 if source.random() < LISTENED_TO else None
    for step in range(steps):
        if stage.requests and step == asks_at:
            stage.ask_for_the_old_day()
        chosen = _choose(stage, source)
        tell(f"seed {outcome.seed}: " + ", ".join(f"{kind.place} {kind.name}" for kind in chosen))
        outcome.faults += chosen
        with contextlib.ExitStack() as held:
            if step == listens_at:
                held.enter_context(stage.till.paused())
            for kind in chosen:
                held.enter_context(kind.act(stage, kind.place, source))
            time.sleep(source.uniform(*HOLD_SECONDS))
            if step == listens_at and not any(kind.name in SILENT for kind in chosen):
                _listen(stage, chosen, outcome, tell)
        time.sleep(source.uniform(*QUIET_SECONDS))


def _listen(stage, broken, outcome, tell):
    missing, unsaid = stage.wait_told({kind.place for kind in broken})
    outcome.told_of = len(missing)
    outcome.findings += unsaid
    tell(f"seed {outcome.seed}: listened, {len(missing)} days missing")


def _choose(stage, source):
    """Kinds that break different things."""
    by_name = {}
    for kind in KINDS:
        if kind.needs(stage):
            by_name.setdefault(kind.name, []).append(kind)
    names = source.choices(sorted(by_name), k=source.randint(*AT_ONCE))
    chosen = [source.choice(by_name[name]) for name in names]
    return list({kind.resource: kind for kind in chosen}.values())


def _give_the_pos_its_sales_back(stage):
    """Without them the three places do not agree, and must not; from now on they must."""
    pos_faults.put_back(stage)
    if stage.requests and stage.lost_sales:
        stage.ask_for_an_audit_of_the_old_day()


def _recover(stage, outcome):
    outcome.sales = stage.close_tills()
    begin = time.monotonic()
    _give_the_pos_its_sales_back(stage)
    outcome.unequal_after = stage.wait_recovered()
    outcome.recovery_seconds = time.monotonic() - begin
    pos.sell(stage.servers.pos, stage.days[-1], upc="despues", amount="1.23")
    stage.wait_recovered()
    noise, outcome.told_after = stage.wait_quiet()
    outcome.findings += noise
