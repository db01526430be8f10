"""Words that names of invented electronics and aerospace firms are made of. Data only."""

# ruff: noqa: SIM905 - words read better in lines than as two hundred quoted strings

from __future__ import annotations

FIRST = tuple("Copper Blue North Iron Silver Stone Cedar Falcon Granite Harbor Maple Onyx Prairie Quartz Raven "
              "Summit Timber Union Vega Willow Amber Birch Cobalt Delta Ember Frost".split())  # fmt: skip
SECOND = tuple("wick forge mere field brook gate ridge crest haven line mark peak point shore stead vale ward "
               "well wood yard".split())  # fmt: skip
"""A first and a second part make a name that no firm bears, like Copperwick."""

TRADES = tuple(
    "Circuits,Electronics,Assemblies,Interconnect,Microsystems,Power Systems,Wire & Cable,PCB,Manufacturing,"
    "Controls,Instruments,Photonics,Sensors,Robotics,Components,Harness Works,Test Systems,Machining,"
    "Magnetics,Embedded".split(",")
)
AEROSPACE = tuple("Aerospace,Avionics,Defense Systems,Space Technologies,Flight Controls,Radar Systems".split(","))

FORMS = (" Inc", ", Inc.", " LLC", " Corp.", " Co.", "", ", Ltd.", " Group")

FAMILIES = tuple("O'Malley D'Angelo Brandt Lindqvist Okafor Petrosyan Sandoval Whitcomb Yamane Zielinski".split())

PLACES = tuple(
    "Tulsa,Boise,Dayton,Tacoma,Mesa,Reno,Akron,Provo,Erie,Waco,Lowell,Nashua,Ogden,Peoria,Racine,Salem,Tampa,"
    "Utica,Vernon,York,Austin,Bend,Camden,Dover,Elgin,Fresno,Gary,Hilo,Irvine,Joliet,Laredo,Macon,Norman,Ocala,"
    "Pueblo,Quincy,Rome,Selma,Tyler,Yuma".split(",")
)
"""Tells firms of one name apart, once every name has been given."""
