"""The demo LMS's own words, in English and French."""

from collections.abc import Mapping

_ENGLISH = {
    "banner": "Demo: all people here are simulated.",
    "site": "Demo LMS",
    "skip": "Skip to content",
    "home": "Site home",
    "change": "Change person",
    "complete": "Complete this course",
    "completed": "Completed",
    "teacher": "You teach here. Only learners complete courses.",
    "recorded_yes": "Recorded. The row below follows within seconds.",
    "recorded_no": "Not recorded: the Learning Record Store did not answer. Please try again.",
    "frame": "Learn next: recommendations",
    "next": "Learn next",
    "reload": "Reload the row",
    "new_tab": "Open in a new tab",
    "length": "Length",
    "level": "Level",
    "language": "Language",
    "provider": "Provider",
    "all_courses": "All courses",
    "minutes": "{} min",
    "not_here": "This page is not here",
    "not_here_why": "The course may be hidden, or the address is wrong.",
    "refused": "The LMS did not sign you in to the tool",
    "beginner": "Beginner",
    "intermediate": "Intermediate",
    "advanced": "Advanced",
    "en": "English",
    "fr": "French",
    "de": "German",
}
_FRENCH = {
    "banner": "Démonstration : toutes les personnes sont simulées.",
    "site": "LMS démo",
    "skip": "Aller au contenu",
    "home": "Accueil",
    "change": "Changer",
    "complete": "Terminer ce cours",
    "completed": "Terminé",
    "teacher": "Vous enseignez ici. Seuls les apprenants terminent des cours.",
    "recorded_yes": "C'est enregistré. La rangée ci-dessous suit dans quelques secondes.",
    "recorded_no": "Non enregistré : le Learning Record Store n'a pas répondu. Veuillez réessayer.",
    "frame": "Que suivre ensuite : suggestions",
    "next": "Que suivre ensuite",
    "reload": "Recharger la rangée",
    "new_tab": "Nouvel onglet",
    "length": "Durée",
    "level": "Niveau",
    "language": "Langue",
    "provider": "Proposé par",
    "all_courses": "Tous les cours",
    "not_here": "Cette page n'est pas ici",
    "not_here_why": "Le cours est peut-être masqué, ou l'adresse est erronée.",
    "refused": "Le LMS ne vous a pas connecté à l'outil",
    "beginner": "Débutant",
    "intermediate": "Intermédiaire",
    "advanced": "Avancé",
    "en": "Anglais",
    "fr": "Français",
    "de": "Allemand",
}
_BY_LOCALE = {"en": _ENGLISH, "fr": {**_ENGLISH, **_FRENCH}}


def words(locale: str) -> Mapping[str, str]:
    """Return the words of a locale; English where there are none."""
    return _BY_LOCALE.get(locale, _ENGLISH)
