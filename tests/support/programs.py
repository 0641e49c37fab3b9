# SPDX-License-Identifier: MIT
"""Programs that write a branch's days into a target, as the shipped statements do: today's, which says in its
session that it knows the memory and why a closed day changes, and that of version 0.1.0, which says nothing."""
from . import oracle, schema

OLD_STATEMENTS = schema.OLD_SCHEMA / "sql/dia"
STATEMENTS = schema.ROOT / "sql/dia"
DIMENSIONS = (1, 2, 3, 4)  # supplier, department, category, subcategory of every row


def statement(folder, name):
    """One of the daemon's, with the marks of this client."""
    return (folder / f"{name}.sql").read_text().replace("%", "%%").replace("?", "%s")


def texts(branch, day, rows):
    """Rows {code: amount} as the oracle writes them."""
    return [f"{day}|{branch}|1|2|3|4|1.0000|{amount}.0000|1.0000|{code}" for code, amount in rows.items()]


class Program:
    """A session of a branch's account, in one transaction a day. `link` is a connection to the database that
    the account sees."""

    folder = STATEMENTS

    def __init__(self, link, branch):
        self._branch = branch
        self.link = link
        link.autocommit(False)
        self._cursor = link.cursor()
        self._begin_session()

    def _begin_session(self):
        self.execute("SET @consolidador_memoria = 1, tx_isolation = 'READ-COMMITTED'")

    def execute(self, sql, arguments=None):
        self._cursor.execute(sql, arguments)
        found = self._cursor.fetchall()
        while self._cursor.nextset():
            pass
        return found

    def say(self, name, *arguments):
        return self.execute(statement(self.folder, name), arguments)

    def held(self, day):
        """What the target has of the day, {code: amount}."""
        return {row[1]: int(row[7]) for row in self.say("leer_dia", self._branch, day)}

    def write(self, day, rows, reason=None, whole=False):
        """Makes the day these rows, {code: amount}, and records it. `reason`: of a change of a proven day."""
        if reason:
            self.declare(reason)
        old = {} if whole else self.held(day)
        if whole:
            self.say("vaciar_dia", day, self._branch)
        for code, amount in rows.items():
            if old.get(code) != amount:
                self.say("upsert_ventas", self._branch, day, code, *DIMENSIONS, 1, amount, 1)
        for code in old.keys() - rows.keys():
            self.say("borrar_fila", self._branch, day, code, *DIMENSIONS)
        self.record(day, rows)
        self.link.commit()

    def declare(self, reason):
        self.say("declarar_cambio", reason, "", "", 0, 1)

    def record(self, day, rows):
        return self.say("registrar_dia", day, self._branch, len(rows), len(rows), sum(rows.values()), len(rows),
                        oracle.huella(texts(self._branch, day, rows)))


class OldProgram(Program):
    """Of version 0.1.0."""

    folder = OLD_STATEMENTS

    def _begin_session(self):
        self.execute("SET tx_isolation = 'READ-COMMITTED'")

    def declare(self, reason):
        pass
