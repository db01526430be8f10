"""Supabase: employees, their photos and face terminals of a project, read only (supabase.md).

async with Supabase(SupabaseSettings("https://abcd.supabase.co", publishable_key=..., email=...), keeper) as project:
    people = await project.employees()
    devices = await project.devices()
    photo = await project.photo(people.records[0].photo_reference)
"""

from app.connectors.supabase.client import Supabase
from app.connectors.supabase.refusals import PhotoMissing
from app.connectors.supabase.session import Account, SessionKeeper
from app.connectors.supabase.settings import SupabaseSettings

__all__ = ["Account", "PhotoMissing", "SessionKeeper", "Supabase", "SupabaseSettings"]
