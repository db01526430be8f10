"""Romanian names for the employees of the demo Supabase project. Data only."""

# ruff: noqa: SIM905 - names read better as words than as two hundred quoted strings

from __future__ import annotations

WOMEN = tuple(
    """
    Maria Elena Ana Ioana Andreea Mihaela Alexandra Cristina Daniela Alina Gabriela Simona Raluca Roxana Oana
    Monica Florentina Loredana Mirela Camelia Nicoleta Adriana Carmen Valentina Georgiana Denisa Bianca Diana
    Laura Lavinia Larisa Irina Ștefania Steluța Anișoara Lăcrămioara Mădălina Cătălina Brândușa Sânziana Ruxandra
    """.split()
)

MEN = tuple(
    """
    Andrei Alexandru Ion Mihai Constantin Gheorghe Cristian Florin Adrian Marius Daniel Bogdan Vasile Nicolae
    Ionuț Cătălin Răzvan Ștefan Vlad Gabriel Dumitru Marian Viorel Sorin Cosmin Ovidiu Lucian Dragoș Claudiu
    Liviu Radu Tudor Valentin Sebastian Mircea Petru Costel Doru Ilie Traian Călin Sergiu Emil Horațiu Mădălin
    """.split()
)

SECOND = ("Maria", "Ioana", "Elena", "Daniel", "Mihai", "Gabriel", "Cristian", "Ștefan")
"""Second given names: the first three of women, the others of men."""

SURNAMES = tuple(
    """
    Popescu Ionescu Popa Radu Dumitru Stan Stoica Gheorghe Matei Ciobanu Rusu Munteanu Constantin Marin Dinu
    Moldovan Șerban Ungureanu Lazăr Nistor Toma Manole Albu Barbu Bălan Bucur Chiriță Cojocaru Crăciun Cristea
    Diaconu Dobre Dragomir Drăgan Enache Filip Florea Georgescu Grigore Iancu Ilie Ioniță Iordache Lungu Lupu
    Manea Mihăilescu Mocanu Moraru Năstase Neagu Neacșu Nedelcu Negoiță Nica Niculescu Olteanu Oprea Pană
    Pavel Petcu Pintilie Pîrvu Preda Rotaru Roșu Sandu Sava Simion Stanciu Stănescu Ștefănescu Tănase Tudose
    Țăranu Ursu Vasilescu Văduva Vlad Voicu Voinea Zaharia Țurcanu Șandru Bârsan Câmpeanu Hârșu Păun Rățoi
    """.split()
)
