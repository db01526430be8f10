"""Data of contact centres in files: which fields each type of data has, and what is wrong with a row of it."""

from app.domain.exchange.problems import Problem, Rule
from app.domain.exchange.shapes import SHAPES, DataType, ExchangeField, FieldKind, Shape, folded

__all__ = ["SHAPES", "DataType", "ExchangeField", "FieldKind", "Problem", "Rule", "Shape", "folded"]
