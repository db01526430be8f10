"""One line of the editor: a field that is read, a transformation or a check, its argument, a way to remove it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from app.domain.mappings import Check, CheckKind, IdRegister, Otherwise, Transform, TransformKind
from app.i18n import _
from ui.dialogs.mappings.words import ARGUMENT_WORDS, OTHERWISE_WORDS, REGISTER_WORDS, kind_words
from ui.theme import GRID, Icon
from ui.widgets import IconButton, inset

_MOST_PARTS = 20
_LEAST_CHARS = 12
_BETWEEN = ";"


class _Removable(QWidget):
    """A line with a button that removes it."""

    changed = Signal()
    removed = Signal()

    def __init__(self, name: str, described: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.setSpacing(GRID)
        label = _("Remove: {what}").format(what=described)
        self.remove = IconButton(Icon.CLOSE, label, object_name=f"{name}.remove")
        self.remove.clicked.connect(lambda _checked: self.removed.emit())


class SourceRow(_Removable):
    """One of their fields; any name may be typed, those that came last are offered."""

    def __init__(self, name: str, source: str, known: Sequence[str]) -> None:
        super().__init__(name, source or _("Their field"))
        self.box = QComboBox(editable=True)
        self.box.setObjectName(f"{name}.box")
        self.box.setAccessibleName(_("Their field"))
        self.box.addItems(list(known))
        self.box.setCurrentText(source)
        self.box.currentTextChanged.connect(lambda _text: self.changed.emit())
        self.line.addWidget(self.box, 1)
        self.line.addWidget(self.remove)

    def source(self) -> str:
        """The field that is read."""
        return self.box.currentText().strip()


class StepRow(_Removable):
    """One transformation or check."""

    def __init__(self, name: str, step: Transform | Check) -> None:
        super().__init__(name, kind_words(step.kind))
        self.kind: TransformKind | CheckKind = step.kind
        title = kind_words(step.kind)
        box = QVBoxLayout()
        box.setSpacing(GRID)
        box.addWidget(QLabel(title, wordWrap=True))
        self.argument = QLineEdit(_argument(step))
        self.argument.setObjectName(f"{name}.argument")
        self.part = inset(QSpinBox(minimum=-_MOST_PARTS, maximum=_MOST_PARTS))
        self.register = QComboBox()
        self.otherwise = QComboBox()
        if words := ARGUMENT_WORDS.get(step.kind):
            self.argument.setPlaceholderText(_(words))
            self.argument.setAccessibleName(f"{title}: {_(words)}")
            self.argument.setToolTip(_(words))
            box.addWidget(self.argument)
        else:
            self.argument.hide()
        self._add_more(box, name, step)
        self.line.addLayout(box, 1)
        self.line.addWidget(self.remove)
        self.argument.textEdited.connect(lambda _text: self.changed.emit())
        self.part.valueChanged.connect(lambda _value: self.changed.emit())
        self.register.activated.connect(lambda _index: self.changed.emit())
        self.otherwise.activated.connect(lambda _index: self.changed.emit())

    def _add_more(self, box: QVBoxLayout, name: str, step: Transform | Check) -> None:
        if isinstance(step, Transform) and step.kind is TransformKind.SPLIT:
            self.part.setValue(step.part)
            self.part.setPrefix(_("Part "))
            self.part.setObjectName(f"{name}.part")
            self.part.setAccessibleName(_("Which part, from 1, or from -1 at the end"))
            self.part.setToolTip(self.part.accessibleName())
            box.addWidget(self.part)
        if isinstance(step, Transform) and step.kind is TransformKind.LOOKUP:
            for register in IdRegister:
                self.register.addItem(_(REGISTER_WORDS[register]), register.value)
            self.register.setCurrentIndex(max(0, self.register.findData(step.text)))
            self.register.setObjectName(f"{name}.register")
            self.register.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            self.register.setMinimumContentsLength(_LEAST_CHARS)  # a longer name must not widen the editor
            self.register.setAccessibleName(_("Whose id"))
            box.addWidget(self.register)
        if isinstance(step, Transform) and step.kind in {TransformKind.MAP_VALUES, TransformKind.LOOKUP}:
            for otherwise in Otherwise:
                self.otherwise.addItem(_(OTHERWISE_WORDS[otherwise]), otherwise)
            self.otherwise.setCurrentIndex(self.otherwise.findData(step.otherwise))
            self.otherwise.setObjectName(f"{name}.otherwise")
            self.otherwise.setAccessibleName(_("Values that are not named"))
            box.addWidget(self.otherwise)

    def step(self) -> Transform | Check:
        """What stands here now."""
        text = self.argument.text()
        if isinstance(self.kind, CheckKind):
            one_of = self.kind is CheckKind.ONE_OF
            return Check(self.kind, "" if one_of else text.strip(), tuple(_parts(text)) if one_of else ())
        if self.kind is TransformKind.MAP_VALUES:
            pairs = (part.partition("=") for part in _parts(text))
            table = {old.strip(): new.strip() for old, sign, new in pairs if sign}
            return Transform(self.kind, table=table, otherwise=Otherwise(self.otherwise.currentData()))
        if self.kind is TransformKind.LOOKUP:
            otherwise = Otherwise(self.otherwise.currentData())
            return Transform(self.kind, str(self.register.currentData()), otherwise=otherwise)
        if self.kind is TransformKind.SPLIT:
            return Transform(self.kind, text, self.part.value())
        return Transform(self.kind, text)


def _argument(step: Transform | Check) -> str:
    if isinstance(step, Check):
        return f"{_BETWEEN} ".join(step.values) if step.kind is CheckKind.ONE_OF else step.text
    if step.kind is TransformKind.MAP_VALUES:
        return f"{_BETWEEN} ".join(f"{old}={new}" for old, new in step.table.items())
    return step.text


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(_BETWEEN) if part.strip()]
