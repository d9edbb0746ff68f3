"""Whether a message at a step is about something else, which is answered before the step is asked
again."""

from __future__ import annotations

from actions.tasks.talk import Talk
from bot.programme.field_text import is_question

SURE = 0.7
FEW_WORDS = 8
# Whatever is being asked, these are heard before an answer is looked for.
HEARD_FIRST = {
    *("talk_to_agent", "distress", "stop_task", "switch_language", "delete_my_data", "opt_out"),
    "ask_why_needed",
}
# Where the answer is in the person's own words, these are heard too.
HEARD_ANYWHERE = HEARD_FIRST | {
    *("goodbye", "request_callback", "ask_repeat", "ask_menu", "insult", "start_over"),
    *("ask_are_you_a_bot", "ask_indigenous_language", "resume_registration"),
}
# They name no subject of their own: at a step they are attempts to answer.
NO_SUBJECT = {
    *("nlu_fallback", "out_of_scope", "affirm", "deny", "dont_have_it", "check_curp", "check_nss"),
    *("compute_quota", "register", "correct_detail", "inform", "answer", "greet", "thank"),
}


def is_about_something_else(talk: Talk, *, own_words: bool, unread: bool = False) -> bool:
    """`own_words`: the step takes whatever is written. `unread`: no answer was found in it."""
    if talk.intent in (HEARD_ANYWHERE if own_words else HEARD_FIRST) and talk.confidence >= SURE:
        return not own_words or len(talk.text.split()) <= FEW_WORDS
    if is_question(talk.text) and talk.intent not in NO_SUBJECT - {"compute_quota"}:
        return True
    return unread and talk.intent not in NO_SUBJECT
