#!/usr/bin/env python3
"""Everything a developer or a first user does with a checkout of Muster: `python3 dev.py COMMAND`.

One script of the standard library alone, because it runs before anything is installed. It finds uv or fetches a
private copy into the user's cache, brings `.venv` to exactly what `uv.lock` names, sees to the Linux libraries that
Qt loads (installs them when it may, names the command when it may not), and then does what was asked. It must know
nothing of the program beyond the commands it starts.

The syntax stays that of old Pythons, so that one that is too old reads as far as the sentence that says so.
"""

import ctypes
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit(
        "Muster needs Python 3.11 or newer; this is Python %d.%d. Start dev.py with a newer one." % sys.version_info[:2]
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS, LINUX = os.name == "nt", sys.platform.startswith("linux")
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
STAMP = VENV / "muster-stamp"  # what the environment was made from; UNFINISHED while it is being made
UNFINISHED = "unfinished"
OLDEST_UV = (0, 6)  # reads this lock file and dependency groups

# What Qt's modules and plugins load from the system (ldd on a bare Debian 12 and 13), and where Debian keeps it.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
SCREEN = {"xvfb-run": "xvfb", "xauth": "xauth"}  # a display where there is none
# One test stores a secret for real.
KEYRING = {"dbus-run-session": "dbus-daemon", "gnome-keyring-daemon": "gnome-keyring"}
DISPLAY_SIZE = "-screen 0 1600x1200x24"

CHECKS = (  # `lint` runs them all; add a line to add a check
    ("ruff, rules", ["-m", "ruff", "check", "."]),
    ("ruff, layout", ["-m", "ruff", "format", "--check", "."]),
    ("types", ["-m", "mypy"]),
    ("import contracts", ["-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-logo"]),
    ("dead code", ["-m", "vulture"]),
)


class Stop(Exception):
    """Ends dev.py with a sentence for the person."""


def say(text):
    """Print one line of our own; flushed, so that it stands before what a started program prints."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


def start(command, output=None, **environment):
    """Run a program in the checkout and return its exit code, 128 + number when a signal ended it."""
    command = [str(part) for part in command]
    child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=output)
    stopped = []  # Ctrl-C reaches the child too, which ends in good order; then dev.py does
    before = signal.signal(signal.SIGINT, lambda *_: stopped.append(True))
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        code = child.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if stopped:
        sys.exit(130)
    return 128 - code if code < 0 else code


def quietly(command):
    """The output of a short command, or None when it cannot be run or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


# --- what Linux has to bring


def loads(library):
    """Whether the system's loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def provide_linux(programs, purpose):
    """See to Qt's libraries, without which nothing goes on, and to programs; Windows and macOS bring their own."""
    if not LINUX:
        return
    libraries = [package for library, package in LIBRARIES.items() if not loads(library)]
    others = [package for program, package in programs.items() if not shutil.which(program)]
    if not any(Path("/usr/share/fonts").rglob("*.[to]tf")):
        others.append("fonts-dejavu-core")  # without a font, letters are boxes
    provide([*libraries, *others], purpose, required=bool(libraries))


def provide(packages, purpose, required=True):
    """Install Debian packages when that is allowed, else name the command; `required` ones then stop dev.py."""
    if not packages:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if not shutil.which("apt-get"):
        problem = f"Missing for {purpose} (names as Debian has them): {' '.join(packages)}"
    elif os.geteuid() and quietly(["sudo", "-n", "true"]) is None:
        problem = f"Missing for {purpose}. Install it with:\n    sudo {' '.join(command)}"
    else:
        sudo = ["sudo", "-n"] if os.geteuid() else []
        say(f"installing for {purpose}: {' '.join(packages)}")
        settings = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive"]
        start([*settings, "apt-get", "update", "-q"])  # a mirror out of reach is judged by the install
        if start([*settings, *command, "-q"]) == 0:
            return
        problem = f"apt-get could not install what {purpose} needs; its reason stands above."
    if required:
        raise Stop(problem)
    say(problem)


def has_display():
    """Whether windows can be shown here."""
    return not LINUX or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def on_screen(command, output=None):
    """Run a program that opens windows: here, on a display of its own (Xvfb), or without one (offscreen)."""
    provide_linux({} if has_display() else SCREEN, "windows")
    if has_display():
        return start(command, output)
    if not shutil.which("xvfb-run"):
        say("no display and no Xvfb: the windows are drawn offscreen")
        return start(command, output, QT_QPA_PLATFORM="offscreen")
    return start(["xvfb-run", "-a", "-s", DISPLAY_SIZE, *command], output, QT_QPA_PLATFORM="xcb")


# --- uv and the environment


def usable_uv(command):
    """Whether this is a uv that runs and is not too old."""
    words = (quietly([*command, "--version"]) or "").split()
    numbers = words[1].split(".")[:2] if len(words) > 1 else []
    return all(number.isdigit() for number in numbers) and tuple(map(int, numbers)) >= OLDEST_UV


def cache_folder():
    """Where this user's caches live; the private copy of uv is the one thing dev.py keeps outside the checkout."""
    if WINDOWS:
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local"), "Muster", "Cache")
    usual = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return Path(os.environ.get("XDG_CACHE_HOME") or usual, "muster")


def find_uv():
    """The command of uv: the person's own, or a private copy fetched by pip.

    `pip install --target` needs neither `venv` nor leave to change a system that is "externally managed" (PEP 668).
    """
    exe = "uv.exe" if WINDOWS else "uv"
    private = cache_folder() / "uv"
    places = (shutil.which("uv") or exe, Path.home() / ".local/bin" / exe, private / "bin" / exe)
    for command in (*([str(place)] for place in places), [sys.executable, "-m", "uv"]):
        if usable_uv(command):
            return command
    if quietly([sys.executable, "-m", "pip", "--version"]) is None:
        if LINUX and shutil.which("apt-get"):
            provide(["python3-pip"], "fetching uv")
        else:
            raise Stop("This Python has no pip. Install uv (https://docs.astral.sh/uv/) and start again.")
    say(f"fetching uv into {private}")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", private, "uv"]
    if start(pip, PIP_USER="0", PIP_ROOT_USER_ACTION="ignore") != 0:
        raise Stop("uv could not be fetched; pip's reason stands above. Install uv yourself and start again.")
    return [str(private / "bin" / exe)]


def wanted_stamp():
    """What the environment depends on: the lock, the project, this Python, and the place of the checkout."""
    parts = [(ROOT / name).read_bytes() for name in ("uv.lock", "pyproject.toml")]
    parts.append(f"{base_python()} {sys.version} {ROOT}".encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def base_python():
    """The Python to build on: not that of an environment dev.py may have been started in."""
    return getattr(sys, "_base_executable", None) or sys.executable


def provide_environment():
    """Bring `.venv` to what the lock names; at once when it is there. One that was left half made is made anew."""
    found = STAMP.read_text(encoding="utf-8") if STAMP.is_file() else UNFINISHED
    if found == wanted_stamp() and PYTHON.exists():
        return
    environment = {
        "UV_PROJECT_ENVIRONMENT": str(VENV),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_SYSTEM_CERTS": "1",  # companies have certificates of their own
        "VIRTUAL_ENV": "",
    }
    sync = [*find_uv(), "sync", "--frozen", "--python", base_python()]
    if VENV.is_dir() and found == UNFINISHED:
        say("the environment may be half made, so its packages are installed again")
        sync.append("--reinstall")
    elif VENV.is_dir():
        STAMP.write_text(UNFINISHED, encoding="utf-8")
    code = start(sync, **environment)
    if code and VENV.exists() and quietly([PYTHON, "-c", "import sys"]) is None:
        say(f"{VENV} is broken and is made anew")
        shutil.rmtree(VENV)
        code = start(sync, **environment)
    if code:
        raise Stop("The environment could not be completed; uv's reason stands above. Start again when it is mended.")
    STAMP.write_text(wanted_stamp(), encoding="utf-8")


# --- commands


def run(_rest):
    """open the window on the demo world; without a display, run its job in the terminal"""
    if has_display():
        provide_linux({}, "the window")
    provide_environment()
    return start([PYTHON, "-m", "app", "demo"])


def test(rest):
    """run the tests, in real windows where there is Xvfb; what follows goes to pytest"""
    setup(rest)
    platform = "xcb" if shutil.which("Xvfb") else "offscreen"  # pytest-xvfb: a display for each worker
    environment = {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", platform)} if LINUX else {}
    return start([PYTHON, "-m", "pytest", "-n", "logical", "--maxprocesses", "4", *rest], **environment)


def lint(_rest):
    """run every check and name those that found something"""
    provide_environment()
    failed = []
    for title, command in CHECKS:
        say(title)
        if start([PYTHON, *command]):
            failed.append(title)
    say("found something: " + ", ".join(failed) if failed else "all checks passed")
    return 1 if failed else 0


def bench(rest):
    """measure; what follows narrows it to some of tests/bench/bench_NAME.py"""
    provide_environment()
    scripts = {path.stem.removeprefix("bench_"): path for path in sorted((ROOT / "tests/bench").glob("bench_*.py"))}
    if unknown := set(rest) - set(scripts):
        raise Stop(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(scripts)}.")
    failed = False
    for name in rest or scripts:
        with tempfile.TemporaryFile("w+", encoding="utf-8") as lines:
            code = on_screen([PYTHON, scripts[name]], lines)
            lines.seek(0)
            results = [json.loads(line) for line in lines if line.startswith("{")]
        for result in results:
            print_result(result)
        failed = failed or code != 0 or not results or not all(result["ok"] for result in results)
    return 1 if failed else 0


def print_result(result):
    """One line of the table of benchmarks."""
    limit = f"limit {result['limit']:g}" if result.get("limit") is not None else ""
    verdict = "ok" if result["ok"] else "MISSED"
    print(f"{result['name']:<60} {result['value']:>10.4g} {result['unit']:<6} {limit:<12} {verdict}", flush=True)


def tour(rest):
    """walk through every page of the demo world and write a picture of each into a folder"""
    if len(rest) != 1:
        raise Stop("Name the folder for the pictures: python3 dev.py tour DIR")
    provide_environment()
    return on_screen([PYTHON, "-m", "ui.tour", Path(rest[0]).absolute()])


def translate(_rest):
    """bring resources/translations up to the texts in the sources, and compile it"""
    provide_environment()
    folder = ROOT / "resources/translations"
    template = folder / "muster.pot"
    catalogues = ["--domain=muster", "-d", folder]
    calm = ["--omit-header", "--add-location=file", "--sort-output"]  # a changed text changes its own lines only
    for step in (
        ["-q", "extract", *calm, "--add-comments=Translators:", "-o", template, "app", "ui"],
        ["-q", "update", "-N", "--ignore-obsolete", "--ignore-pot-creation-date", "-i", template, *catalogues],
        ["compile", "--statistics", *catalogues],
    ):
        if code := start([PYTHON, "-m", "babel.messages.frontend", *step]):
            return code
    return 0


def package(_rest):
    """build dist/muster with PyInstaller, then run the demo from it on an empty home"""
    provide_linux({"objdump": "binutils"}, "packaging")
    library = sysconfig.get_config_var("INSTSONAME") or ""  # libpython, which Debian keeps in a package of its own
    if LINUX and not Path(sysconfig.get_config_var("LIBDIR"), library).is_file() and not loads(library):
        provide(["libpython%d.%d" % sys.version_info[:2]], "packaging")
    provide_environment()
    code = start([PYTHON, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "build.spec"])
    return code or prove_bundle(ROOT / "dist/muster" / ("muster.exe" if WINDOWS else "muster"))


def prove_bundle(program):
    """Run the demo from the bundle with nothing of this checkout, environment or user in reach."""
    with tempfile.TemporaryDirectory(prefix="muster-bundle-") as empty:
        keep = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
        clean = {**keep, **dict.fromkeys(("HOME", "USERPROFILE", "MUSTER_HOME"), empty), "PATH": os.defpath}
        command = [program, "demo", "--headless"]
        began = time.monotonic()
        done = subprocess.run(command, cwd=empty, env=clean, capture_output=True, encoding="utf-8")
        seconds = time.monotonic() - began
    if done.returncode or "14 offices and 340 employees stored." not in done.stdout:
        print(done.stdout, done.stderr, sep="\n")
        raise Stop(f"The bundle does not work: {program} demo --headless ended with {done.returncode}.")
    say(f"{program} ran the demo in {seconds:.1f} s: 14 offices, 340 employees")
    return 0


def setup(_rest):
    """make the environment and see to everything the other commands need"""
    provide_linux({**SCREEN, **KEYRING}, "windows and the tests")
    provide_environment()
    return 0


COMMANDS = {command.__name__: command for command in (run, test, lint, bench, tour, translate, package, setup)}


def main(arguments):
    """Do one command and return the exit code."""
    if not arguments or arguments[0] not in COMMANDS:
        print("usage: python3 dev.py COMMAND\n")
        for name, command in COMMANDS.items():
            print(f"  {name:<9} {command.__doc__}")
        return 0 if arguments in (["-h"], ["--help"]) else 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except Stop as reason:
        say(str(reason))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
