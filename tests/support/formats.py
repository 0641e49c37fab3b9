# SPDX-License-Identifier: MIT
"""What monitoring systems accept, written down from their own documentation."""
import re
import shutil
import subprocess

LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(rf"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\S+)")
PERFDATUM = r"'[^'=|]+'=-?\d+(?:\.\d+)?(?:s|c|)(?:;[\d.:~@]*){0,4}"
NAGIOS = re.compile(rf"CONSOLIDADOR (OK|WARNING|CRITICAL|UNKNOWN) - ([^|\n]+)"
                    rf"(?: \| ({PERFDATUM}(?: {PERFDATUM})*))?\n")


def prometheus(text):
    """{(name, labels): value}; fails where the text exposition format or its conventions are broken."""
    assert text.endswith("\n") and "\r" not in text
    samples, types, current = {}, {}, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            current, explanation = line.split(" ", 3)[2:]
            assert current not in types and explanation.endswith(".")
            continue
        if line.startswith("# TYPE "):
            name, types[current] = line.split(" ")[2:]
            assert name == current and types[name] in ("counter", "gauge")
            assert (types[name] == "counter") == name.endswith("_total")
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, line
        name, labels, value = sample.groups(default="")
        assert name == current and name.startswith("consolidador_") and (name, labels) not in samples
        samples[name, labels] = float(value)
    return samples


def promtool(text):
    """What promtool says of it, but for the names of the lock's two counts of days, which are fixed; nothing where
    it is not installed."""
    program = shutil.which("promtool")
    if not program:
        return ""
    ended = subprocess.run([program, "check", "metrics"], input=text, check=False,
                           capture_output=True, encoding="utf-8")
    said = (ended.stdout + ended.stderr).splitlines(keepends=True)
    return "".join(line for line in said if not re.match(r"consolidador_days_(held|archived) .*\bdays\b", line))


def nagios(text):
    """(word, explanation, {label: value}); fails where the plugins' guidelines are broken."""
    line = NAGIOS.fullmatch(text)
    assert line, text
    word, explanation, perfdata = line.groups()
    data = dict(item.split("=") for item in (perfdata or "").split(" ") if item)
    return word, explanation, {label.strip("'"): value for label, value in data.items()}
