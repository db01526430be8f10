"""What a Supabase project refuses for (supabase.md §3.5, §6.4, §7.2); the refusal tables find them by its codes."""

from __future__ import annotations

from app.domain.causes.cause import UNTOUCHED
from app.domain.causes.general import FORBIDDEN, NOT_CONFIGURED, OUTAGE, REFUSED_SIGN_IN, REMOTE_ERROR, TIMED_OUT
from app.i18n import N_

_KEY = N_("Check the key, the project address, and that the key is of the kind that its field names.")
_SIGN_IN = N_("Sign in again: edit the connection and enter the password.")
_SCHEMA = N_("Check the project address and the schema setting; the tables must be those of the reference.")
_DASHBOARD = N_("Open the project's dashboard on supabase.com.")
_EMBED = N_("The project knows no relation, or several, between the tables.")
_OTHER_SCHEMA = N_("Project differs from the reference")
_NO_PHOTO = N_("The person is sent without this photo.")
_FOUND = (
    NOT_CONFIGURED.about("supabase.no_key", N_("Supabase got no key."), N_("Fill in the key of the connection.")),
    REFUSED_SIGN_IN.about("supabase.key", N_("Supabase does not accept the key."), _KEY),
    REFUSED_SIGN_IN.about(
        "supabase.bad_token", N_("Supabase cannot read, or does not accept, the sign-in token."), _SIGN_IN
    ),
    REFUSED_SIGN_IN.about(
        "supabase.anonymous", N_("Supabase does not allow access without a signed-in user."), _SIGN_IN
    ),
    REFUSED_SIGN_IN.about("supabase.token_expired", N_("The sign-in token expired."), _SIGN_IN),
    REFUSED_SIGN_IN.about("supabase.session_ended", N_("The session with Supabase has ended."), _SIGN_IN),
    REFUSED_SIGN_IN.about(
        "supabase.invalid_credentials",
        N_("E-mail or password is wrong."),
        N_("Edit the connection and enter them again."),
    ),
    REFUSED_SIGN_IN.about(
        "supabase.email_not_confirmed",
        N_("The e-mail address of this account is not confirmed yet."),
        N_("Open the link in the confirmation mail, or let the project's owner confirm the account."),
    ),
    REFUSED_SIGN_IN.about(
        "supabase.user_banned",
        N_("This account is blocked."),
        N_("Ask whoever runs the project, or use another account."),
    ),
    REFUSED_SIGN_IN.about(
        "supabase.email_provider_disabled",
        N_("Sign-in with a password is switched off in this project."),
        N_("Ask whoever runs the project to switch on the e-mail provider."),
    ),
    REFUSED_SIGN_IN.about(
        "supabase.captcha_failed",
        N_("The project demands a captcha, which a desktop program cannot pass."),
        N_("Ask whoever runs the project to switch off captcha protection for the sign-in."),
    ),
    REFUSED_SIGN_IN.about(
        "supabase.insufficient_aal",
        N_("The project demands a second factor, which Muster does not support yet."),
        N_("Use an account made for Muster, without a second factor."),
    ),
    OUTAGE.about("supabase.sign_in_outage", N_("Supabase's sign-in service has a problem.")),
    FORBIDDEN.about(
        "supabase.table_right",
        N_("The account has no right to a table, or a policy for it is missing."),
        N_("Ask whoever runs the project for a grant and a policy on this table; the help shows both."),
    ),
    REMOTE_ERROR.about(
        "supabase.no_table", N_("The project has no such table, or no such schema."), _SCHEMA, title=_OTHER_SCHEMA
    ),
    REMOTE_ERROR.about("supabase.embed_unknown", _EMBED, _SCHEMA, title=_OTHER_SCHEMA),
    REMOTE_ERROR.about(
        "supabase.column_unknown", N_("A column is missing in a table of the project."), _SCHEMA, title=_OTHER_SCHEMA
    ),
    REMOTE_ERROR.about("supabase.not_one_row", N_("There is not exactly one such row in the table.")),
    REMOTE_ERROR.about("supabase.page_behind_end", N_("The list became shorter while it was read."), N_("Sync again.")),
    TIMED_OUT.about("supabase.statement_too_long", N_("The project's database took too long to answer.")),
    REMOTE_ERROR.about(
        "supabase.restricted", N_("The project is restricted: its quota or payment ran out."), _DASHBOARD
    ),
    REMOTE_ERROR.about(
        "supabase.unknown_address", N_("Supabase does not know this address."), N_("Check the project address.")
    ),
    REMOTE_ERROR.about(
        "supabase.paused",
        N_("The project is paused."),
        N_("Restore it in the project's dashboard on supabase.com."),
        effect=UNTOUCHED,
    ),
    REMOTE_ERROR.about(
        "supabase.photo_missing",
        N_("There is no such photo in the project, or this account may not see it."),
        N_("Look for the file in the bucket; if it is there, a policy for reading it is missing."),
        title=N_("Photo missing"),
        effect=_NO_PHOTO,
    ),
    REMOTE_ERROR.about(
        "supabase.bucket_unknown",
        N_("The project has no such bucket, or it is not public."),
        N_("Check the photo bucket of the connection."),
        effect=_NO_PHOTO,
    ),
    FORBIDDEN.about(
        "supabase.photo_right",
        N_("The project's policy does not let this account read photos."),
        N_("Ask whoever runs the project for a policy on the photo bucket; the help shows one."),
        effect=_NO_PHOTO,
    ),
)
SUPABASE = tuple(cause.about(cause.code, cause.cause, system="Supabase") for cause in _FOUND)
