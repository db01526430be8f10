"""What F1 says of the inner tabs of the Workforce page. Texts only, translated where they are shown."""

from __future__ import annotations

from app.i18n import N_
from ui.dialogs.help_texts import SYNC_KEYS, HelpText

WORKFORCE_HELP: dict[str, HelpText] = {
    "personnel": HelpText(
        N_("Personnel"),
        (
            N_("The people of 1C, with department, position and state, and the employee of Muster each of them is."),
            N_("“To look at” lists what keeps somebody from being exchanged, with what to do in the details."),
        ),
        (
            N_("Sync personnel fetches them; Preview shows first what would change. Nobody is deleted."),
            N_("A full sync also marks who is no longer listed."),
            N_("The same personnel number links by itself; link everybody else by hand. Later syncs keep to it."),
        ),
        (*SYNC_KEYS, ("Ctrl+L", N_("Link to an employee"))),
    ),
    "schedules": HelpText(
        N_("Schedules"),
        (
            N_("The planned shifts of a period, as a list or a month, and what 1C answered to what was sent."),
            N_("Each shift says whether 1C has it, and how its hours divide into day and night."),
        ),
        (
            N_("Enter shifts here or import a file; what is wrong is said with row, field, rule and what to do."),
            N_("Send schedule sends what 1C does not have yet, one person and month at a time."),
            N_("Preview shows what would be sent, and what cannot be, such as a month that is closed."),
        ),
        (("F5", N_("Send schedule")), ("Shift+F5", N_("Preview: show what would be sent"))),
    ),
    "timesheet": HelpText(
        N_("Timesheet"),
        (
            N_("The days of each person as 1C counts them, with its codes, and the norm hours with a cross-check."),
            N_("Worked time is what you enter or import here; it stays here until you send it."),
        ),
        (
            N_("Fetch timesheet reads the period from 1C."),
            N_("Send worked time makes posted documents in 1C. It shows them first and asks; nothing is sent twice."),
            N_("When 1C did not answer, the outcome is unknown: check in 1C before you send again."),
        ),
        (("F5", N_("Fetch timesheet")),),
    ),
    "deviations": HelpText(
        N_("Deviations"),
        (
            N_("Each row sets the plan, worked time, presence and 1C side by side and names the cause of the gap."),
            N_("Days that are not over are not compared; a quarter of an hour is tolerated."),
            N_("“Not in 1C yet” means that the contact centre saw other hours and nobody told 1C."),
        ),
        (
            N_("Fetch and compare reads the timesheet of the period; without it the stored one counts."),
            N_("The details show the day hour by hour in words."),
        ),
        (("F5", N_("Fetch and compare")),),
    ),
    "live": HelpText(
        N_("Live"),
        (
            N_("Who is in which status and what waits in the groups now. The age of each number stands beside it."),
            N_("Old numbers are grey and say so."),
        ),
        (
            N_("A tile shows the agents of a status alone; press it again for everybody."),
            N_("Limits sets when an alarm is given. While there are limits, the numbers are watched on every page."),
            N_("The menu of an agent sets a status, links the account to a person, or says what a status counts as."),
            N_("Status updates that the receiver does not take at once wait here and are sent in order."),
        ),
        (("F5", N_("Update now")),),
    ),
    "history": HelpText(
        N_("History"),
        (
            N_("Contacts, handling time, service level and statuses of a period, drawn over the table they come from."),
            N_("How many days of the period were fetched stands above the chart."),
        ),
        (
            N_("Fetch history brings what is missing of the period; what was interrupted is taken up again."),
            N_("Drag to move, turn the wheel to zoom, or choose rows: they are marked in the chart."),
            N_("Copy the chart as a picture, or save it as PNG or SVG; export the table beside it."),
        ),
        (("F5", N_("Fetch history")), ("+ / −", N_("Zoom in and out")), ("0", N_("Show the whole period"))),
    ),
    "exchange": HelpText(
        N_("Data exchange"),
        (
            N_("Drop a CSV, Excel or JSON file, or paste rows: Muster says what it holds and what each column is."),
            N_("Findings are grouped by rule, each with its row, field, value and what to do."),
        ),
        (
            N_("Check looks at every row and stores nothing. Put a value right where it stands."),
            N_("Import stores the good rows and those put right; bad ones can be saved for somebody else."),
            N_("Every import can be taken back or, when it was interrupted, resumed."),
            N_("Export writes stored data of a period; no cell in it can run as a formula."),
        ),
        (("F2", N_("Change a value")), ("Ctrl+Z", N_("Take a change back"))),
    ),
}
