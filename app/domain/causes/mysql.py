"""What a MySQL server refuses for (cetec-mysql.md §4.6, §6); `app.connectors.mysql.refusals` finds them by number."""

from __future__ import annotations

from app.domain.causes.general import FORBIDDEN, OUTAGE, REFUSED_SIGN_IN, REMOTE_ERROR, TIMED_OUT, UNREACHABLE
from app.i18n import N_

WHERE = N_("Check host, port, socket and firewall.")
_FOUND = (
    REFUSED_SIGN_IN.about(
        "mysql.access_denied",
        N_("The MySQL server does not accept user and password."),
        N_("Check user and password, and from which computers the server lets this account in."),
    ),
    FORBIDDEN.about(
        "mysql.permission_denied",
        N_("The MySQL account lacks the right to look at the databases."),
        N_("Grant the account SELECT on the backup databases and SHOW DATABASES."),
    ),
    OUTAGE.about(
        "mysql.too_many_connections",
        N_("The MySQL server takes no more connections for now."),
        N_("Try again in a while; if it stays, allow more connections in the server."),
    ),
    UNREACHABLE.about("mysql.connection_lost", N_("The connection to the MySQL server was lost.")),
    TIMED_OUT.about(
        "mysql.query_timeout",
        N_("The MySQL server ended the question, because it took longer than its time limit."),
        N_("Check the server's load, or allow more seconds per question."),
    ),
    REFUSED_SIGN_IN.about(
        "mysql.account_locked",
        N_("The MySQL account is locked, or its password has expired."),
        N_("Have the account unlocked, or a new password set, on the server."),
    ),
    REFUSED_SIGN_IN.about(
        "mysql.unsupported_sign_in",
        N_("The MySQL server asks for a way of signing in that Muster does not use."),
        N_("Use an account with caching_sha2_password or mysql_native_password."),
    ),
    UNREACHABLE.about(
        "mysql.encryption_failed",
        N_("The MySQL server offers no encrypted connection, but the connection requires one."),
        N_("Switch encryption on in the server, or choose another encryption in the connection."),
    ),
    REFUSED_SIGN_IN.about(
        "mysql.encryption_required",
        N_("The MySQL server lets this account in over encrypted connections only."),
        N_("Choose another encryption in the connection."),
    ),
    REMOTE_ERROR.about("mysql.unknown_database", N_("The MySQL server does not know the database.")),
    REMOTE_ERROR.about(
        "mysql.host_blocked",
        N_("The MySQL server has blocked this computer after many failed connections."),
        N_("Have it unblocked on the server: FLUSH HOSTS, or mysqladmin flush-hosts."),
    ),
    FORBIDDEN.about(
        "mysql.host_not_allowed",
        N_("The MySQL server lets nobody in from this computer."),
        N_("Have this computer's address allowed for the account on the server."),
    ),
    UNREACHABLE.about("mysql.cannot_connect", N_("The MySQL server cannot be reached."), WHERE),
    UNREACHABLE.about("mysql.unknown_host", N_("The MySQL server cannot be reached: no computer has this name.")),
    REMOTE_ERROR.about("mysql.query_interrupted", N_("The question was ended on the MySQL server.")),
)
MYSQL = tuple(cause.about(cause.code, cause.cause, system="MySQL") for cause in _FOUND)
