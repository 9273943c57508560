"""What the page says and does not say, whatever comes in."""

import gzip
import re
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from gettext import NullTranslations
from html.parser import HTMLParser

import pytest
from babel import Locale

from tests.e2e.widgets import arabic
from widgets import STATIC, asset_names, render, render_message
from widgets.samples import BECAUSE, EXCEL, MESSAGES, NOW, PAGES, PERSONAL, POPULAR, SEE_ALL, VISIT
from widgets.view import (
    CardView,
    FormView,
    MessageKind,
    MessageView,
    PersonalRows,
    ReasonCode,
    ReasonView,
    RowKind,
    RowView,
    Target,
)
from widgets.wording import Wording

HOSTILE = "\"><script>alert(1)</script><b onclick='x'>%(title)s {{ 7*7 }} & co"
OF_A_PAGE = ("onward.css", "low.css", "lying.css", "onward.js")
PLAIN = ReasonView(code=ReasonCode.POPULAR_QUIET)


def bare(**more) -> CardView:
    facts = {"key": "1", "title": "Excel basics", "url": "https://learn.example/1", "reason": PLAIN}
    return CardView(**facts | more)


def page_of(*cards: CardView, **row) -> str:
    return render(replace(PERSONAL, rows=(RowView(kind=RowKind.POPULAR, cards=cards, **row),)))


class _Outline(HTMLParser):
    """Ids, text and tags of a document; fails on tags that are closed in the wrong order."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.texts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append((tag, values))
        if "id" in values:
            self.ids.append(values["id"])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip() and self.open[-1] not in {"script", "text"}:
            self.texts.append(data.strip())

    def links(self) -> list[str]:
        return [values["href"] for tag, values in self.tags if tag == "a" and "title" in (values.get("class") or "")]


@pytest.mark.parametrize("name", PAGES)
def test_every_state_is_a_well_formed_document_with_one_first_heading_and_unique_ids(name):
    outline = _Outline(render(PAGES[name]))
    assert [tag for tag, _ in outline.tags].count("h1") == 1
    assert len(outline.ids) == len(set(outline.ids))


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_is_a_well_formed_document_with_one_first_heading(name):
    outline = _Outline(render_message(MESSAGES[name]))
    assert [tag for tag, _ in outline.tags].count("h1") == 1


@pytest.mark.parametrize("name", [*PAGES, *MESSAGES])
def test_no_document_holds_inline_style_or_script(name):
    html = render(PAGES[name]) if name in PAGES else render_message(MESSAGES[name])
    for tag, values in _Outline(html).tags:
        assert tag != "style"
        assert "style" not in values
        assert not any(attribute.startswith("on") for attribute in values)
        assert tag != "script" or values["src"]


def test_hostile_text_is_shown_and_never_run():
    card = bare(
        title=HOSTILE,
        title_language="de",
        topic=HOSTILE,
        level=HOSTILE,
        provider=HOSTILE,
        key=HOSTILE,
        words=(HOSTILE,),
    )
    row = RowView(kind=RowKind.TOP_PICKS, cards=(card,), given_name=HOSTILE, see_all=HOSTILE)
    page = replace(PERSONAL, rows=(row,), title=HOSTILE, visit_token=HOSTILE, slate=HOSTILE, act_url=HOSTILE)
    outline = _Outline(render(page))
    assert {tag for tag, values in outline.tags if "onclick" in values or "alert" in str(values.get("src"))} == set()
    assert [tag for tag, _ in outline.tags].count("script") == 1
    assert HOSTILE in outline.texts


def test_an_anchor_with_hostile_title_is_escaped_inside_its_sentence():
    reason = ReasonView(code=ReasonCode.ALSO_COMPLETED, anchor=replace(EXCEL, text=HOSTILE, language='"><i>'))
    html = page_of(bare(reason=reason, parts=(reason,)))
    assert "<script>alert" not in html
    assert '<bdi lang="&#34;&gt;&lt;i&gt;">&#34;&gt;&lt;script&gt;' in html


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//learn.example/1",
        "/course/1",
        "https://",
        "https:\\\\learn.example",
        "http://[::1",
        "",
    ],
)
def test_an_address_that_is_not_a_whole_web_address_is_never_a_link(url):
    outline = _Outline(page_of(bare(url=url)))
    assert outline.links() == []
    assert "Excel basics" in outline.texts


def test_a_return_address_that_is_not_a_web_address_is_left_out():
    assert "Back to the course" not in render(replace(PERSONAL, return_url="javascript:history.back()"))
    assert "Back to the course" in render(replace(PERSONAL, return_url="https://learn.example/"))


def test_a_card_links_straight_to_its_item_in_the_top_window_and_is_named_by_title_and_reason():
    html = page_of(bare(key="34"))
    assert 'id="t1-34" href="https://learn.example/1" target="_top" aria-labelledby="t1-34 r1-34"' in html


def test_a_card_that_opens_a_new_tab_says_so_in_its_name():
    html = page_of(bare(key="34", target=Target.BLANK))
    assert 'target="_blank" rel="noopener" aria-labelledby="t1-34 r1-34 new-tab"' in html
    assert '<span hidden id="new-tab">opens in a new tab</span>' in html


def test_empty_fields_leave_no_holes():
    html = page_of(bare())
    assert 'class="meta"' not in html
    assert "<progress" not in html
    assert "<details name" not in html
    assert "<span></span>" not in html
    assert '<p class="meta"><span>30 min</span><span>Uni Graz</span></p>' in page_of(
        bare(minutes=30, provider="Uni Graz")
    )


def test_progress_is_a_bar_within_its_bounds_and_the_meta_line_says_what_is_left():
    html = page_of(bare(minutes=60, progress=60))
    assert '<progress max="100" value="60" aria-label="60% done">' in html
    assert "<span>About 24 min left</span>" in html
    assert 'value="100"' in page_of(bare(progress=900))


def test_a_row_without_cards_is_not_drawn():
    assert 'class="row"' not in render(replace(PERSONAL, rows=(RowView(kind=RowKind.CONTINUE, cards=()),)))


def test_the_heading_counts_only_when_more_qualified_than_is_shown():
    assert '<span class="count">1 of 23</span>' in page_of(bare(), total=23)
    assert 'class="count"' not in page_of(bare(), total=1)


def test_see_all_is_a_button_of_the_form_that_holds_the_visit():
    html = render(replace(PERSONAL, page_url="/page"))
    assert f'<form id="visit" method="post" action="/page"><input type="hidden" name="visit" value="{VISIT}">' in html
    assert '<button type="submit" class="link" form="visit" name="row" value="because:7"' in html
    assert html.count(VISIT) == 1


def test_the_see_all_page_is_one_grid_with_its_reason_as_title_and_a_way_back():
    html = render(SEE_ALL)
    assert '<h1 class="because" id="h1">Because you completed <bdi>Excel basics</bdi></h1>' in html
    assert '<ul class="grid" role="list">' in html
    assert '<button type="submit" class="link back-link" form="visit">' in html
    assert "<title>Because you completed Excel basics</title>" in html


@pytest.mark.parametrize(("now_is", "next_is"), [(PersonalRows.ON, "off"), (PersonalRows.OFF, "on")])
def test_what_is_this_holds_the_switch_as_a_real_button(now_is, next_is):
    html = render(replace(PERSONAL, personal_rows=now_is))
    assert (
        f'form="visit" formaction="/act" name="personal_rows" value="{next_is}">Switch personal rows {next_is}' in html
    )


def test_where_nothing_can_be_switched_there_is_no_switch():
    assert "personal_rows" not in render(PAGES["preview"])
    assert "personal_rows" not in render(PAGES["anonymous"])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("personal", "From what was completed up to today, 06:00."),
        ("demo", "Demo: all people here are simulated"),
        (
            "late",
            "<b>As of yesterday, 18:40.</b> <span>What you completed since then is not counted yet; nothing is lost.",
        ),
        ("newcomer", "Nothing is known about your learning yet, so these rows are the same for everyone here."),
        ("anonymous", "Your learning platform did not say who you are."),
        (
            "opted-out",
            "<b>Personal rows are off.</b> <span>What you completed is left out; nothing else about you was used.",
        ),
        ("all-done", "You have done everything here"),
        ("nothing-relevant", "Nothing fits well enough today"),
        ("no-model", "There are no recommendations yet"),
        ("preview", "These rows are a sample; each learner sees rows of their own."),
    ],
)
def test_each_state_says_what_it_is(name, sentence):
    assert sentence in render(PAGES[name])


def test_only_where_history_was_used_why_says_nothing_else():
    card = bare(parts=(PLAIN,))
    row = RowView(kind=RowKind.POPULAR, cards=(card,))
    assert "Nothing else about you was used." in render(replace(PERSONAL, rows=(row,)))
    assert "<li>Nothing about you was used.</li>" in render(replace(PAGES["newcomer"], rows=(row,)))
    left_out = "<li>What you completed is left out; nothing else about you was used.</li>"
    assert left_out in render(replace(PAGES["opted-out"], rows=(row,)))


def test_a_title_in_another_language_is_marked_and_turned():
    html = page_of(bare(title="مهارات", title_language="ar"), bare(key="2", title="Daten", title_language="de-AT"))
    assert '<bdi lang="ar" dir="rtl">مهارات</bdi>' in html
    assert '<bdi lang="de-AT">Daten</bdi>' in html
    assert "<bdi>Excel" in page_of(bare(title="Excel", title_language="en-GB"))


def test_a_page_in_arabic_runs_from_right_to_left():
    html = render(arabic.page(), arabic.words())
    assert '<html lang="ar" dir="rtl"' in html
    assert 'transform="matrix(-1 0 0 1 320 0)"' in html


def test_without_a_translation_the_page_is_english_and_says_so():
    assert '<html lang="en" dir="ltr"' in render(replace(PERSONAL, language="tlh"))
    assert '<html lang="en" dir="ltr"' in render(replace(PERSONAL, language="%%"))


def test_theme_is_light_unless_chosen():
    assert 'data-theme="light"' in render(PERSONAL)


def test_a_message_carries_code_remedy_and_form():
    view = MessageView(
        kind=MessageKind.REFUSED,
        sentence="The sign-in came twice.",
        remedy="Open the course again.",
        code="nonce_used",
        form=FormView(action="/lti/login", fields=(("iss", HOSTILE),), target="_blank"),
    )
    html = render_message(view)
    assert "The sign-in came twice." in html
    assert "Open the course again." in html
    assert "<code>nonce_used</code>" in html
    assert (
        '<form method="post" action="/lti/login" target="_blank"><input type="hidden" name="iss" value="&#34;&gt;'
        in html
    )


def test_a_message_without_words_of_its_own_takes_those_of_its_kind():
    html = render_message(MESSAGES["expired"])
    assert "Nothing is lost." in html
    assert "Go back to your course and open it again from there." in html


def test_assets_are_named_by_their_content():
    names = asset_names()
    assert set(names) == {file.name for file in STATIC.iterdir()}
    assert all(re.fullmatch(r"[a-z_-]+\.[0-9a-f]{12}\.(css|js)", name) for name in names.values())
    assert all(f'="/static/{names[name]}"' in render(PERSONAL) for name in OF_A_PAGE)


def full_page() -> tuple:
    words = ("Pivot tables", "Clean messy data", "Plain words", "A cost report", "Screens without pain", "Copyright")
    reason = ReasonView(code=ReasonCode.FOLLOWED, number=31, base=44, anchor=EXCEL)
    rows = [
        replace(
            BECAUSE,
            cards=tuple(
                bare(
                    key=str(100 * row + n),
                    title=f"{words[n % 6]} for group {row * 12 + n}",
                    url=f"https://learn.example/course/view.php?id={7919 * (100 * row + n) % 9973}",
                    reason=replace(reason, number=31 + n),
                    parts=(reason,),
                    minutes=10 * n + 5,
                    level="beginner",
                    language=("en", "de", "fr")[n % 3],
                    provider=("Moodle", "HR Academy", "Library")[n % 3],
                )
                for n in range(12)
            ),
        )
        for row in range(6)
    ]
    return tuple(rows)


def test_six_rows_of_twelve_cards_weigh_at_most_15_kb_and_script_and_style_10():
    html = render(replace(PERSONAL, rows=full_page()))
    assert html.count('<li class="card"') == 72
    assert len(gzip.compress(html.encode())) <= 15_000
    assert sum(len(gzip.compress((STATIC / name).read_bytes())) for name in OF_A_PAGE) <= 10_000


def test_a_page_that_was_rendered_before_takes_a_few_milliseconds():
    page = replace(PERSONAL, rows=full_page())
    render(page)
    times = []
    for _ in range(5):
        start = time.process_time()
        render(page)
        times.append(time.process_time() - start)
    assert min(times) < 0.01


class _Marked(NullTranslations):
    """A language in which each message stands in brackets: what has none was not translatable."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


MARKED = Wording("en", Locale("en", "GB"), _Marked())
DATA = ("Moodle", "English", "German", "French", "Arabic", "Edraak", "Legal", "Finance", "Library", "HR Academy")


@pytest.mark.parametrize("name", PAGES)
def test_no_sentence_escapes_translation(name):
    page = PAGES[name]
    told = {said for row in page.rows for card in row.cards for said in (card.title, card.reason.label)}
    told |= {said for row in page.rows for said in (row.topic, *(tile.topic for tile in row.tiles))}
    known = told | {
        "Excel basics",
        "Comprendre les données",
        "Amina",
    }
    providers = {card.provider for row in page.rows for card in row.cards} | set(DATA)
    texts = set(_Outline(render(page, MARKED)).texts) - known - providers
    assert [text for text in texts if re.search(r"[A-Za-z]{2}", text) and not {"⟦", "⟧"} & set(text)] == []


def test_the_day_is_that_of_the_readers_zone():
    at = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert "As of today, 00:30." in render(replace(PERSONAL, late=True, as_of=at))
    assert "As of yesterday, 23:30 UTC." in render(replace(PERSONAL, late=True, as_of=at, now=NOW.astimezone(UTC)))
    assert date(2026, 11, 22) == NOW.date()


def test_what_was_started_late_in_another_zone_has_the_readers_day():
    reason = ReasonView(code=ReasonCode.STARTED, at=datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
    assert "You were here today" in page_of(bare(reason=reason))


def test_the_same_page_is_the_same_bytes():
    assert render(PAGES["personal"]) == render(PAGES["personal"])
    assert POPULAR.cards[0].title in render(PAGES["newcomer"])
