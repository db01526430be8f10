"""Demo face terminals: a fleet of Hikvision-like devices that speak ISAPI with digest over real sockets.

`fleet` is the door: `TerminalFleet(count=9)` serves, `SimulatedTerminal` is one device, public and changeable while
it serves. The protocol is hikvision-isapi.md; every module names the section it plays.
"""
