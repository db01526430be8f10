"""What F1 says of each page: what you see, what you can do, the keys. Texts only, translated where they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from app.i18n import N_
from ui.dialogs.help_grants import GRANTS
from ui.dialogs.help_policies import POLICIES


@dataclass(frozen=True, slots=True)
class HelpText:
    """The help of one page.

    `to_copy` is a text that is used elsewhere, under its title; `troubles` are symptoms and what to check.
    """

    title: str
    see: tuple[str, ...]
    do: tuple[str, ...]
    keys: tuple[tuple[str, str], ...] = ()
    to_copy: tuple[str, str] | None = None
    troubles: tuple[tuple[str, str], ...] = ()


SYNC_KEYS = (("F5", N_("Sync")), ("Shift+F5", N_("Preview: show what a sync would change")))

HELP: dict[str, HelpText] = {
    "offices": HelpText(
        N_("Offices"),
        (
            N_("The offices that Muster keeps: the departments of Vitec, as they were at the last sync."),
            N_("The chip at the top left says whether the connection works, and how old that knowledge is."),
            N_("“Not in Vitec” marks an office that Vitec no longer lists. A sync never deletes or deactivates it."),
        ),
        (
            N_("Sync fetches the departments and stores what changed. Preview shows the same and stores nothing."),
            N_("Edit changes an office by hand. What you change is pinned, so the next sync leaves it alone."),
            N_("Activate and Deactivate act on the chosen rows, and can be taken back."),
        ),
        SYNC_KEYS,
    ),
    "employees": HelpText(
        N_("Employees"),
        (
            N_("The people that Muster keeps, with their office, roles and where each came from."),
            N_("Filters above the table count who is inactive, has no photo or is no longer in Vitec."),
        ),
        (
            N_("Sync fetches the offices first and then everybody who works there."),
            N_("Fetch all pictures brings the photos that are older than a day, one after another."),
            N_("Edit pins what you change, so the next sync leaves it alone."),
        ),
        SYNC_KEYS,
    ),
    "devices": HelpText(
        N_("Devices"),
        (
            N_("The face terminals at the doors: how each of them is, how full it is and whether its clock is right."),
            N_("Coverage shows every person at every device: a cell is verified only after the device was read back."),
            N_("The line under the matrix says in words what the chosen cell shows. Click a name for its whole story."),
        ),
        (
            N_("Push all sends every active person with photo to every active device. Preview says what it would do."),
            N_("Pace and what a failing device does stand beside the button, and are remembered."),
            N_("Verify reads the devices back and names who is missing, different or unknown."),
            N_("Sync devices fetches the terminals of Supabase. Add others by hand, from a file or by a search."),
            N_("Test goes step by step and stops before a wrong password could lock the device."),
        ),
        (
            ("F5", N_("Sync devices")),
            ("Shift+F5", N_("Preview: show what a push would do")),
            ("Ctrl++", N_("Coverage: larger cells")),
            ("Ctrl+-", N_("Coverage: smaller cells")),
            ("Enter", N_("Coverage: the story of a cell")),
        ),
    ),
    "customers": HelpText(
        N_("Customers"),
        (
            N_("The billable customers of CETEC, and for each whether its backup database is on the MySQL server."),
            N_("The tiles count them by that answer; a click on one shows those alone, another click all again."),
            N_("“Database is there” means: the server has a database of that name with the table usage_stats."),
            N_("“Check failed” is no answer: what was known before, and since when, stays beside it."),
            N_("Resident customers host themselves, ITAR customers are never asked about."),
            N_("“Last pulled” is a mark that somebody made here; neither CETEC nor MySQL knows it."),
        ),
        (
            N_(
                "Sync fetches the customers and checks them all, a few hundred per question. Nothing is ever written "
                "to CETEC or MySQL."
            ),
            N_("Check again asks about the chosen customers alone."),
            N_("Open system starts the browser. No password is ever part of an address."),
            N_("Show support password is recorded, and hides again after 30 seconds."),
        ),
        (
            ("F5", N_("Sync")),
            ("Shift+F5", N_("Preview: show what a sync would change")),
            ("Ctrl+R", N_("Check the chosen customers again")),
            ("Ctrl+O", N_("Open the customer's system")),
            ("Ctrl+Shift+O", N_("Open the customer's test system")),
            ("Ctrl+D", N_("Copy the domain")),
            ("Ctrl+M", N_("Mark as pulled")),
        ),
        (N_("Rights of the MySQL account, for its administrator"), GRANTS),
        (
            (
                N_("CETEC refuses the sign-in"),
                N_("Is the token right, does it have the rights, and is it allowed from this network address?"),
            ),
            (
                N_("No database is found"),
                N_(
                    "Check the grants of the MySQL account, the form of the domains, and whether it is the right "
                    "server."
                ),
            ),
            (
                N_("MySQL does not connect"),
                N_("Check user and password, host and port, encryption, and the path of a socket."),
            ),
            (
                N_("Settings have no effect"),
                N_("Save the connection and test it again. Variables of the environment are read at the start only."),
            ),
            (
                N_("What the MySQL account needs"),
                N_(
                    "SELECT on the tables usage_stats, or on the backup databases, and SHOW DATABASES, so that a "
                    "missing grant can be told from a missing database. No right to write."
                ),
            ),
        ),
    ),
    "workforce": HelpText(
        N_("Workforce"),
        (
            N_("Four tabs for 1C ZUP: people and departments, planned shifts, hours, and what differs between them."),
            N_("Three for the contact centre: what happens now, what happened before, and files in and out."),
            N_("Live numbers say how old they are, and turn grey when they are older than they should be."),
        ),
        (
            N_("Every tab fetches what it shows with Sync; Preview shows the same and stores nothing."),
            N_("Worked time makes posted documents in 1C: it is previewed, confirmed, and never sent twice by itself."),
            N_("An import checks the whole file first and groups what is wrong by rule; good rows are never lost."),
        ),
        SYNC_KEYS,
    ),
    "connections": HelpText(
        N_("Connections"),
        (
            N_("The remote systems that Muster works with, and whether each of them answers."),
            N_("Keys and passwords are kept in the keyring of this computer, never in a file of Muster."),
        ),
        (
            N_("Add a connection and fill in its form, then test it before you save."),
            N_("Test goes stage by stage: address, encryption, sign-in, rights, data. The first that fails says why."),
            N_("Pause keeps a connection and its key but starts nothing on it."),
        ),
        (("F5", N_("Test all connections")),),
        (N_("Rights in a Supabase project, for its SQL editor"), POLICIES),
    ),
    "webhooks": HelpText(
        N_("Webhooks"),
        (
            N_("The receivers that are told what happens here, how each of them answers, and every try."),
            N_("Messages hold ids and counters only. They are signed, so that a receiver knows they are from here."),
            N_("What could not be sent waits and leaves when it can, also after Muster was closed."),
        ),
        (
            N_("Add a receiver, choose the events it is told of, and test it: the answer is shown at once."),
            N_("The secret is shown once. New secret makes another; the old one stays valid for a day."),
            N_("Send again repeats a message with the same id, by which a receiver knows it already has it."),
            N_("The inbox is a receiver on this computer that shows and verifies what arrives."),
        ),
        (("F5", N_("Read again")),),
    ),
    "activity": HelpText(
        N_("Activity"),
        (
            N_("Everything that was run here, newest first: when, by whom, on which connection, and how it ended."),
            N_("“Interrupted” is a run whose program ended before it did. What was confirmed is kept."),
        ),
        (
            N_("Show results opens the run below the page as it ended, with a reason for every row."),
            N_("Resume does the rest of a run that stopped, was cancelled or was interrupted."),
            N_("Run again starts the same once more."),
        ),
        (("F5", N_("Read again, also what other programs did")), ("Enter", N_("Show the results of the chosen run"))),
    ),
}

EVERYWHERE: tuple[tuple[str, str], ...] = (
    ("Ctrl+1 … Ctrl+8", N_("Go to a page")),
    ("Ctrl+Tab", N_("Next tab of the page; with Shift the one before")),
    ("Ctrl+PgDown", N_("Next table, where a tab has several; Ctrl+Page Up goes back")),
    ("Ctrl+K", N_("Find and do anything by name")),
    ("Ctrl+F", N_("Search in the table")),
    ("Space", N_("Show or hide the details of the chosen row")),
    ("Ctrl+C", N_("Copy the cells of the chosen rows")),
    ("Ctrl+Shift+C", N_("Copy the chosen rows with headers")),
    ("Ctrl+E", N_("Export exactly what is shown")),
    ("Esc", N_("Cancel the run that is shown")),
    ("F1", N_("This help")),
)
RUN_PANEL: tuple[str, ...] = (
    N_("Whatever runs has a tab at the bottom: how far it is, Cancel, and a row for each result."),
    N_("“Why?” on a row says what was asked, what was answered and what to do next."),
)
