"""Invented courses and topics of the invented pages (see `widgets.samples`)."""

Facts = tuple[str, str, str, int, str, str]
"""Title, language, topic, minutes, level and provider of an invented course."""

LATER = (214, 186, 164, 97, 41, 88, 64, 75, 59, 52, 47, 33)
FOLLOWING = (
    ("Pivot tables in 30 minutes", "en", "data", 30, "beginner", "Moodle"),
    ("Power Query: clean messy data", "en", "data", 55, "intermediate", "LinkedIn Learning"),
    ("Daten verständlich präsentieren", "de", "data", 40, "beginner", "Uni Graz"),
    ("SQL for spreadsheet people", "en", "data", 90, "intermediate", "edX"),
    ("Advanced macros with VBA", "en", "tech", 120, "advanced", "Moodle"),
    ("Dashboards that people read", "en", "data", 45, "intermediate", "HR Academy"),
    ("Statistics without fear", "en", "data", 75, "beginner", "Coursera"),
    ("Excel formulas you will reuse", "en", "data", 25, "beginner", "Moodle"),
    ("A first look at Python notebooks", "en", "tech", 60, "beginner", "Moodle"),
    ("Forecasting with simple models", "en", "data", 80, "intermediate", "Moodle"),
    ("Données ouvertes: où les trouver", "fr", "data", 35, "beginner", "Université de Lyon"),
    ("Surveys: asking so that answers count", "en", "data", 50, "intermediate", "Library"),
)
STARTED = (
    (("Presentations that hold a room", "en", "language", 60, "intermediate", "Moodle"), 60, (2026, 11, 12)),
    (("Procurement basics for public bodies", "en", "law", 40, "beginner", "Moodle"), 25, (2026, 11, 9)),
    (("مهارات تحليل البيانات للمبتدئين", "ar", "data", 60, "beginner", "Edraak"), 80, (2026, 11, 2)),
)
PICKS = (
    ("Feedback that helps", "en", "people", 20, "beginner", "HR Academy"),
    ("Plan a project on one page", "en", "project", 35, "beginner", "Moodle"),
    ("Rédiger des courriels clairs et courtois", "fr", "language", 30, "intermediate", "Université de Lyon"),
    ("Spot a phishing mail in ten seconds", "en", "tech", 15, "beginner", "IT Security"),
    ("Data protection at the front desk", "en", "law", 25, "beginner", "Legal"),
    ("Working at a screen without pain", "en", "health", 15, "beginner", "Occupational Health"),
    ("Budgets for people who do not like budgets", "en", "money", 50, "beginner", "Finance"),
    ("Your first ninety days as a team lead", "en", "people", 60, "intermediate", "HR Academy"),
)
LIKED = (
    ("Run a meeting that ends early", "en", "people", 12, "beginner", "HR Academy"),
    ("Fünf Minuten Pause, richtig gemacht", "de", "health", 8, "beginner", "Occupational Health"),
    ("Passkeys instead of passwords", "en", "tech", 10, "beginner", "IT Security"),
    ("Coffee with the auditors", "en", "law", 9, "beginner", "Legal"),
    ("Plain words for official letters", "en", "language", 15, "intermediate", "Moodle"),
    ("Read a cost report", "en", "money", 14, "intermediate", "Finance"),
    ("Risks in five questions", "en", "project", 9, "beginner", "Moodle"),
    ("Copyright in teaching", "en", "law", 13, "beginner", "Library"),
    ("Pick the right chart", "en", "data", 11, "beginner", "Uni Graz"),
)
TOPICS = (
    *(("Data and numbers", 34), ("Leading people", 28), ("Languages and writing", 41), ("Digital safety", 17)),
    *(("Projects", 22), ("Rules and rights", 19), ("Health at work", 12), ("Money and budgets", 15)),
)
