import pytest

from tocsin.errors import LogError
from tocsin.eventlog.chain import verify
from tocsin.eventlog.memory import crash, new_memory_log


@pytest.fixture
def log(entries):
    log = new_memory_log("node-a")
    log.append(entries(3))
    log.append(entries(2, first=4))
    return log


def test_a_crash_keeps_what_was_acknowledged_and_ends_the_old_log(log, entries):
    kept = list(log.read())

    after = crash(log)

    assert list(after.read()) == kept
    assert after.remarks == ()
    with pytest.raises(LogError, match="log 'node-a' has crashed: open it again"):
        log.append(entries(1))


def test_an_append_cut_short_is_there_whole_or_not_at_all(log, entries):
    lost = crash(log, during=entries(2, first=6))
    assert verify(lost).number == 5

    kept = crash(lost, during=entries(2, first=6), stored=True)
    assert verify(kept).number == 7
    assert "events 6 to 7, was stored but not acknowledged" in kept.remarks[0]
    assert verify(crash(kept)).number == 7


def test_a_disk_that_lied_about_syncing_is_found_out(log):
    with pytest.raises(LogError, match="lost acknowledged events: its anchor is at event 5, the"):
        crash(log, appends_lost=1)


def test_crashes_of_one_log_leave_another_alone(log, entries):
    other = new_memory_log("node-b")
    other.append(entries(1))

    crash(log)

    assert other.tip().number == 1
