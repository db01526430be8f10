"""The menu in the corner of the window: look, language, data folder, help, about. Each choice is stored at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QUrl
from PySide6.QtGui import QAction, QActionGroup, QDesktopServices
from PySide6.QtWidgets import QApplication, QMenu

from app import __version__
from app.domain.causes import remedy_of
from app.errors import MusterError
from app.i18n import N_, Language, _
from app.settings import Theme
from ui.theme import Icon, ThemeChoice, Tone, apply_theme
from ui.widgets import IconButton

if TYPE_CHECKING:
    from ui.shell import Shell

C = TypeVar("C", bound=StrEnum)
THEME_WORDS: dict[Theme, str] = {
    Theme.SYSTEM: N_("As the system"),
    Theme.LIGHT: N_("Light"),
    Theme.DARK: N_("Dark"),
    Theme.HIGH_CONTRAST: N_("High contrast"),
}
LANGUAGE_WORDS: dict[Language, str] = {
    Language.SYSTEM: N_("As the system"),
    # Each language in its own words, so that it is found by whoever speaks it.
    Language.ENGLISH: "English",
    Language.NORWEGIAN: "Norsk bokmål",
    Language.ROMANIAN: "Română",
    Language.RUSSIAN: "Русский",
}


def _choose(choose: Callable[[C], None], value: C, _checked: bool = False) -> None:
    choose(value)


def _tick(action: QAction, value: C, chosen: Callable[[], C]) -> None:
    action.setChecked(value is chosen())


class SettingsButton(IconButton):
    """The gear in the corner of the tabs."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(Icon.SETTINGS, _("Settings and help"), object_name="settings")
        self.shell = shell
        menu = QMenu(self)
        menu.addAction(_("Settings …"), self.open_settings).setShortcut("Ctrl+,")
        menu.addSeparator()
        values = shell.desk.workspace.settings_file
        # Translators: light, dark, high contrast
        self._choices(menu.addMenu(_("Look")), THEME_WORDS, lambda: values.values.theme, self.choose_theme)
        self._choices(menu.addMenu(_("Language")), LANGUAGE_WORDS, lambda: values.values.language, self.choose_language)
        standing = menu.addMenu(_("Profile and organization"))
        standing.setToolTipsVisible(True)
        standing.aboutToShow.connect(lambda: shell.standing.fill(standing))
        menu.addSeparator()
        menu.addAction(_("Open the data folder"), self.open_folder)
        menu.addAction(_("Help for this page"), shell.open_help).setShortcut("F1")
        menu.addAction(_("About Muster"), self.tell_version)
        self.setMenu(menu)
        self.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)

    def _choices(
        self, menu: QMenu, words: Mapping[C, str], chosen: Callable[[], C], choose: Callable[[C], None]
    ) -> None:
        group = QActionGroup(menu)
        for value, text in words.items():
            action = menu.addAction(_(text))
            action.setCheckable(True)
            action.setChecked(value is chosen())
            action.triggered.connect(partial(_choose, choose, value))
            menu.aboutToShow.connect(partial(_tick, action, value, chosen))
            group.addAction(action)

    def open_settings(self) -> None:
        """Every setting in one dialog."""
        self.shell.open_settings()

    def choose_theme(self, theme: Theme) -> None:
        """Dress the window now and at every start."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        apply_theme(application, ThemeChoice(theme.value))
        self._store(theme=theme)

    def choose_language(self, language: Language) -> None:
        """Remember the language; texts that are already shown stay as they are until the next start."""
        self._store(language=language)
        self.shell.window.banner("language", Tone.INFO, _("The language changes when Muster starts the next time."))

    def _store(self, **changes: object) -> None:
        self.shell.desk.start("store settings", self._keep(changes))

    async def _keep(self, changes: Mapping[str, object]) -> None:
        try:
            await self.shell.desk.workspace.change_settings(**changes)
        except MusterError as error:
            self.shell.window.banner("settings", Tone.WARNING, error.message, remedy_of(error))
        except OSError as error:
            text = _("The setting holds for now but could not be stored: {cause}").format(cause=error)
            self.shell.window.banner("settings", Tone.WARNING, text, _("Check the rights of the data folder."))

    def open_folder(self) -> None:
        """Show database, settings and logs in the system's file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.shell.desk.workspace.home.path)))

    def tell_version(self) -> None:
        """Version, and where the data is."""
        text = _("Muster {version}. Data: {folder}").format(
            version=__version__, folder=self.shell.desk.workspace.home.path
        )
        self.shell.window.banner("about", Tone.INFO, text)
