"""Small parts of the window that know no operation: each is named for assistive tools and reachable by keyboard.

from ui.widgets import Action, BannerArea, Button, Look, StatusChip, Toast, confirm

sync = Button(_("Sync offices"), look=Look.PRIMARY, icon=Icon.REFRESH, object_name="offices.sync")
sync.refuse(_("Add a Vitec connection first."))            # disabled, with its reason; allow() brings it back
banners.show_banner("vitec", Tone.DANGER, text, remedy, [Action(_("Retry"), retry)])
Toast.show_in(window, _("Updated 5 of 5 offices"))
if await confirm(self, title, text, _("Deactivate 14 people"), danger=True): ...
"""

from ui.widgets.announce import announce
from ui.widgets.banner import Banner, BannerArea
from ui.widgets.buttons import Action, Button, IconButton, Look, MenuButton
from ui.widgets.chip_button import FilterChip
from ui.widgets.details_pane import DetailsPane
from ui.widgets.dialogs import ConfirmDialog, ask, confirm
from ui.widgets.elided import ElidedLabel
from ui.widgets.empty_state import EmptyState
from ui.widgets.filter_chips import FilterChips
from ui.widgets.flow import FlowLayout
from ui.widgets.progress_line import ProgressLine, time_left
from ui.widgets.spin_box import inset
from ui.widgets.status_chip import StatusChip
from ui.widgets.toast import Toast

__all__ = [
    "Action",
    "Banner",
    "BannerArea",
    "Button",
    "ConfirmDialog",
    "DetailsPane",
    "ElidedLabel",
    "EmptyState",
    "FilterChip",
    "FilterChips",
    "FlowLayout",
    "IconButton",
    "Look",
    "MenuButton",
    "ProgressLine",
    "StatusChip",
    "Toast",
    "announce",
    "ask",
    "confirm",
    "inset",
    "time_left",
]
