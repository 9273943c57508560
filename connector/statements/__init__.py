"""Statements: bytes of the wire in, Facts out; what a Fact means is decided later, when it is read.

``wire`` names the fields that are read and ``interpret`` makes Facts of them: ``actors`` and ``identity`` turn Actors
into keyed hashes, ``objects``, ``items`` and ``titles`` say which Item an Activity belongs to, ``results`` reads
numbers, ``voiding`` finds what a Statement takes back. ``verbs`` says what a Fact means. Pure: no framework, no clock,
no network.
"""
