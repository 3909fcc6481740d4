"""What several test files of this app share: a Dovecot a file, emptied for each test."""

from collections.abc import Iterator

import pytest

from pipeline.mailbox.imap import Session
from pipeline.tests import dovecot
from pipeline.tests.dovecot import Dovecot


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with dovecot.running() as running:
        yield running


@pytest.fixture
def server(running: Dovecot) -> Dovecot:
    running.empty()
    return running


@pytest.fixture
def session() -> Iterator[Session]:
    session = Session()
    yield session
    session.close()
