# SPDX-License-Identifier: MIT
"""Forges a day: other rows with the same count, the same sums and the same Huella.

The Huella adds up modulo 2^64, so Wagner's algorithm for the generalised birthday problem finds alterations
whose hashes cancel out: of sixteen lists of 2^14 it takes a second, where a collision of the sum of one pair
would take 2^32 attempts.
"""
import hashlib
import itertools
from decimal import Decimal

from . import oracle

LISTS = 16          # of pairs of rows whose alteration is searched
STEP_BITS = 14      # as many bits cancel out at each merger; each list has 2^14 candidates
MODULUS = 1 << 64
CENTS = [Decimal(cents) / 100 for cents in range(1, (1 << STEP_BITS // 2) + 1)]


def forge(target, branch, day, changed=100):
    """Moves sales and cost between as many rows of the day in a target, two by two, so that everything
    that is added up stays; the ledger is not touched. Gives the forged rows as they were."""
    rows = oracle.target_rows(target, branch, (str(day), str(day)))
    assert len(rows) >= changed >= 2 * LISTS + 2
    old = rows[:changed]
    new = _forged(old)
    assert not set(old) & set(new) and oracle.huella(new) == oracle.huella(old)
    with target.connect() as connection, connection.cursor() as cursor:
        for row in new:
            day_, branch_, *key, units, sales, cost, upc = row.split("|", 9)
            assert cursor.execute(UPDATE.format(database=oracle.AGGREGATE_DATABASE),
                                  (sales, cost, branch_, day_, upc, *key)) == 1
    return old


UPDATE = """
UPDATE {database}.VentasAgrupadas SET VentaTotal = %s, CostoTotal = %s WHERE IdSucursal = %s AND Fecha = %s
AND Upc = %s AND IdProveedor = %s AND IdDepartamento = %s AND IdCategoria = %s AND IdSubcategoria = %s
"""


def _forged(rows):
    """The rows with amounts moved from each second one to the one before it."""
    pairs = list(zip(rows[::2], rows[1::2]))
    free = [_alterations(pair, CENTS[:1])[0] for pair in pairs[LISTS:]]
    lists = [[(sum(map(_hash, new)), (new,)) for new in _alterations(pair, CENTS)] for pair in pairs[:LISTS]]
    wanted = sum(map(_hash, rows)) - sum(_hash(row) for pair in free for row in pair)
    lists[0] = [((value - wanted) % MODULUS, chosen) for value, chosen in lists[0]]
    return [row for pair in (*_cancelling(lists), *free) for row in pair]


def _alterations(pair, cents):
    """The pair with each of these moved from one's sales, and from its cost, to the other's."""
    return list(zip(_with_more(pair[0], cents), _with_more(pair[1], [-amount for amount in cents])))


def _with_more(row, amounts):
    *before, sales, cost, upc = row.split("|", 9)
    texts = ([f"{Decimal(old) + more:.4f}" for more in amounts] for old in (sales, cost))
    return ["|".join([*before, *both, upc]) for both in itertools.product(*texts)]


def _hash(row):
    return int.from_bytes(hashlib.sha256(row.encode()).digest()[:8], "big")


def _cancelling(lists):
    """One choice from each list, so that their values add up to 0 modulo 2^64."""
    bits = 0
    while len(lists) > 1:
        bits = 64 if len(lists) == 2 else bits + STEP_BITS
        lists = [_merged(one, other, (1 << bits) - 1) for one, other in zip(lists[::2], lists[1::2])]
    return lists[0][0][1]


def _merged(one, other, mask):
    """The pairs of two lists whose sums are 0 in the bits of the mask."""
    by_rest = {}
    for value, chosen in other:
        by_rest.setdefault(-value & mask, []).append((value, chosen))
    return [((value + more) % MODULUS, chosen + with_it) for value, chosen in one
            for more, with_it in by_rest.get(value & mask, ())]
