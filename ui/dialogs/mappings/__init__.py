"""The field mappings of one connection: their fields beside ours, tried on the last records before they are kept."""

from ui.dialogs.mappings.dialog import MappingsDialog, open_mappings

__all__ = ["MappingsDialog", "open_mappings"]
