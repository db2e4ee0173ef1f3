from caseflow.staff import devices
from tests import builders


def test_a_device_is_its_owners_alone(session) -> None:
    ana, ben = builders.worker(name="Ana"), builders.worker(name="Ben")
    devices.trust(ben, label="Firefox")
    theirs = devices.devices_of(ben)[0]
    assert devices.device_of(ben, theirs.id) is theirs
    assert list(devices.devices_of(ana)) == []
    assert devices.device_of(ana, theirs.id) is None
    devices.forget_all(ana)
    assert list(devices.devices_of(ben)) == [theirs]


def test_a_device_that_was_forgotten_is_gone(session) -> None:
    ana = builders.worker(name="Ana")
    devices.trust(ana, label="Firefox")
    devices.forget(devices.devices_of(ana)[0])
    assert list(devices.devices_of(ana)) == []
