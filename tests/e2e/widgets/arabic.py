"""A page in Arabic: the main sentences, enough to look at the page from right to left. Not for a release."""

from dataclasses import replace
from gettext import NullTranslations

from babel import Locale

from widgets.samples import PERSONAL, card
from widgets.view import PageView, ReasonCode, ReasonView, RowKind, RowView, TitleView
from widgets.wording import Wording

WORDS = {
    "Learn next": "تعلّم تاليًا",
    "What is this?": "ما هذا؟",
    "See all": "عرض الكل",
    "Why this?": "لماذا هذا؟",
    "Close": "إغلاق",
    "Show earlier": "عرض السابق",
    "Show more": "عرض المزيد",
    "Because you completed %(title)s": "لأنك أتممت %(title)s",
    "Top picks for %(name)s": "مختارات من أجل %(name)s",
    "%(shown)s of %(total)s": "%(shown)s من %(total)s",
    "%(minutes)s min": "%(minutes)s دقيقة",
    "%(hours)s h %(minutes)s min": "%(hours)s س %(minutes)s د",
    "%(hours)s h": "%(hours)s س",
    "Beginner": "مبتدئ",
    "Intermediate": "متوسط",
    "Advanced": "متقدم",
    "Back to the course": "العودة إلى المقرر",
    "Personal rows are on.": "الصفوف الشخصية مفعّلة.",
    "From what was completed up to today, %(time)s.": "اعتمادًا على ما أُتمّ حتى اليوم، الساعة %(time)s.",
    "%(number)s of %(base)s people completed this later": "أتمّ هذا لاحقًا %(number)s من %(base)s شخصًا",
    "People who completed %(title)s completed this too": "من أتمّوا %(title)s أتمّوا هذا أيضًا",
    "Nothing else about you was used.": "لم يُستخدم أي شيء آخر عنك.",
    "You completed %(title)s on %(date)s": "أتممت %(title)s في %(date)s",
}
EXCEL = TitleView("أساسيات إكسل", "ar")
TITLES = (
    ("الجداول المحورية في ثلاثين دقيقة", "ar", "data", 30, "beginner", "مودل"),
    ("Power Query: clean messy data", "en", "data", 55, "intermediate", "LinkedIn Learning"),
    ("الإحصاء بلا خوف", "ar", "data", 75, "beginner", "إدراك"),
    ("SQL for spreadsheet people", "en", "data", 90, "intermediate", "edX"),
    ("لوحات بيانات يقرؤها الناس", "ar", "data", 45, "intermediate", "مودل"),
    ("العمل أمام الشاشة بلا ألم", "ar", "health", 15, "beginner", "الصحة المهنية"),
)
MORE = (
    ("ملاحظات تساعد الزملاء", "ar", "people", 20, "beginner", "إدراك"),
    ("خطة مشروع في صفحة واحدة", "ar", "project", 35, "beginner", "مودل"),
    ("رسائل رسمية بلغة واضحة", "ar", "language", 30, "intermediate", "رواق"),
    ("ميزانيات لمن لا يحب الميزانيات", "ar", "money", 50, "beginner", "مودل"),
    ("حماية البيانات في مكتب الاستقبال", "ar", "law", 25, "beginner", "مودل"),
)


class _Arabic(NullTranslations):
    def gettext(self, message: str) -> str:
        return WORDS.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return WORDS.get(msgid2, msgid2)


def words() -> Wording:
    return Wording("ar", Locale("ar"), _Arabic())


def page() -> PageView:
    reason = ReasonView(code=ReasonCode.FOLLOWED, number=31, base=44, anchor=EXCEL)
    also = ReasonView(code=ReasonCode.ALSO_COMPLETED, anchor=EXCEL)
    rows = (
        RowView(
            kind=RowKind.BECAUSE,
            anchor=EXCEL,
            cards=tuple(card(facts, reason, parts=(reason,)) for facts in TITLES),
            total=23,
            see_all="because:1",
        ),
        RowView(
            kind=RowKind.TOP_PICKS,
            given_name="أمينة",
            cards=tuple(card(facts, also, parts=(also,)) for facts in MORE),
            total=5,
        ),
    )
    return replace(PERSONAL, rows=rows)
