"""Who proposes pieces for the weekly post, in the order in which an editor meets them."""

from django.utils.translation import gettext_lazy as _

from members.posts.proposals import PROPOSERS, Proposer
from vekst.home.proposals import events, knowledge, members, portfolio


def register() -> None:
    """Tell the weekly post who has something for it."""
    PROPOSERS.update(
        {
            "event-held": Proposer(_("Arrangementer som er holdt"), events.held),
            "meeting": Proposer(_("Forummøter"), members.meetings),
            "member": Proposer(_("Nye medlemmer"), members.new_members),
            "measure": Proposer(_("Tiltak med nytt"), portfolio.measures),
            "status-report": Proposer(_("Statusrapporter"), portfolio.status_reports),
            "study": Proposer(_("Nye studietilbud"), knowledge.studies),
            "figure": Proposer(_("Tall"), knowledge.figures),
            "event-coming": Proposer(_("Arrangementer som kommer"), events.coming),
        }
    )
