"""What the rules about analytics refuse."""

from cooee.kit.errors import Refusal


class AnalyticsGone(Refusal):
    """The figures of a Space are kept for a while only."""

    code = "analytics_gone"
    status = 410
    title = "These figures are no longer kept."
