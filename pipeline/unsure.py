"""Mails that the classifier is not sure of: a person says what they are, before anything is done
upon them.
"""

from collections.abc import Mapping

from django.conf import settings

# what the outcome of such a mail begins with; "review: unsure" alone is a request's
WAITS = "review: unsure: "


def unsure(probabilities: Mapping[str, float]) -> str:
    """Why a person should look ("unsure: quote 0.41, inquiry 0.38"); empty where the likeliest
    label is as probable as BUSYBEE_ABSTAIN_BELOW says, or nothing was judged.
    """
    ranked = sorted(probabilities.items(), key=lambda item: -item[1])[:2]
    if not ranked or ranked[0][1] >= settings.BUSYBEE_ABSTAIN_BELOW:
        return ""
    return "unsure: " + ", ".join(f"{label} {share:.2f}" for label, share in ranked)
