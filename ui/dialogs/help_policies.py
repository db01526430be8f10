"""Grants and policies that let a user of a Supabase project read what Muster needs and nothing else (supabase.md §2.3).

Two locks: without the grant a table answers with an error, without the policy with an empty list. The role stands in
`app_metadata`, which users cannot change themselves.
"""

from __future__ import annotations

_TABLES = ("angajati", "angajati_biometrie", "dispozitive_pontaj")
_ADMIN = "(select auth.jwt() -> 'app_metadata' ->> 'role') = 'device_admin'"

POLICIES = "\n\n".join(
    (
        f"grant select on {', '.join(f'public.{table}' for table in _TABLES)}\n  to authenticated;",
        *(
            f'create policy "device admins read {table}" on public.{table}\n'
            f"  for select to authenticated\n  using ( {_ADMIN} );"
            for table in _TABLES
        ),
        'create policy "device admins read photos" on storage.objects\n'
        f"  for select to authenticated\n  using ( bucket_id = 'pontaj-photos'\n          and {_ADMIN} );",
    )
)
