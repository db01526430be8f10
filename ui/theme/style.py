"""The one style sheet, written from the tokens. Only what the palette cannot say stands here.

Buttons choose their look by the property `look` (`primary`, `danger`, `icon`); see `ui/widgets/buttons.py`. Labels by
`role` (`title`, `heading`, `muted`) and `tone` (a status: a small mark on its ground), line edits by
`wrong`. Tables are painted by their delegate.
"""

from __future__ import annotations

from string import Template

from app.places import resource
from ui.theme.tokens import CONTROL_HEIGHT, GRID, RADIUS, Tokens, Tone

_SHEET = Template("""
QToolTip { color: $tip_ink; background: $tip_ground; border: 0; padding: 4px 8px; }
QMainWindow, QStatusBar { background: $window; }
QStatusBar { color: $muted; border-top: 1px solid $line; }
QStatusBar::item { border: 0; }
QStatusBar QLabel { color: $muted; }
QLabel[role="title"] { font-size: 17px; font-weight: 600; }
QLabel[role="heading"] { font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
$tones

QPushButton, QToolButton[look] {
  color: $text; background: $surface; border: 1px solid $outline; border-radius: ${radius}px;
  padding: 0 12px; min-height: ${inner}px; }
QPushButton:hover, QToolButton[look]:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked, QToolButton[look]:pressed, QToolButton[look]:open { background: $pressed; }
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus,
QTextEdit:focus { border: ${focus}px solid $accent; }
QPushButton:focus, QToolButton[look]:focus { padding: 0 ${padfocus}px; min-height: ${innerfocus}px; }
QPushButton:disabled, QToolButton[look]:disabled { color: $disabled; border-color: $line; background: $surface; }
QPushButton[look="primary"] {
  color: $on_accent; background: $accent; border-color: $accent; font-weight: 600; }
QPushButton[look="primary"]:hover, QPushButton[look="primary"]:pressed {
  background: $accent_hover; border-color: $accent_hover; }
QPushButton[look="primary"]:focus { border-color: $text; }
QPushButton[look="primary"]:disabled { color: $disabled; background: $window; border-color: $line; }
QPushButton[look="danger"] { color: $danger; border-color: $danger; font-weight: 600; }
QPushButton[look="danger"]:hover, QPushButton[look="danger"]:pressed { background: $danger_ground; }
QPushButton[look="danger"]:disabled { color: $disabled; border-color: $line; }
QToolButton[look="icon"], QPushButton[look="icon"] {
  background: transparent; border: 1px solid transparent; padding: 0; min-width: ${inner}px; max-width: ${inner}px; }
QToolButton[look="icon"]:hover, QPushButton[look="icon"]:hover { background: $hover; }
QToolButton[look="icon"]:focus, QPushButton[look="icon"]:focus {
  border: ${focus}px solid $accent; padding: 0; min-width: ${innerfocus}px; max-width: ${innerfocus}px; }
QToolButton[look="icon"]:checked { background: $pressed; border-color: $outline; }
QToolButton[look="icon"]:disabled { background: transparent; border-color: transparent; }
QPushButton[look="status"] { color: $muted; background: transparent; border: 1px solid transparent; min-height: 20px; }
QPushButton[look="status"]:hover { color: $text; background: $hover; }
QPushButton[look="status"]:focus { border: ${focus}px solid $accent; min-height: ${statusfocus}px; }
QPushButton::menu-indicator, QToolButton::menu-indicator { image: none; width: 0; }

QLineEdit, QComboBox, QAbstractSpinBox {
  color: $text; background: $field; border: 1px solid $outline; border-radius: ${radius}px;
  padding: 0 8px; min-height: ${inner}px; placeholder-text-color: $muted;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {
  padding: 0 ${flatfocus}px; min-height: ${innerfocus}px; }
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled { color: $disabled; background: $window; }
QLineEdit[wrong="true"] { border-color: $danger; }
QPlainTextEdit, QTextEdit { color: $text; background: $field; border: 1px solid $outline; border-radius: ${radius}px; }
QComboBox::drop-down, QDateEdit::drop-down, QDateTimeEdit[calendarPopup="true"]::drop-down { border: 0; width: 26px; }
QComboBox::down-arrow, QDateEdit::down-arrow, QDateTimeEdit[calendarPopup="true"]::down-arrow {
  image: url("$controls/down.svg"); width: 14px; height: 14px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: 0; }
QAbstractSpinBox { max-height: ${inner}px; }
QCheckBox, QRadioButton { spacing: 8px; }
QCheckBox::indicator, QRadioButton::indicator {
  width: 14px; height: 14px; border: 1px solid $muted; border-radius: 4px; background: $field; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked { border-color: $accent; background: $accent; image: url("$controls/$tick.svg"); }
QRadioButton::indicator:checked { border: 5px solid $accent; width: 6px; height: 6px; background: $on_accent; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $line; background: $window; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: ${focus}px solid $accent; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $outline; outline: 0;
  selection-background-color: $selection; selection-color: $text; }

QListWidget { background: $field; border: 1px solid $outline; border-radius: ${radius}px; outline: 0; padding: 4px; }
QListWidget:focus { border: ${focus}px solid $accent; }
QListWidget::item { padding: 6px 8px; border-radius: 4px; }
QListWidget::item:selected { background: $selection; color: $text; }

QMenu { background: $surface; border: 1px solid $outline; border-radius: ${radius}px; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: $selection; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }

QTabWidget::pane { border: 0; border-top: 1px solid $line; top: -1px; background: $surface; }
QTabWidget::tab-bar { left: 8px; }
QTabBar { background: $window; qproperty-drawBase: 0; }
QTabBar::tab {
  color: $muted; background: $window; padding: 10px 10px; border: 1px solid transparent; margin: 4px 0 0 0; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; background: $surface; border: 1px solid $line; border-bottom-color: $surface;
  border-top-left-radius: ${radius}px; border-top-right-radius: ${radius}px; font-weight: 600; }
QTabBar::tab:focus { color: $text; border: ${focus}px solid $accent; }
QTabBar[look="inner"] { background: transparent; }
QTabBar[look="inner"]::tab { background: transparent; padding: 6px 4px; margin: 0 12px 0 0; border: 0;
  border-bottom: 2px solid transparent; border-radius: 0; font-weight: 600; }
QTabBar[look="inner"]::tab:selected { color: $accent; background: transparent; border: 0; border-radius: 0;
  border-bottom: 2px solid $accent; }
QTabBar[look="inner"]::tab:focus { border: ${focus}px solid $accent; padding: 5px 2px; }

QTableView { background: $surface; border: 0; gridline-color: $line; outline: 0; }
QTableView:focus { border: 0; }
QTableView QLineEdit { border-radius: 0; padding: 0 6px; min-height: 0; }
QTableView QLineEdit:focus { padding: 0 ${edge}px; min-height: 0; }
QHeaderView { background: $window; border: 0; }
QHeaderView::section { color: $muted; background: $window; border: 0; border-bottom: 1px solid $line;
  padding: 0 8px; font-weight: 600; }
QHeaderView::section:hover { color: $text; }
QHeaderView::down-arrow, QHeaderView::up-arrow {
  width: 14px; height: 14px; subcontrol-origin: padding; subcontrol-position: center right; right: 2px; }
QHeaderView::down-arrow { image: url("$controls/down.svg"); }
QHeaderView::up-arrow { image: url("$controls/up.svg"); }
QTableCornerButton::section { background: $window; border: 0; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
#header_end { background: $window; border-bottom: 1px solid $line; }

QProgressBar { background: $line; border: 0; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QScrollArea { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $outline; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QGroupBox { border: 1px solid $line; border-radius: ${radius}px; margin-top: 12px; padding-top: 8px; }
QGroupBox::title { subcontrol-origin: margin; left: 8px; color: $muted; }
""")

_TONE = Template('QLabel[tone="$tone"] { color: $ink; background: $ground; border-radius: 4px; padding: 1px 6px; }')


def style_sheet(tokens: Tokens) -> str:
    """The sheet for one set of tokens."""
    marks = (_TONE.substitute(tone=tone, ink=tokens.tone(tone).ink, ground=tokens.tone(tone).ground) for tone in Tone)
    inner = CONTROL_HEIGHT - 2
    grown = tokens.focus_width - 1  # a focused border is wider by this; the padding gives it back, nothing jumps
    return _SHEET.substitute(
        tones="\n".join(marks),
        window=tokens.window, surface=tokens.surface, field=tokens.field, hover=tokens.hover, line=tokens.line,
        outline=tokens.outline, text=tokens.text, muted=tokens.muted, disabled=tokens.disabled,
        accent=tokens.accent, accent_hover=tokens.accent_hover, on_accent=tokens.on_accent,
        selection=tokens.selection, pressed=tokens.selection_idle, danger=tokens.danger.ink,
        danger_ground=tokens.danger.ground, tip_ink=tokens.tooltip.ink, tip_ground=tokens.tooltip.ground,
        controls=resource("icons", "controls").as_posix(), tick="tick-dark" if tokens.dark else "tick-light",
        radius=RADIUS, inner=inner, innerfocus=inner - 2 * grown, statusfocus=20 - 2 * grown, focus=tokens.focus_width,
        padfocus=3 * GRID - grown, flatfocus=2 * GRID - grown, edge=6 - grown,
    )  # fmt: skip
