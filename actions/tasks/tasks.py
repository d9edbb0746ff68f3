"""All tasks, by name, and where a conversation stands in them."""

from __future__ import annotations

from actions.registration.task import Registration
from actions.tasks.callback import Callback
from actions.tasks.clinic import Clinic
from actions.tasks.complaint import Complaint
from actions.tasks.eligibility import Eligibility
from actions.tasks.erasing import Erasing
from actions.tasks.link import Link
from actions.tasks.reminder import Reminder
from actions.tasks.talk import Talk
from actions.tasks.task import Task

TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Registration(),
        Eligibility(),
        Callback(),
        Complaint(),
        Reminder(),
        Erasing(),
        Clinic(),
        Link(),
    )
}


def task_of(talk: Talk) -> Task:
    """The task that is being done."""
    return TASKS[talk.stack[-1]["task"]]


def step_of(talk: Talk) -> str | None:
    """The step that is asked for; None where no task is under way or it is over."""
    if not talk.stack or "ended" in talk.state:
        return None
    return task_of(talk).next_step(talk)


def ended_of(talk: Talk) -> str:
    """How the task ended."""
    return str(talk.state.get("ended", "done"))
