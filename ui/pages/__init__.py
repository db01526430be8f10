"""The pages of the window, one package per tab; each exports its page class, made with the desk.

A page composes parts of `ui.tables` and `ui.widgets`, asks the desk to run operations and reads repositories.
"""
