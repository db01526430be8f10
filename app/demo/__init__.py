"""The demo world: servers on loopback that stand in for every remote system, with a believable firm in them.

They speak the references, not our connectors: nothing here may import connectors, operations, store or
domain, so that a mistake made there cannot hide behind the same mistake made here.
"""
