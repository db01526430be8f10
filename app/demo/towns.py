"""Where the demo firm has its offices: real Norwegian towns and streets, invented numbers. Data only."""

from __future__ import annotations

from typing import NamedTuple


class Town(NamedTuple):
    """One place for an office: `label` names the office, `phone` is how numbers begin there."""

    label: str
    city: str
    postal_code: str
    street: str
    phone: str
    legal: str = ""
    """The legal entity when several offices belong to one; otherwise the office is a company of its own."""


OSLO = "Fjordheim Eiendom AS"
VEST = "Fjordheim Vest AS"

TOWNS = (
    Town("Majorstuen", "Oslo", "0366", "Bogstadveien 127", "22", OSLO),
    Town("Grünerløkka", "Oslo", "0554", "Thorvald Meyers gate 140", "22", OSLO),
    Town("Sentrum", "Oslo", "0150", "Prinsens gate 99", "22", OSLO),
    Town("Lørenskog", "Lørenskog", "1470", "Skårersletta 150", "67"),
    Town("Sandvika", "Sandvika", "1337", "Elias Smiths vei 110", "67"),
    Town("Drammen", "Drammen", "3015", "Bragernes torg 44", "32"),
    Town("Fredrikstad", "Fredrikstad", "1607", "Storgata 118", "69"),
    Town("Tønsberg", "Tønsberg", "3110", "Stoltenbergs gate 146", "33"),
    Town("Kristiansand", "Kristiansand S", "4611", "Markens gate 112", "38"),
    Town("Stavanger", "Stavanger", "4006", "Løkkeveien 210", "51", VEST),
    Town("Bergen Vest", "Bergen", "5147", "Folke Bernadottes vei 138", "55", VEST),
    Town("Ålesund", "Ålesund", "6002", "Kongens gate 116", "70"),
    Town("Trondheim Øya", "Trondheim", "7011", "Munkegata 158", "73"),
    Town("Tromsø", "Tromsø", "9008", "Grønnegata 180", "77"),
    Town("Bodø", "Bodø", "8006", "Sjøgata 134", "75"),
    Town("Hamar", "Hamar", "2317", "Torggata 122", "62"),
    Town("Lillehammer", "Lillehammer", "2609", "Storgata 190", "61"),
    Town("Sandnes", "Sandnes", "4306", "Langgata 141", "51", VEST),
    Town("Haugesund", "Haugesund", "5525", "Haraldsgata 230", "52", VEST),
    Town("Arendal", "Arendal", "4836", "Langbryggen 91", "37"),
    Town("Larvik", "Larvik", "3256", "Kongegata 114", "33"),
    Town("Sandefjord", "Sandefjord", "3210", "Aagaards plass 31", "33"),
    Town("Porsgrunn", "Porsgrunn", "3916", "Storgata 171", "35"),
    Town("Skien", "Skien", "3717", "Prinsessegata 109", "35"),
    Town("Kongsberg", "Kongsberg", "3611", "Storgata 127", "32"),
    Town("Hønefoss", "Hønefoss", "3510", "Hønengata 170", "32"),
    Town("Moss", "Moss", "1530", "Dronningens gate 128", "69"),
    Town("Sarpsborg", "Sarpsborg", "1706", "St. Marie gate 198", "69"),
    Town("Halden", "Halden", "1767", "Walkers gate 112", "69"),
    Town("Lillestrøm", "Lillestrøm", "2000", "Storgata 137", "63"),
    Town("Jessheim", "Jessheim", "2050", "Storgata 116", "63"),
    Town("Ski", "Ski", "1400", "Jernbaneveien 105", "64"),
    Town("Asker", "Asker", "1383", "Strøket 101", "66"),
    Town("Horten", "Horten", "3187", "Storgata 139", "33"),
    Town("Gjøvik", "Gjøvik", "2815", "Hunnsvegen 105", "61"),
    Town("Elverum", "Elverum", "2406", "Storgata 124", "62"),
    Town("Kongsvinger", "Kongsvinger", "2212", "Brugata 117", "62"),
    Town("Molde", "Molde", "6413", "Storgata 133", "71"),
    Town("Kristiansund", "Kristiansund N", "6509", "Langveien 119", "71"),
    Town("Steinkjer", "Steinkjer", "7713", "Kongens gate 137", "74"),
    Town("Levanger", "Levanger", "7600", "Kirkegata 111", "74"),
    Town("Namsos", "Namsos", "7800", "Havnegata 109", "74"),
    Town("Mo i Rana", "Mo i Rana", "8622", "Fridtjof Nansens gate 122", "75"),
    Town("Narvik", "Narvik", "8514", "Kongens gate 142", "76"),
    Town("Harstad", "Harstad", "9405", "Strandgata 114", "77"),
    Town("Alta", "Alta", "9510", "Markedsgata 121", "78"),
    Town("Førde", "Førde", "6800", "Hafstadvegen 123", "57"),
    Town("Voss", "Voss", "5700", "Vangsgata 116", "56", VEST),
    Town("Egersund", "Egersund", "4370", "Strandgaten 158", "51", VEST),
    Town("Bryne", "Bryne", "4340", "Storgata 133", "51", VEST),
)

DISTRICTS = ("", "Nord", "Sør", "Øst", "Vest", "Torg", "Havn", "Park")
"""Further offices of the same town, once every town has one; 50 towns make room for 400 offices."""
