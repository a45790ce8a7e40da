import time

from bot.machine.clock import SteadyClock, seconds_asleep


def test_the_clock_begins_with_that_of_the_system():
    before = time.time()
    assert before - 1 < SteadyClock()() < time.time() + 1


def test_the_clock_goes_on_evenly_when_that_of_the_system_is_moved(monkeypatch):
    clock, true = SteadyClock(), time.time
    monkeypatch.setattr(time, "time", lambda: true() + 3600)
    assert abs(clock() - true()) < 1
    assert abs(clock.moved() - 3600) < 1


def test_the_clock_goes_on_during_a_sleep_and_never_back(monkeypatch):
    clock, true = SteadyClock(), time.clock_gettime
    for asleep, passed in ((3600, 3600), (-3600, 3600)):
        monkeypatch.setattr(time, "clock_gettime", lambda number, asleep=asleep: true(number) + asleep)
        assert abs(clock() - time.time() - passed) < 1


def test_a_machine_does_not_sleep_during_this_test():
    before = seconds_asleep()
    assert abs(seconds_asleep() - before) < 0.5
