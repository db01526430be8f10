"""A Supabase project played over HTTP: tables, sign-in and files of a Romanian firm (supabase.md). See `project`."""
