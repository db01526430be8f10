"""The look of the window: tokens, theme, icons and the drawing shared by cells and widgets.

    from ui.theme import Icon, Ink, ThemeChoice, Tone, apply_theme, icon, theme, tokens

    apply_theme(app, ThemeChoice.SYSTEM)       # once at start, again when the setting changes
    button.setIcon(icon(Icon.REFRESH))         # follows the theme by itself
    theme.changed.connect(self.update)         # for widgets that paint themselves
    tokens().tone(Tone.DANGER).ink             # a colour, when painting

Knows nothing of operations, pages or rows.
"""

from ui.theme.current import apply_theme, theme, tokens
from ui.theme.icons import ICON_SIZE, Icon, app_icon, icon, icon_pixmap
from ui.theme.painting import (
    TONE_ICONS,
    avatar,
    chip_size,
    device_ratio,
    draw_bar,
    draw_chip,
    draw_focus,
    draw_tick,
    initials,
)
from ui.theme.tokens import CONTROL_HEIGHT, GRID, RADIUS, ROW_HEIGHT, Ink, ThemeChoice, Tokens, Tone, contrast

__all__ = [
    "CONTROL_HEIGHT",
    "GRID",
    "ICON_SIZE",
    "RADIUS",
    "ROW_HEIGHT",
    "TONE_ICONS",
    "Icon",
    "Ink",
    "ThemeChoice",
    "Tokens",
    "Tone",
    "app_icon",
    "apply_theme",
    "avatar",
    "chip_size",
    "contrast",
    "device_ratio",
    "draw_bar",
    "draw_chip",
    "draw_focus",
    "draw_tick",
    "icon",
    "icon_pixmap",
    "initials",
    "theme",
    "tokens",
]
