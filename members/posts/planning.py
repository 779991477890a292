"""When a post is meant to come out, by when its text is wanted, and who answers for it."""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.posts import rules
from members.posts.models import Post
from members.posts.weeks import deadline_of, week_of


class PlanError(Exception):
    """The plan contradicts itself. `field` is where, and the message is for the editor."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is meant to happen with a post; each part may be open."""

    planned_at: datetime.datetime | None
    deadline_at: datetime.datetime | None
    responsible: User | None
    stand_in: User | None


def usual_plan(post: Post, *, by: User) -> Plan:
    """Return the plan that the rules give for the post's week, with `by` as the responsible."""
    current = rules.current()
    week = week_of(post.year, post.week, rules=current)
    return Plan(
        planned_at=week.publication,
        deadline_at=deadline_of(week, rules=current),
        responsible=by,
        stand_in=None,
    )


@transaction.atomic
def set_plan(*, post: Post, plan: Plan, by: User) -> Post:
    """Write the plan. Raises PlanError."""
    if plan.deadline_at and plan.planned_at and plan.deadline_at > plan.planned_at:
        raise PlanError("deadline_at", _("Fristen må være før posten skal ut."))
    if plan.stand_in is not None and plan.stand_in == plan.responsible:
        raise PlanError("stand_in", _("Stedfortrederen må være en annen enn den ansvarlige."))
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    post.planned_at, post.deadline_at = plan.planned_at, plan.deadline_at
    post.responsible, post.stand_in = plan.responsible, plan.stand_in
    post._history_user = by
    post._change_reason = "Plan"
    fields = ["planned_at", "deadline_at", "responsible", "stand_in", "updated_at"]
    post.save(update_fields=fields)
    return post
