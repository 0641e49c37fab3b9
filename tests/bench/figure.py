# SPDX-License-Identifier: MIT
"""What a case reports: one figure a line, with its aim where there is one."""
import dataclasses
from typing import Optional


@dataclasses.dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str  # "x" for a ratio
    at_most: Optional[float] = None
    at_least: Optional[float] = None

    @property
    def met(self):
        """Whether the aim is met; None without one."""
        if self.at_most is not None:
            return self.value <= self.at_most
        if self.at_least is not None:
            return self.value >= self.at_least
        return None

    def cells(self):
        aim = (f"<= {self.at_most:g}" if self.at_most is not None else
               f">= {self.at_least:g}" if self.at_least is not None else "")
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        return (self.name, f"{self.value:,.6g} {self.unit}", aim, verdict)
