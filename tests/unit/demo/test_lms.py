"""Starting the demo LMS: its configuration, and what is said when it cannot start."""

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from connector.demo.lms import REQUIREMENTS, LrsAccess, ToolRegistration, lms_config, start_lms, write_config
from connector.errors import NotReady

TOOL = ToolRegistration("http://127.0.0.1:2/lti/login", "http://127.0.0.1:2/lti/launch", "demo", "1")
LRS = LrsAccess("http://127.0.0.1:3/xAPI", "key", "secret")


def test_the_lms_lives_on_localhost_and_knows_five_people_and_all_courses_with_a_page(tmp_path):
    config = lms_config(tmp_path, 8081, TOOL, LRS)
    assert config["issuer"] == "http://localhost:8081"
    assert [person["user_id"] for person in config["people"]] == ["101", "102", "103", "104", "105"]
    assert len(config["courses"]) == 121
    assert sum(course["hidden"] for course in config["courses"]) == 2


def test_the_configuration_is_readable_by_its_owner_alone(tmp_path):
    path = write_config(tmp_path, 8081, TOOL, LRS)
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["lrs"]["secret"] == "secret"


def test_a_process_that_ends_at_its_start_is_told_with_its_last_lines(tmp_path):
    """This environment has no lti1p3platform, so the program ends at its imports."""
    with pytest.raises(NotReady, match=r"did not start(.|\n)*ModuleNotFoundError"):
        start_lms(python=Path(sys.executable), state=tmp_path, port=9, tool=TOOL, lrs=LRS)


def test_a_process_that_does_not_answer_in_time_is_stopped_and_told(tmp_path):
    sleeper = tmp_path / "python"
    sleeper.write_text("#!/bin/sh\nexec sleep 60\n")
    sleeper.chmod(0o700)
    with pytest.raises(NotReady, match="did not start"):
        start_lms(sleeper, tmp_path / "state", 9, TOOL, LRS, ready_within=timedelta(seconds=0.3))


def test_every_requirement_is_pinned():
    lines = [line for line in REQUIREMENTS.read_text().splitlines() if not line.startswith("#")]
    assert "lti1p3platform==0.1.8" in lines
    assert all("==" in line for line in lines)
