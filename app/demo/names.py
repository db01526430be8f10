"""Norwegian names, and some of people who came later, for the demo firm. Data only."""

# ruff: noqa: SIM905 - names read better as words than as three hundred quoted strings

from __future__ import annotations

WOMEN = tuple(
    """
    Anne Inger Kari Marit Ingrid Liv Eva Berit Astrid Bjørg Hilde Anna Solveig Marianne Randi Ida Nina
    Maria Elisabeth Kristin Bente Heidi Silje Hanne Linda Tone Gerd Elin Tove Anita Wenche Ragnhild
    Camilla Ellen Karin Hege Ann Julie Mona Marie Monica Mette Turid Emma Stine Åse Unni Aud Sissel Mari
    Kristine Lise Siri Laila Grete Ingeborg Helene Sara Lene Nora Sigrid Gunn Thea Emilie Malin Vilde
    Frida Tuva Hedda Synnøve Torill Vigdis Åshild Bodil Guro Jorunn Kjersti Oddny Rønnaug Sunniva Tiril
    Øydis Ylva Aurora Selma Live Eline Oda Mathilde Andreea Agnieszka Fatima Amina Linh Ioana Katarzyna
    Leila Olga Zainab Nadia Sofía Irina Parisa
    """.split()
)

MEN = tuple(
    """
    Jan Per Bjørn Ole Lars Kjell Knut Arne Svein Thomas Hans Geir Tor Morten Terje Odd Erik Martin Andreas
    John Anders Rune Trond Tore Daniel Jon Kristian Marius Tom Stian Magnus Øyvind Rolf Espen Gunnar
    Christian Eirik Fredrik Helge Nils Henrik Harald Jonas Håkon Leif Roar Steinar Einar Kåre Ola Jørgen
    Øystein Pål Sverre Egil Torbjørn Frode Kenneth Alexander Sondre Sindre Vegard Aksel Sigurd Tarjei
    Torstein Åsmund Brage Eskil Gaute Halvard Ivar Jostein Kjetil Lasse Mads Njål Oskar Preben Ragnar
    Simen Trygve Ulrik Vidar Yngve Ørjan Åge Emil Jakob Noah Filip Håvard Mohammed Ali Piotr Ștefan Minh
    Andrei Tomasz Ahmed Yusuf Dmitri Reza Łukasz Bilal Amir
    """.split()
)

DOUBLE_WOMEN = (
    "Anne Kari Ann Inger Eva Liv Tone Siri Åse".split(),
    "Marie Lise Kristin Grete Mette Karin Helene Sofie".split(),
)
"""First and second part of women's double names."""

DOUBLE_MEN = (
    "Jan Per Ole Tor Odd Svein Hans Lars Nils".split(),
    "Erik Arne Petter Kristian Inge Martin Magnus Åge".split(),
)
"""First and second part of men's double names."""

SURNAMES = tuple(
    """
    Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen Pettersen
    Eriksen Berg Haugen Hagen Johannessen Andreassen Jacobsen Dahl Jørgensen Henriksen Lund Halvorsen
    Sørensen Jakobsen Moen Gundersen Iversen Strand Solberg Svendsen Eide Knutsen Martinsen Paulsen Bakken
    Kristoffersen Mathisen Lie Amundsen Nguyen Rasmussen Lunde Solheim Moe Kristensen Nygård Bakke
    Fredriksen Holm Lien Hauge Andresen Christensen Nielsen Knudsen Evensen Sæther Aas Hanssen Myhre
    Haugland Thomassen Simonsen Sivertsen Danielsen Berge Sandvik Rønning Arnesen Næss Vik Antonsen Haug
    Ellingsen Edvardsen Thorsen Isaksen Gulbrandsen Birkeland Ruud Aasen Strøm Myklebust Tangen Ødegård
    Eliassen Helland Bøe Jenssen Aune Mikkelsen Tveit Brekke Abrahamsen Madsen Engen Christiansen Vold
    Langeland Grønli Skår Østby Åsheim Bjørnstad Nordby Skogen Ulvestad Fjeld Håland Sørlie Kvam Nordli
    Stensrud Røed Dalen Bråten Løken Foss Holte Wold Hovland Sletten Gjerde Rød Heggland Øien Steen Viken
    Sandberg Rustad Skaar Ødegaard Sundby Tveter Ulriksen Vang Winther Ytterdal Aasland Bolstad Fossum
    Grønvold Hjelle Kleppe Lervik Midtbø Nesse Opsahl Prestegård Rognli Skjelbred Torgersen Utne Vatne
    Øverland Ålund Khan Ali Hussain Ahmed Ionescu Stan Dumitru Kowalski Nowak Tran Singh Popescu Ștefănuță
    Petrov Hosseini Wójcik Fernández
    """.split()
)
