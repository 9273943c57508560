import pytest

from connector.domain import Audience
from connector.lti.roles import audience_of

LIS = "http://purl.imsglobal.org/vocab/lis/v2/"
COURSE = LIS + "membership#"
INSTITUTION = LIS + "institution/person#"
SYSTEM = LIS + "system/person#"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


@pytest.mark.parametrize(
    "roles",
    [
        [],
        ["Learner"],
        [COURSE + "Learner"],
        [LIS + "membership/Learner#NonCreditLearner"],
        [LIS + "membership/Learner#Instructor"],
        ["urn:lti:role:ims/lis/Learner"],
        [INSTITUTION + "Student"],
        [COURSE + "Learner", INSTITUTION + "Staff"],
        [COURSE + "Learner", SYSTEM + "Administrator"],
        ["https://vendor.example/roles#Instructor"],
        [COURSE + "Member"],
    ],
)
def test_who_learns_in_the_course_is_a_learner(roles):
    assert audience_of(roles) is Audience.LEARNER


@pytest.mark.parametrize(
    "roles",
    [
        ["Instructor"],
        [COURSE + "Instructor"],
        [LIS + "membership/Instructor#TeachingAssistant"],
        [LIS.replace("http:", "https:") + "membership#Administrator"],
        ["urn:lti:role:ims/lis/Instructor/TeachingAssistant"],
        [COURSE + "Learner", COURSE + "Instructor"],
        [COURSE + "ContentDeveloper"],
        [COURSE + "Mentor"],
        [INSTITUTION + "Faculty"],
        [SYSTEM + "Administrator"],
        [LIS + "person#Administrator"],
        ["urn:lti:sysrole:ims/lis/SysAdmin"],
    ],
)
def test_who_teaches_or_runs_the_course_is_an_instructor(roles):
    assert audience_of(roles) is Audience.INSTRUCTOR


@pytest.mark.parametrize("roles", [[TEST_USER], [COURSE + "Learner", TEST_USER], [COURSE + "Instructor", TEST_USER]])
def test_a_test_user_is_one_beside_any_other_role(roles):
    assert audience_of(roles) is Audience.TEST_USER
