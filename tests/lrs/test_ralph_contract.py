import pytest

from tests.contract.statement_source_contract import StatementSourceContract
from tests.lrs.ralph_under_test import RalphUnderTest


@pytest.mark.lrs
class TestRalph(StatementSourceContract):
    @pytest.fixture
    def lrs(self, ralph):
        return RalphUnderTest(ralph)
