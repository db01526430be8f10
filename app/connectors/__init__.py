"""One module per remote system, all on the HTTP foundation of `http.py`.

A connector holds the protocol only: typed methods, parsing at the edge, the table from status to error. It knows no
store and no operation. httpx appears here alone.
"""

import sys

# httpx loads its own command line, with rich and pygments, when it finds them: 50 ms of every command, for nothing.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None is how Python is told not to import it
