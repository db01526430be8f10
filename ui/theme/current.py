"""The theme that is in force: it follows the system, switches live and tells those who paint themselves.

`apply_theme(app, choice)` is called once at start and again when the setting changes. Fusion, one palette and one
style sheet are made from the tokens. Must not know any page.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme.style import style_sheet
from ui.theme.tokens import DARK, HIGH_CONTRAST, LIGHT, ThemeChoice, Tokens

_SCHEMES = {
    ThemeChoice.SYSTEM: Qt.ColorScheme.Unknown,
    ThemeChoice.LIGHT: Qt.ColorScheme.Light,
    ThemeChoice.DARK: Qt.ColorScheme.Dark,
    ThemeChoice.HIGH_CONTRAST: Qt.ColorScheme.Dark,
}


class Theme(QObject):
    """Holds the tokens in force; `changed` fires after palette and style sheet have been replaced."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens: Tokens = LIGHT
        self.choice = ThemeChoice.SYSTEM
        self._app: QApplication | None = None

    def apply(self, app: QApplication, choice: ThemeChoice) -> None:
        """Dress the application; with `SYSTEM` later changes of the desktop are followed."""
        self.choice = choice
        if self._app is not app:
            self._app = app
            app.setStyle("Fusion")
            hints = QGuiApplication.styleHints()
            hints.colorSchemeChanged.connect(self._system_changed)
            hints.accessibility().contrastPreferenceChanged.connect(self._system_changed)
        # Title bars and native dialogs of the platform follow this hint as well.
        QGuiApplication.styleHints().setColorScheme(_SCHEMES[choice])
        self._dress()

    def _system_changed(self, _value: object = None) -> None:
        if _tokens_for(self.choice) is not self.tokens:
            self._dress()

    def _dress(self) -> None:
        assert self._app is not None
        tokens = _tokens_for(self.choice)
        sheet = style_sheet(tokens)
        if tokens is self.tokens and sheet == self._app.styleSheet():  # dressing every widget anew takes long
            return
        self.tokens = tokens
        self._app.setPalette(palette(tokens))
        self._app.setStyleSheet(sheet)
        self.changed.emit()


def _tokens_for(choice: ThemeChoice) -> Tokens:
    if choice is ThemeChoice.HIGH_CONTRAST:
        return HIGH_CONTRAST
    if choice is ThemeChoice.SYSTEM:
        return _desktop_tokens()
    return DARK if choice is ThemeChoice.DARK else LIGHT


def _desktop_tokens() -> Tokens:
    """What the desktop asks for; a wish for high contrast goes first."""
    hints = QGuiApplication.styleHints()
    if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
        return HIGH_CONTRAST
    return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


def palette(tokens: Tokens) -> QPalette:
    """The tokens as Qt's palette, for everything that no style rule touches."""
    role = QPalette.ColorRole
    colours = {
        role.Window: tokens.surface, role.WindowText: tokens.text,
        role.Base: tokens.field, role.AlternateBase: tokens.sunken, role.Text: tokens.text,
        role.Button: tokens.surface, role.ButtonText: tokens.text, role.BrightText: tokens.danger.ink,
        role.PlaceholderText: tokens.muted, role.Link: tokens.accent, role.LinkVisited: tokens.accent,
        role.Highlight: tokens.accent, role.HighlightedText: tokens.on_accent, role.Accent: tokens.accent,
        role.ToolTipBase: tokens.tooltip.ground, role.ToolTipText: tokens.tooltip.ink,
        role.Light: tokens.hover, role.Midlight: tokens.line, role.Mid: tokens.outline,
        role.Dark: tokens.outline, role.Shadow: tokens.line,
    }  # fmt: skip
    result = QPalette()
    for each, colour in colours.items():
        result.setColor(each, QColor(colour))
    for each in (role.Text, role.WindowText, role.ButtonText, role.HighlightedText):
        result.setColor(QPalette.ColorGroup.Disabled, each, QColor(tokens.disabled))
    result.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(tokens.line))
    return result


theme = Theme()
"""The one theme of the program."""


def apply_theme(app: QApplication, choice: str) -> None:
    """Dress `app` as chosen: a `ThemeChoice`, or a setting with the same value. See `Theme.apply`."""
    theme.apply(app, ThemeChoice(choice))


def tokens() -> Tokens:
    """The tokens in force."""
    return theme.tokens
