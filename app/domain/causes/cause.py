"""One entry of the catalogue of causes, and the few effects that most of them share."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.i18n import N_

UNTOUCHED = N_("Nothing was sent and nothing was changed.")
RUN_ENDED = N_("The run ended here. What was done before it stays.")
RECORD_LEFT_OUT = N_("This record was left as it is; all others were worked on.")
ROW_LEFT_OUT = N_("This row is not taken; the others are not touched by it.")


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something went wrong: a short title, the cause, what follows from it, what to do.

    Texts are English sentences to be translated where they are shown. `system` is who said so, empty for Muster.
    """

    code: str
    title: str
    cause: str
    effect: str
    remedy: str
    system: str = ""

    def about(
        self, code: str, cause: str, remedy: str = "", *, title: str = "", effect: str = "", system: str = ""
    ) -> Cause:
        """A more precise cause of the same kind: what is not given is as here."""
        return replace(
            self,
            code=code,
            cause=cause,
            remedy=remedy or self.remedy,
            title=title or self.title,
            effect=effect or self.effect,
            system=system or self.system,
        )
