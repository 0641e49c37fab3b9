# SPDX-License-Identifier: MIT
"""Wrong configurations, at the start and at a reload."""
WRONG = "nada"


def test_a_wrong_configuration_fails_the_start_once_with_its_message(branch):
    branch.configure(id=WRONG)
    assert branch.systemctl("start", check=False).returncode != 0
    branch.wait_for_state("failed")
    assert "99.yaml:2: branch.id" in branch.status()
    assert branch.show("NRestarts") == "0"


def test_a_good_one_starts_after_it(branch):
    branch.configure()
    branch.systemctl("start")
    assert branch.active


def test_a_reload_with_a_wrong_one_fails_and_leaves_the_service_active(running):
    running.configure(id=WRONG)
    assert running.systemctl("reload", check=False).returncode != 0
    assert running.active
    assert "99.yaml:2: branch.id" in running.status()


def test_a_reload_with_a_good_one_ends_with_0(running):
    running.configure()
    running.systemctl("reload")
    assert "99.yaml" not in running.show("StatusText")
