"""Of a Family one run stands in a Row; which one, the rules decide before the others go."""

from connector.domain import RowKind
from connector.recipes.compose import compose
from connector.recipes.recipe import NamedRule, Preference, RecipeBook, RowRecipe, Weighing
from connector.recipes.rules import read_rule
from tests.unit.recipes.shelves import catalog, completed, item, neighbours, page, popular, shelf, shown

RUNS = catalog(1, 11, 12, english=item(10, family=10, language="en"), german=item(20, family=10, language="de"))
NEAR = neighbours(1, (10, 0.9), (11, 0.8), (12, 0.7), (20, 0.6))
DONE = (completed(1),)
GERMAN, ENGLISH = read_rule('language == "de"'), read_rule('language == "en"')


def first_row(preference, *lists, history=DONE, kind=RowKind.BECAUSE):
    book = RecipeBook((RowRecipe(kind, preference=preference),))
    (row,) = compose(page(*history, shelf=shelf(*lists, items=RUNS), book=book)).rows
    return row


def test_without_a_rule_the_best_run_stands_for_its_family():
    row = first_row(Preference(), NEAR)
    assert shown(row) == [10, 11, 12]
    assert row.total == 3


def test_a_boost_chooses_which_run_stands_and_its_card_says_so():
    row = first_row(Preference(weighings=(Weighing("German", GERMAN, 2.0),)), NEAR)
    assert shown(row) == [20, 11, 12]
    assert [part.source for part in row.cards[0].parts] == ["together", "boost:German"]


def test_to_bury_one_run_lets_the_other_stand():
    row = first_row(Preference(weighings=(Weighing("English", ENGLISH, 0.1),)), NEAR)
    assert shown(row) == [11, 12, 20]


def test_a_rule_that_excludes_one_run_lets_the_other_stand():
    row = first_row(Preference(exclude=(NamedRule("No English", ENGLISH),)), NEAR)
    assert shown(row) == [11, 12, 20]


def test_so_it_is_in_rows_that_are_the_same_for_everyone():
    people = popular((10, 30), (11, 25), (12, 20), (20, 10))
    boosted = Preference(weighings=(Weighing("German", GERMAN, 4.0),))
    assert shown(first_row(boosted, people, history=(), kind=RowKind.POPULAR)) == [20, 11, 12]
