"""One module per remote system, all on the HTTP foundation of `http.py`.

A connector holds the protocol only: typed methods, parsing at the edge, the table from status to error. It knows no
store and no operation. httpx appears here alone.
"""
