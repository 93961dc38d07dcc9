#!/usr/bin/env python3
"""Writes the packet corpus: what clients send, and what both versions of the standard have a server do.

    .ci/tools/corpus.py           writes Tests/ConformanceTests/Corpus/*.txt
    .ci/tools/corpus.py --check   exit 1 if the files are not what would be written

Every expectation is made from the tables below, which were written from the standards' text and not from what a broker
answers. The files are committed, because they are read: by people, by the runner in Tests/ConformanceTests, by
.ci/differential and by .ci/fuzz. Their notation is explained in preambles.txt.
"""

import os, sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CORPUS = os.path.join(ROOT, "Tests", "ConformanceTests", "Corpus")

STATEMENTS = os.path.join(CORPUS, "..", "statements.tsv")

V3, V5 = "3.1.1", "5.0"
BOTH = (V3, V5)


with open(STATEMENTS, encoding="utf-8") as stream:
    KNOWN = {tuple(line.split("\t")[:2]) for line in stream}


class Group:
    """One file."""

    def __init__(self, name, what):
        self.name, self.what, self.cases, self.names = name, what, [], set()

    def case(self, version, name, *lines, rules="", after=""):
        assert (version, name) not in self.names, (self.name, version, name)
        assert any(line.startswith(("open", "closed")) for line in lines), name
        assert all((rule, version) in KNOWN for rule in rules.split()), (name, rules)
        self.names.add((version, name))
        head = [f"case {version} {name}"]
        if rules:
            head.append(f"rules {rules}")
        if after:
            head.append(f"after {after}")
        self.cases.append("\n".join(head + list(lines)))

    def text(self):
        what = "\n".join("# " + line for line in self.what.split("\n"))
        return what + f"\n# {len(self.cases)} cases\n\n" + "\n\n".join(self.cases) + "\n"


# --- Words of the notation ---------------------------------------------------------------------------------------

def five(version, text):
    """What only MQTT 5 has."""
    return text if version == V5 else ""


def connect(version, flags=0x02, alive="0000", props="", client="<c>", rest=""):
    level = "05" if version == V5 else "04"
    parts = [f"<MQTT> {level} {flags:02X} {alive}", five(version, f"{{ {props} }}" if props else "{}"), client, rest]
    return "10 [ " + " ".join(part for part in parts if part) + " ]"


def accepted(version, present=0):
    return f"< 20 [ {present:02X} 00{five(version, ' {*}')} ]"


def refused(version, codes="81/82"):
    """MQTT 5 may say why; 3.1.1 closes without a word. [MQTT-3.1.4-1]"""
    return [f"<? 20 [ 00 {codes} {{*}} ]", "closed"] if version == V5 else ["closed"]


def broken(version, codes="81/82"):
    """MQTT 5 should say why (section 4.13.1); 3.1.1 has no word for it."""
    return [f"< E0 [ {codes} {{*}} ]", "closed"] if version == V5 else ["closed"]


def publish(version, qos=0, topic="<t>", number="0009", props="", payload="'m'", retain=0, dup=0):
    first = 0x30 | dup << 3 | qos << 1 | retain
    parts = [topic, number if qos else "", five(version, f"{{ {props} }}" if props else "{}"), payload]
    return f"{first:02X} [ " + " ".join(part for part in parts if part) + " ]"


def positive(version, first, number="0009"):
    """PUBACK and its like, without an error."""
    if version == V3:
        return f"{first} [ {number} ]"
    codes = "00/10" if first in ("40", "50") else "00"
    return f"{first} [ {number} ] or {first} [ {number} {codes} {{*}} ]"


def subscribe(version, filters="<t> 00", number="0001", props=""):
    return f"82 [ {number} " + five(version, f"{{ {props} }} " if props else "{} ") + filters + " ]"


def suback(version, codes="00", number="0001"):
    return f"90 [ {number} " + five(version, "{*} ") + codes + " ]"


def unsubscribe(version, filters="<t>", number="0002", props=""):
    return f"A2 [ {number} " + five(version, f"{{ {props} }} " if props else "{} ") + filters + " ]"


def unsuback(version, codes="00", number="0002"):
    return f"B0 [ {number} " + (f"{{*}} {codes} ]" if version == V5 else "]")


PING = ["> C0 00", "< D0 00", "open"]


def taken(version, qos, number="0009"):
    """The answer to a PUBLISH of this QoS."""
    return [] if qos == 0 else ["< " + positive(version, "40" if qos == 1 else "50", number)]


def arrives(qos, packet):
    """A message of QoS 2 goes on when it is published, or when it is released: section 4.3.3 knows both methods."""
    return ("<+ " if qos == 2 else "< ") + packet


def released(version, qos, number="0009"):
    """What a client of QoS 2 says next, and hears."""
    if qos < 2:
        return []
    return [f"> 62 [ {number} ]", "< " + positive(version, "70", number)]


# --- Tables of the standard --------------------------------------------------------------------------------------

# Table 2-4 of MQTT 5: number, name, a good value, where it may stand when a client sends it ("server" for the rest).
PROPERTIES = [
    (0x01, "Payload Format Indicator", "01", "PUBLISH WILL"),
    (0x02, "Message Expiry Interval", "0000003C", "PUBLISH WILL"),
    (0x03, "Content Type", "<x>", "PUBLISH WILL"),
    (0x08, "Response Topic", "<r>", "PUBLISH WILL"),
    (0x09, "Correlation Data", "( 0001 )", "PUBLISH WILL"),
    (0x0B, "Subscription Identifier", "01", "SUBSCRIBE"),
    (0x11, "Session Expiry Interval", "00000000", "CONNECT DISCONNECT"),
    (0x12, "Assigned Client Identifier", "<x>", ""),
    (0x13, "Server Keep Alive", "003C", ""),
    (0x15, "Authentication Method", "<x>", "CONNECT AUTH"),
    (0x16, "Authentication Data", "( 01 )", "CONNECT AUTH"),
    (0x17, "Request Problem Information", "01", "CONNECT"),
    (0x18, "Will Delay Interval", "00000001", "WILL"),
    (0x19, "Request Response Information", "01", "CONNECT"),
    (0x1A, "Response Information", "<x>", ""),
    (0x1C, "Server Reference", "<x>", ""),
    (0x1F, "Reason String", "<x>", "PUBACK PUBREC PUBREL PUBCOMP DISCONNECT AUTH"),
    (0x21, "Receive Maximum", "000A", "CONNECT"),
    (0x22, "Topic Alias Maximum", "000A", "CONNECT"),
    (0x23, "Topic Alias", "0001", "PUBLISH"),
    (0x24, "Maximum QoS", "01", ""),
    (0x25, "Retain Available", "01", ""),
    (0x26, "User Property", "<k> <v>", "CONNECT WILL PUBLISH SUBSCRIBE UNSUBSCRIBE PUBACK PUBREC PUBREL PUBCOMP "
     "DISCONNECT AUTH"),
    (0x27, "Maximum Packet Size", "00001000", "CONNECT"),
    (0x28, "Wildcard Subscription Available", "01", ""),
    (0x29, "Subscription Identifier Available", "01", ""),
    (0x2A, "Shared Subscription Available", "01", ""),
]

# Table 2-6: every reason code.
REASONS = [0x00, 0x01, 0x02, 0x04, 0x10, 0x11, 0x18, 0x19] + list(range(0x80, 0xA3))
# Codes that no table lists.
NO_REASONS = [0x03, 0x05, 0x0F, 0x12, 0x17, 0x1A, 0x7F, 0xA3, 0xC0, 0xFF]
# Tables 3-4 and 3-5, 3-6 and 3-7, and what a client may say in 3-10 (its own end) and in 3-11.
PUBACK_CODES = {0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99}
PUBREL_CODES = {0x00, 0x92}
DISCONNECT_CODES = {0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99}

# UTF-8, by its bytes (section 1.5.4; Unicode table 3-7).
GOOD_TEXTS = [
    ("one byte", "7E"), ("two bytes", "C3A9"), ("three bytes", "E282AC"), ("four bytes", "F09F9A82"),
    ("two bytes with a blank", "C2A0"), ("the least of three", "E0A080"), ("the least of four", "F0908080"),
    ("the last before the surrogates", "ED9FBF"), ("the first after the surrogates", "EE8080"),
    ("the last of all", "F48FBFBD"), ("a byte order mark", "EFBBBF 61"), ("a decomposed letter", "65 CC81"),
]
BAD_TEXTS = [
    ("U+0000", "61 00 62"), ("an overlong slash", "C0AF"), ("an overlong NUL", "C080"), ("three bytes for two", "E09FBF"),
    ("four bytes for three", "F08FBFBF"), ("a high surrogate", "EDA080"), ("a low surrogate", "EDBFBF"),
    ("a pair of surrogates", "EDA0B4 EDB49E"), ("above U+10FFFF", "F4908080"), ("a lone continuation", "80"),
    ("a missing continuation", "C3"), ("a cut three", "E282"), ("a cut four", "F09F9A"), ("a byte FE", "FE"),
    ("a byte FF", "61 FF"), ("five bytes", "F888808080"),
]


def property_text(number, value):
    return f"{number:02X} {value}"


# --- CONNECT -----------------------------------------------------------------------------------------------------

def connects():
    group = Group("connect", "CONNECT and CONNACK: sections 3.1 and 3.2 of both standards.")
    connect_flags(group)
    connect_names(group)
    connect_identifiers(group)
    connect_properties(group)
    connect_wills(group)
    connect_shapes(group)
    connect_order(group)
    connect_sessions(group)
    return group


def connect_payload(version, flags):
    """The payload that these flags announce."""
    parts = []
    if flags & 0x04:
        parts += [five(version, "{}"), "<w>", "<p>"]
    if flags & 0x80:
        parts.append("<u>")
    if flags & 0x40:
        parts.append("<s>")
    return " ".join(part for part in parts if part)


def connect_flags(group):
    """Every value of the Connect Flags, with the payload they announce."""
    for version in BOTH:
        for flags in range(256):
            rule = None
            if flags & 0x01:
                rule = "MQTT-3.1.2-3"
            elif flags & 0x18 == 0x18:
                rule = "MQTT-3.1.2-12" if version == V5 else "MQTT-3.1.2-14"
            elif not flags & 0x04 and flags & 0x18:
                rule = "MQTT-3.1.2-11" if version == V5 else "MQTT-3.1.2-13"
            elif not flags & 0x04 and flags & 0x20:
                rule = "MQTT-3.1.2-13" if version == V5 else "MQTT-3.1.2-15"
            elif version == V3 and flags & 0xC0 == 0x40:
                rule = "MQTT-3.1.2-22"
            text = connect(version, flags, rest=connect_payload(version, flags))
            if rule:
                # Sections 3.1.2.3 and 3.1.2.6 say which code: malformed.
                codes = "81" if flags & 0x01 or flags & 0x18 == 0x18 else "81/82"
                group.case(version, f"flags {flags:02X}", "> " + text, *refused(version, codes), rules=rule)
            else:
                group.case(version, f"flags {flags:02X}", "> " + text, accepted(version), "open")


def connect_names(group):
    either = ["<? 20 [ 00 01 ] or 20 [ 00 84 {*} ]", "closed"]
    for level in (0x00, 0x01, 0x02, 0x03, 0x06, 0x07, 0x7F, 0x83, 0x84, 0x85, 0xFF):
        for end, rest in (("like 3.1.1", "<c>"), ("like 5.0", "{} <c>")):
            # Bridges set the highest bit, and try without it once they hear that in the words of 3.1.1.
            bridges = level in (0x83, 0x84) and end == "like 3.1.1"
            answer = ["< 20 [ 00 01 ]", "closed"] if bridges else either
            group.case(
                V3 if end == "like 3.1.1" else V5, f"level {level:02X}, the rest {end}",
                f"> 10 [ <MQTT> {level:02X} 02 0000 {rest} ]", *answer, rules="MQTT-3.1.2-2")
    for name in ("<>", "<M>", "<MQT>", "<MQTt>", "<mqtt>", "<MQTTT>", "<MQIsdp>", "<HTTP>", "( 4D515454 00 )", "( FFFE )"):
        for version in BOTH:
            level = "05 02 0000 {} <c>" if version == V5 else "04 02 0000 <c>"
            group.case(
                version, f"protocol name {name}", f"> 10 [ {name} {level} ]",
                "<? 20 [ 00 01 ] or 20 [ 00 81/82/84 {*} ]", "closed", rules="MQTT-3.1.2-1")
    group.case(V3, "the level of 3.1 under its name", "> 10 [ <MQIsdp> 03 02 003C <c> ]", "<? 20 [ 00 01 ]", "closed",
               rules="MQTT-3.1.2-1 MQTT-3.1.2-2")


def connect_identifiers(group):
    for version in BOTH:
        for name, client in [
            ("one letter", "<c>"), ("23 digits", "<01234567890123456789012>"), ("23 small letters", "<abcdefghijklmnopqrstuvw>"),
            ("23 capital letters", "<ABCDEFGHIJKLMNOPQRSTUVW>"), ("24 letters", "<abcdefghijklmnopqrstuvwx>"),
            ("64 letters", "( 61*64 )"), ("256 letters", "( 61*256 )"), ("a blank", "< >"), ("a slash", "<a/b>"),
            ("a plus", "<+>"), ("a hash", "<#>"), ("a dollar", "<$SYS>"), ("a dash", "<a-b_c.d>"),
            ("an accent", "( C3A9 )"), ("a train", "( F09F9A82 )"),
        ]:
            group.case(version, f"client id: {name}", "> " + connect(version, client=client), accepted(version), "open",
                       rules="MQTT-3.1.3-5")
        group.case(version, "client id: none, a clean start", "> " + connect(version, 0x02, client="<>"),
                   "< 20 [ 00 00 {*} ]" if version == V5 else accepted(version), "open", rules="MQTT-3.1.3-6")
        for alive in ("0000", "0001", "000A", "003C", "0E10", "7FFF", "FFFF"):
            group.case(version, f"keep alive {alive}", "> " + connect(version, alive=alive), accepted(version), "open")
        for name, rest in [("an empty user name", (0x82, "<>")), ("an empty user name and password", (0xC2, "<> <>")),
                           ("a password of any bytes", (0xC2, "<u> ( 00 FF 80 )")),
                           ("a user name of 300 bytes", (0x82, "( 61*300 )"))]:
            group.case(version, name, "> " + connect(version, rest[0], rest=rest[1]), accepted(version), "open",
                       rules="MQTT-3.1.2-17 MQTT-3.1.2-19" if version == V5 else "MQTT-3.1.2-19 MQTT-3.1.2-21")
        for silence, alive in ((1.0, "0001"), (2.5, "0002")):
            group.case(version, f"silent for {silence} s of keep alive {alive}", "> " + connect(version, alive=alive),
                       accepted(version), f"wait {silence}", *PING,
                       rules="MQTT-3.1.2-22" if version == V5 else "MQTT-3.1.2-24")
            late = silence * 2 + 0.6
            end = ["<? E0 [ 8D {*} ]", "closed"] if version == V5 else ["closed"]
            group.case(version, f"silent for {late} s of keep alive {alive}", "> " + connect(version, alive=alive),
                       accepted(version), f"wait {late}", *end,
                       rules="MQTT-3.1.2-22" if version == V5 else "MQTT-3.1.2-24")
        group.case(version, "keep alive 0 ends nothing", "> " + connect(version), accepted(version), "wait 600", *PING)
        group.case(version, "a ping keeps alive", "> " + connect(version, alive="0002"), accepted(version), "wait 2.5",
                   "> C0 00", "< D0 00", "wait 2.5", *PING)
        group.case(version, "no CONNECT within a minute", "> 10", "wait 60", "closed")
    group.case(V3, "client id: none, a kept session", "> " + connect(V3, 0x00, client="<>"), "< 20 [ 00 02 ]", "closed",
               rules="MQTT-3.1.3-7 MQTT-3.1.3-8")
    group.case(V5, "client id: none, a session that is not cleaned", "> " + connect(V5, 0x00, client="<>"),
               "< 20 [ 00 00 {*} ]", "open", rules="MQTT-3.1.3-6")


def connect_properties(group):
    good = [
        ("no properties", ""), ("Session Expiry Interval 0", "11 00000000"), ("Session Expiry Interval 1", "11 00000001"),
        ("Session Expiry Interval for ever", "11 FFFFFFFF"), ("Receive Maximum 1", "21 0001"),
        ("Receive Maximum 65535", "21 FFFF"), ("Maximum Packet Size 64", "27 00000040"),
        ("Maximum Packet Size of all", "27 FFFFFFFF"), ("Topic Alias Maximum 0", "22 0000"),
        ("Topic Alias Maximum 65535", "22 FFFF"), ("Request Response Information 0", "19 00"),
        ("Request Response Information 1", "19 01"), ("Request Problem Information 0", "17 00"),
        ("Request Problem Information 1", "17 01"), ("a user property", "26 <k> <v>"),
        ("an empty user property", "26 <> <>"), ("a user property twice", "26 <k> <v> 26 <k> <v>"),
        ("all that go together", "11 0000003C 21 000A 27 00010000 22 000A 19 01 17 01 26 <k> <v>"),
        ("the same in another order", "26 <k> <v> 17 01 19 01 22 000A 27 00010000 21 000A 11 0000003C"),
        ("64 user properties", " ".join(["26 <k> <v>"] * 64)),
    ]
    for name, props in good:
        group.case(V5, f"properties: {name}", "> " + connect(V5, props=props), accepted(V5), "open")
    bad = [
        ("Receive Maximum 0", "21 0000", "82"), ("Maximum Packet Size 0", "27 00000000", "82"),
        ("Request Response Information 2", "19 02", "82"), ("Request Problem Information 2", "17 02", "82"),
        ("Request Problem Information 255", "17 FF", "82"), ("data without a method", "16 ( 01 )", "82"),
        ("a method nobody knows", "15 <x>", "8C/87"), ("a method nobody knows, with data", "15 <x> 16 ( 01 )", "8C/87"),
    ]
    for name, props, codes in bad:
        group.case(V5, f"properties: {name}", "> " + connect(V5, props=props), *refused(V5, codes))
    for number in (0x00, 0x04, 0x05, 0x06, 0x07, 0x0A, 0x0C, 0x10, 0x14, 0x1B, 0x1D, 0x1E, 0x20, 0x2B, 0x40, 0x7F, 0x80, 0xFF):
        group.case(V5, f"properties: number {number:02X}, which is none", "> " + connect(V5, props=f"{number:02X} 00"),
                   *refused(V5, "81/82"), rules="MQTT-2.2.2-1")
    cut = [("Session Expiry Interval", "11 000000"), ("Receive Maximum", "21 00"), ("Maximum Packet Size", "27"),
           ("Topic Alias Maximum", "22"), ("Request Problem Information", "17"), ("a user property's name", "26 0001"),
           ("a user property's value", "26 <k>"), ("a user property's value, half", "26 <k> 0002 61"),
           ("a method", "15 0005 61")]
    for name, props in cut:
        group.case(V5, f"properties: {name}, cut off", "> " + connect(V5, props=props), *refused(V5, "81/82"))
    # The length of the properties says something else than what there is.
    for name, body in [("one too many", "01 <c>"), ("more than the packet", "7F <c>"), ("most", "FF FF FF 7F <c>"),
                       ("into the client id", "03 <c>"), ("missing", "")]:
        group.case(V5, f"properties' length: {name}", f"> 10 [ <MQTT> 05 02 0000 {body} ]", *refused(V5, "81/82"))


def connect_wills(group):
    for qos in (0, 1, 2):
        for retain in (0, 1):
            flags = 0x06 | qos << 3 | retain << 5
            for version in BOTH:
                # Somebody else hears the will when the socket ends without a word.
                mine = suback(version, "02")
                level = "" if version == V3 else "{} "
                heard = f"{0x30 | qos << 1:02X} [ <w> " + ("@1 " if qos else "") + five(version, "{} ") + "'gone' ]"
                group.case(
                    version, f"a will of QoS {qos}, retain {retain}", "b> " + connect(version, client="<d>"),
                    "b" + accepted(version), "b> " + subscribe(version, "<w> 02"), "b< " + mine,
                    "> " + connect(version, flags, rest=f"{level}<w> <gone>"), accepted(version), "end", "b< " + heard,
                    "open b", rules="MQTT-3.1.2-8")
    for version in BOTH:
        rest = five(version, "{} ") + "<w> <gone>"
        listener = ["b> " + connect(version, client="<d>"), "b" + accepted(version), "b> " + subscribe(version, "<w> 00"),
                    "b< " + suback(version)]
        group.case(version, "no will after DISCONNECT", *listener, "> " + connect(version, 0x06, rest=rest),
                   accepted(version), "> E0 00", "closed", "b> C0 00", "b< D0 00", "open b", rules="MQTT-3.1.2-10")
        for name, topic in [("empty", "<>"), ("a hash", "<#>"), ("a plus", "<a/+>"), ("a hash within", "<a#b>"),
                            ("a plus within", "<a+>")]:
            rest = five(version, "{} ") + topic + " <p>"
            group.case(version, f"a will's topic: {name}", "> " + connect(version, 0x06, rest=rest),
                       *refused(version, "81/82/90"))
        for name, payload in [("empty", "<>"), ("any bytes", "( 00 FF 80 )"), ("500 bytes", "( 61*500 )")]:
            rest = five(version, "{} ") + "<w> " + payload
            group.case(version, f"a will's payload: {name}", "> " + connect(version, 0x06, rest=rest), accepted(version), "open")
    group.case(V5, "a will sent on purpose", "b> " + connect(V5, client="<d>"), "b" + accepted(V5),
               "b> " + subscribe(V5, "<w> 00"), "b< " + suback(V5), "> " + connect(V5, 0x06, rest="{} <w> <gone>"),
               accepted(V5), "> E0 [ 04 ]", "closed", "b< 30 [ <w> {} 'gone' ]", "open b", rules="MQTT-3.14.4-3")
    group.case(V5, "a will after a packet that is none", "b> " + connect(V5, client="<d>"), "b" + accepted(V5),
               "b> " + subscribe(V5, "<w> 00"), "b< " + suback(V5), "> " + connect(V5, 0x06, rest="{} <w> <gone>"),
               accepted(V5), "> 36 00", "< E0 [ 81 {*} ]", "closed", "b< 30 [ <w> {} 'gone' ]", "open b", rules="MQTT-3.1.2-8")
    for name, props, heard in [
        ("Payload Format Indicator", "01 01", "01 01"), ("Content Type", "03 <text/plain>", "03 <text/plain>"),
        ("Response Topic", "08 <r>", "08 <r>"), ("Correlation Data", "09 ( 00FF )", "09 ( 00FF )"),
        ("user properties, in order", "26 <z> <1> 26 <a> <2> 26 <z> <3>", "26 <z> <1> 26 <a> <2> 26 <z> <3>"),
        ("Message Expiry Interval", "02 0000003C", "02 0000003C"),
        ("a delay longer than the session", "18 0000003C", ""),
    ]:
        group.case(V5, f"a will with {name}", "b> " + connect(V5, client="<d>"), "b" + accepted(V5),
                   "b> " + subscribe(V5, "<w> 00"), "b< " + suback(V5),
                   "> " + connect(V5, 0x06, rest=f"{{ {props} }} <w> <gone>"), accepted(V5), "end",
                   f"b< 30 [ <w> {{ {heard} }} 'gone' ]", "open b", rules="MQTT-3.1.3-10" if "order" in name else "")
    for name, props, codes in [
        ("Payload Format Indicator 2", "01 02", "81/82/99"), ("a text that is none", "01 01", "81/82/99"),
        ("Response Topic with a wildcard", "08 <a/#>", "81/82/90"), ("Topic Alias", "23 0001", "81"),
        ("Session Expiry Interval", "11 00000001", "81"),
    ]:
        payload = "( FF )" if "none" in name else "<p>"
        codes_or_taken = refused(V5, codes)
        if "none" in name:
            # The receiver may look, and need not (section 3.1.3.2.3).
            codes_or_taken = ["<? 20 [ 00 00/99 {*} ]", "open or closed"]
        group.case(V5, f"a will with {name}, refused", "> " + connect(V5, 0x06, rest=f"{{ {props} }} <w> {payload}"),
                   *codes_or_taken)


def connect_shapes(group):
    for version in BOTH:
        for flags in range(1, 16):
            text = connect(version).replace("10 [", f"1{flags:X} [", 1)
            group.case(version, f"header flags {flags:X}", "> " + text, *refused(version, "81"),
                       rules="MQTT-2.1.3-1" if version == V5 else "MQTT-2.2.2-2")
        level = "05" if version == V5 else "04"
        props = five(version, "{} ")
        # Whole packets that end too early, by what their length announces.
        for name, body in [
            ("nothing", ""), ("half a length", "00"), ("a name of no bytes", "0004"), ("half a name", "0004 'MQ'"),
            ("a name", "<MQTT>"),
        ]:
            group.case(version, f"ends after {name}", f"> 10 [ {body} ]", "<? 20 [ 00 01 ] or 20 [ 00 81/82/84 {*} ]", "closed")
        for name, body in [
            ("the level", ""), ("the flags", "02"), ("half a keep alive", "02 00"), ("the keep alive", "02 0000"),
            ("the client id's length", f"02 0000 {props}00"), ("a client id of no bytes", f"02 0000 {props}0001"),
            ("a will's topic", f"06 0000 {props}<c> {props}<w>"), ("a will without payload", f"06 0000 {props}<c> {props}<w> 0005"),
            ("a user name's length", f"82 0000 {props}<c> 00"), ("a user name that is missing", f"82 0000 {props}<c>"),
            ("a password that is missing", f"C2 0000 {props}<c> <u>"), ("half a password", f"C2 0000 {props}<c> <u> 0003 61"),
        ]:
            group.case(version, f"ends after {name}", f"> 10 [ <MQTT> {level} {body} ]", *refused(version, "81/82"),
                       rules="MQTT-3.1.4-1")
        for name, rest in [("one byte", "00"), ("a user name no flag announces", "<u>"), ("a whole packet", "C000")]:
            group.case(version, f"followed by {name}", "> " + connect(version, rest=rest), *refused(version, "81/82"),
                       rules="MQTT-3.1.4-1")
        group.case(version, "a client id longer than the packet", f"> 10 [ <MQTT> {level} 02 0000 {props}FFFF 61 ]",
                   *refused(version, "81/82"))


def connect_order(group):
    for first, what in [
        ("20 [ 0000 ]", "CONNACK"), ("30 [ <t> 'm' ]", "PUBLISH"), ("32 [ <t> 0001 'm' ]", "PUBLISH of QoS 1"),
        ("34 [ <t> 0001 'm' ]", "PUBLISH of QoS 2"), ("40 [ 0001 ]", "PUBACK"), ("50 [ 0001 ]", "PUBREC"),
        ("62 [ 0001 ]", "PUBREL"), ("70 [ 0001 ]", "PUBCOMP"), ("82 [ 0001 <t> 00 ]", "SUBSCRIBE"),
        ("90 [ 0001 00 ]", "SUBACK"), ("A2 [ 0001 <t> ]", "UNSUBSCRIBE"), ("B0 [ 0001 ]", "UNSUBACK"), ("C0 00", "PINGREQ"),
        ("D0 00", "PINGRESP"), ("E0 00", "DISCONNECT"), ("F0 00", "AUTH"), ("00 00", "type 0"), ("47 45 54 20 2F", "an HTTP request"),
        ("16 03 01 02 00 01", "a TLS greeting"), ("FF FF FF FF FF", "nothing but ones"), ("10 FF FF FF FF 01", "a length of five bytes"),
    ]:
        for version in BOTH:
            group.case(version, f"first of all {what}", f"> {first}", "closed", rules="MQTT-3.1.0-1")
    for version in BOTH:
        for flags, client in ((0x02, "<c>"), (0x00, "<c>"), (0x02, "<other>"), (0x02, "<>")):
            group.case(version, f"a second CONNECT, flags {flags:02X}, client id {client}",
                       "> " + connect(version, flags, client=client), *broken(version, "82"), rules="MQTT-3.1.0-2",
                       after="connected")
        other = V3 if version == V5 else V5
        group.case(version, "a second CONNECT of the other version", "> " + connect(other), *broken(version, "82"),
                   rules="MQTT-3.1.0-2", after="connected")
        group.case(version, "a ping in the same breath", "> " + connect(version) + " C0 00", accepted(version), "< D0 00",
                   "open", rules="MQTT-3.2.0-1")
        group.case(version, "SUBSCRIBE in the same breath", "> " + connect(version) + " " + subscribe(version),
                   accepted(version), "< " + suback(version), "open")
        group.case(version, "a message in the same breath", "> " + connect(version) + " " + publish(version, 1),
                   accepted(version), *taken(version, 1), "open")
        group.case(version, "goodbye in the same breath", "> " + connect(version) + " E0 00", accepted(version), "closed")
        group.case(version, "nonsense in the same breath", "> " + connect(version) + " 00 00", accepted(version),
                   *broken(version, "81/82"))
        group.case(version, "nothing after a refusal", "> " + connect(version, 0x03) + " C0 00", *refused(version, "81"),
                   rules="MQTT-3.1.4-6" if version == V5 else "MQTT-3.1.4-5")
        # Who speaks no MQTT yet may send no large packet: any bound above 64 KiB would be one.
        group.case(version, "announces 256 MiB", "> 10 FF FF FF 7F 00 04", "<? 20 [ 00 95 {*} ]", "closed")


def connect_sessions(group):
    for version in BOTH:
        keep = connect(version, 0x00, props="11 0000003C" if version == V5 else "")
        clean = connect(version, 0x02)
        group.case(version, "a session that was kept", "> " + keep, accepted(version), "> E0 00", "closed", "b> " + keep,
                   "b" + accepted(version, 1), "open b", rules="MQTT-3.2.2-3" if version == V5 else "MQTT-3.2.2-2")
        group.case(version, "a session that was kept and is not wanted", "> " + keep, accepted(version), "> E0 00", "closed",
                   "b> " + clean, "b" + accepted(version, 0), "open b",
                   rules="MQTT-3.1.2-4 MQTT-3.2.2-2" if version == V5 else "MQTT-3.1.2-6 MQTT-3.2.2-1")
        group.case(version, "a session that was not kept", "> " + clean, accepted(version), "> E0 00", "closed", "b> " + keep,
                   "b" + accepted(version, 0), "open b", rules="MQTT-3.1.2-6" if version == V5 else "MQTT-3.2.2-3")
        taken_over = ["< E0 [ 8E {*} ]", "closed"] if version == V5 else ["closed"]
        group.case(version, "the same client again", "> " + clean, accepted(version), "b> " + clean, "b" + accepted(version),
                   *taken_over, "open b", rules="MQTT-3.1.4-3" if version == V5 else "MQTT-3.1.4-2")
        group.case(version, "the same client again, its session kept", "> " + keep, accepted(version), "b> " + keep,
                   "b" + accepted(version, 1), *taken_over, "open b",
                   rules="MQTT-3.1.4-3" if version == V5 else "MQTT-3.1.4-2")
        group.case(version, "client ids that only look the same", "> " + connect(version, client="( C3A9 )"), accepted(version),
                   "b> " + connect(version, client="( 65 CC81 )"), "b" + accepted(version), "open", "open b",
                   rules="MQTT-3.1.3-2")
        for qos in (0, 1, 2):
            sent = ["> " + publish(version, qos), *taken(version, qos), *released(version, qos)]
            comes = [] if qos == 0 else [f"b< {0x30 | qos << 1:02X} [ <t> @1 " + five(version, "{} ") + "'m' ]"]
            group.case(version, f"a message of QoS {qos} for who is away", "b> " + keep.replace("<c>", "<d>"),
                       "b" + accepted(version), "b> " + subscribe(version, "<t> 02"), "b< " + suback(version, "02"), "b> E0 00",
                       "closed b", "> " + clean, accepted(version), *sent, "c> " + keep.replace("<c>", "<d>"),
                       "c" + accepted(version, 1), *[line.replace("b<", "c<") for line in comes], "c> C0 00", "c< D0 00",
                       "open", "open c", rules="MQTT-4.5.0-1")
            if qos:
                again = f"{0x38 | qos << 1:02X} [ <t> @1 " + five(version, "{} ") + "'m' ]"
                first = f"{0x30 | qos << 1:02X} [ <t> @1 " + five(version, "{} ") + "'m' ]"
                group.case(version, f"a message of QoS {qos} that was not acknowledged comes again", "> " + keep,
                           accepted(version), "> " + subscribe(version, "<t> 02"), "< " + suback(version, "02"),
                           "> " + publish(version), f"< 30 [ <t> {five(version, '{} ')}'m' ]",
                           "b> " + connect(version, client="<d>"), "b" + accepted(version),
                           *["b" + line for line in ["> " + publish(version, qos), *taken(version, qos)]], arrives(qos, first),
                           *["b" + line for line in released(version, qos)], "end",
                           "c> " + keep, "c" + accepted(version, 1), "c< " + again, "open c",
                           rules="MQTT-4.4.0-1 MQTT-3.3.1-1")
        group.case(version, "a released message is released again", "> " + keep, accepted(version),
                   "> " + subscribe(version, "<t> 02"), "< " + suback(version, "02"), "> " + publish(version, 2),
                   *taken(version, 2), f"<+ 34 [ <t> @1 {five(version, '{} ')}'m' ]", *released(version, 2), "> 50 [ @1 ]",
                   "< " + positive(version, "62", "@1"), "end", "b> " + keep, "b" + accepted(version, 1),
                   "b< " + positive(version, "62", "@1"), "b> 70 [ @1 ]", "b> C0 00", "b< D0 00", "open b",
                   rules="MQTT-4.4.0-1")
    group.case(V5, "a session that ends with its connection", "> " + connect(V5, 0x00), accepted(V5), "> E0 00", "closed",
               "b> " + connect(V5, 0x00), "b" + accepted(V5, 0), "open b", rules="MQTT-4.1.0-2")
    group.case(V5, "a session that is over", "> " + connect(V5, 0x00, props="11 0000000A"), accepted(V5), "> E0 00", "closed",
               "wait 11", "b> " + connect(V5, 0x00), "b" + accepted(V5, 0), "open b", rules="MQTT-4.1.0-2")
    group.case(V5, "a session that is not over yet", "> " + connect(V5, 0x00, props="11 0000000A"), accepted(V5), "> E0 00",
               "closed", "wait 9", "b> " + connect(V5, 0x00), "b" + accepted(V5, 1), "open b", rules="MQTT-3.1.2-23")
    group.case(V5, "a session shortened by DISCONNECT", "> " + connect(V5, 0x00, props="11 0000003C"), accepted(V5),
               "> E0 [ 00 { 11 00000000 } ]", "closed", "b> " + connect(V5, 0x00), "b" + accepted(V5, 0), "open b")
    group.case(V5, "a session lengthened by DISCONNECT", "> " + connect(V5, 0x00, props="11 0000000A"), accepted(V5),
               "> E0 [ 00 { 11 0000003C } ]", "closed", "wait 20", "b> " + connect(V5, 0x00), "b" + accepted(V5, 1), "open b")


# --- PUBLISH -----------------------------------------------------------------------------------------------------

GOOD_TOPICS = [
    ("one letter", "<a>"), ("a slash", "</>"), ("two slashes", "<//>"), ("a slash in front", "</a>"), ("a slash behind", "<a/>"),
    ("an empty level", "<a//b>"), ("a blank", "< >"), ("blanks in levels", "<a b/c d>"), ("capitals", "<A/B>"),
    ("a dollar", "<$x>"), ("a dollar within", "<a/$x>"), ("an accent", "( C3A9 )"), ("a decomposed accent", "( 65 CC81 )"),
    ("a mark after a slash", "( 61 2F CC81 62 )"), ("a train", "( F09F9A82 2F 61 )"), ("quotes", "( 22 27 5C )"),
    ("20 levels", "<a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t>"), ("300 bytes", "( 61*300 )"), ("a line feed", "( 61 0A 62 )"),
    ("a byte order mark", "( EFBBBF 61 )"),
]
BAD_TOPICS = [
    ("a hash", "<#>"), ("a plus", "<+>"), ("a hash at the end", "<a/#>"), ("a plus in the middle", "<a/+/b>"),
    ("a plus behind a letter", "<a+>"), ("a hash behind a letter", "<a#>"), ("a hash in front", "<#a>"),
    ("a plus and an accent", "( 2B CC81 )"), ("a hash and an accent", "( 23 CC81 )"),
]


def publishes():
    group = Group("publish", "PUBLISH, either way: section 3.3 of both standards.")
    publish_headers(group)
    publish_topics(group)
    publish_flows(group)
    publish_properties(group)
    publish_deliveries(group)
    publish_retained(group)
    publish_shapes(group)
    return group


def publish_headers(group):
    for version in BOTH:
        for flags in range(16):
            qos, dup = flags >> 1 & 3, flags >> 3
            body = "<t> " + ("0009 " if qos else "") + five(version, "{} ") + "'m'"
            name = f"header flags {flags:X}"
            sent = f"> 3{flags:X} [ {body} ]"
            if qos == 3:
                group.case(version, name, sent, *broken(version, "81"), rules="MQTT-3.3.1-4", after="connected")
            elif qos == 0 and dup:
                group.case(version, name, sent, *broken(version, "81/82"), rules="MQTT-3.3.1-2", after="connected")
            else:
                group.case(version, name, sent, *taken(version, qos), *PING, after="connected")
        for qos in (1, 2):
            for number in ("0001", "00FF", "0100", "7FFF", "8000", "FFFF"):
                group.case(version, f"QoS {qos}, identifier {number}", "> " + publish(version, qos, number=number),
                           *taken(version, qos, number), *released(version, qos, number), *PING, after="connected",
                           rules="MQTT-2.2.1-5" if version == V5 else "MQTT-2.3.1-6")
            group.case(version, f"QoS {qos}, identifier 0", "> " + publish(version, qos, number="0000"),
                       *broken(version, "81/82"), after="connected",
                       rules="MQTT-2.2.1-3" if version == V5 else "MQTT-2.3.1-1")


def publish_topics(group):
    for version in BOTH:
        for name, topic in GOOD_TOPICS:
            for qos in (0, 1):
                group.case(version, f"topic: {name}, QoS {qos}", "> " + publish(version, qos, topic), *taken(version, qos),
                           *PING, after="connected", rules="MQTT-4.7.3-1")
            heard = publish(version, 0, topic)
            group.case(version, f"topic: {name}, heard", "> " + subscribe(version, f"{topic} 00"), "< " + suback(version),
                       "> " + heard, "< " + heard, *PING, after="connected", rules="MQTT-4.7.3-4")
        for name, topic in BAD_TOPICS:
            for qos in (0, 1):
                group.case(version, f"topic: {name}, QoS {qos}", "> " + publish(version, qos, topic),
                           *broken(version, "81/82/90"), after="connected",
                           rules="MQTT-3.3.2-2" if version == V5 else "MQTT-3.3.2-2 MQTT-4.7.1-1")
        for qos in (0, 1, 2):
            group.case(version, f"topic: empty, QoS {qos}", "> " + publish(version, qos, "<>"), *broken(version, "82"),
                       after="connected", rules="MQTT-4.7.3-1")


def publish_flows(group):
    for version in BOTH:
        rel = "< " + positive(version, "70")
        group.case(version, "QoS 1, the same identifier again is a new message", "> " + subscribe(version), "< " + suback(version),
                   "> " + publish(version, 1), *taken(version, 1), "< " + publish(version),
                   "> " + publish(version, 1), *taken(version, 1), "< " + publish(version), "open", after="connected",
                   rules="MQTT-4.3.2-5" if version == V5 else "MQTT-4.3.2-2")
        group.case(version, "QoS 2, the same identifier again is the same message", "> " + subscribe(version),
                   "< " + suback(version), "> " + publish(version, 2), *taken(version, 2), "<+ " + publish(version),
                   "> " + publish(version, 2, dup=1), *taken(version, 2), "> 62 [ 0009 ]", rel, *PING, after="connected",
                   rules="MQTT-4.3.3-10" if version == V5 else "MQTT-4.3.3-2")
        group.case(version, "QoS 2, the identifier is free after PUBCOMP", "> " + subscribe(version), "< " + suback(version),
                   "> " + publish(version, 2), *taken(version, 2), "<+ " + publish(version), "> 62 [ 0009 ]", rel,
                   "> " + publish(version, 2), *taken(version, 2), "<+ " + publish(version), "> 62 [ 0009 ]", rel, "open",
                   after="connected",
                   rules="MQTT-4.3.3-12" if version == V5 else "MQTT-4.3.3-2")
        group.case(version, "QoS 2, released twice", "> " + publish(version, 2), *taken(version, 2), "> 62 [ 0009 ]", rel,
                   "> 62 [ 0009 ]", "< 70 [ 0009 ] or 70 [ 0009 00/92 {*} ]", *PING, after="connected")
        group.case(version, "QoS 1 and 2 with one identifier each", "> " + publish(version, 1, number="0001"),
                   *taken(version, 1, "0001"), "> " + publish(version, 2, number="0002"), *taken(version, 2, "0002"),
                   *released(version, 2, "0002"), *PING, after="connected")
        ten = " ".join(publish(version, 1, number=f"{n:04X}") for n in range(1, 11))
        group.case(version, "ten of QoS 1 are acknowledged in order", "> " + ten,
                   *["< " + positive(version, "40", f"{n:04X}") for n in range(1, 11)], "open", after="connected",
                   rules="MQTT-4.6.0-2")
        ten = " ".join(publish(version, 2, number=f"{n:04X}") for n in range(1, 11))
        group.case(version, "ten of QoS 2 are received in order", "> " + ten,
                   *["< " + positive(version, "50", f"{n:04X}") for n in range(1, 11)], "open", after="connected",
                   rules="MQTT-4.6.0-3")
        three = [publish(version, payload=f"'{word}'") for word in ("one", "two", "three")]
        group.case(version, "messages come in the order they were sent", "> " + subscribe(version), "< " + suback(version),
                   "> " + " ".join(three), *["< " + one for one in three], "open", after="connected", rules="MQTT-4.6.0-6")


def publish_properties(group):
    for name, props in [
        ("Payload Format Indicator 0", "01 00"), ("Payload Format Indicator 1", "01 01"), ("Content Type", "03 <text/plain>"),
        ("an empty Content Type", "03 <>"), ("Response Topic", "08 <a/b>"), ("Correlation Data", "09 ( 00FF80 )"),
        ("empty Correlation Data", "09 ()"), ("a user property", "26 <k> <v>"), ("an empty user property", "26 <> <>"),
        ("user properties in order", "26 <z> <1> 26 <a> <2> 26 <z> <1>"), ("Message Expiry Interval", "02 0000003C"),
        ("the longest Message Expiry Interval", "02 FFFFFFFF"), ("an accent in a user property", "26 ( C3A9 ) ( 65 CC81 )"),
    ]:
        for qos in (0, 1, 2):
            sent = publish(V5, qos, props=props)
            heard = publish(V5, 0, props=props)
            group.case(V5, f"{name} is passed on, QoS {qos}", "> " + subscribe(V5), "< " + suback(V5), "> " + sent,
                       *taken(V5, qos), arrives(qos, heard), *released(V5, qos), "open", after="connected",
                       rules="MQTT-3.3.2-17 MQTT-3.3.2-18" if "user" in name else "")
    for name, props, codes in [
        ("Payload Format Indicator 2", "01 02", "81/82/99"), ("Payload Format Indicator 255", "01 FF", "81/82/99"),
        ("Topic Alias 0", "23 0000", "94"), ("Topic Alias above the maximum", "23 FFFF", "94"),
        ("Response Topic with a hash", "08 <a/#>", "81/82/90"), ("Response Topic with a plus", "08 <+>", "81/82/90"),
        ("Subscription Identifier", "0B 01", "81/82"), ("two Subscription Identifiers", "0B 01 0B 02", "81/82"),
    ]:
        for qos in (0, 1, 2):
            group.case(V5, f"{name}, QoS {qos}", "> " + publish(V5, qos, props=props), *broken(V5, codes), after="connected")
    for alias in (1, 2, 10):
        named, short = publish(V5, props=f"23 {alias:04X}"), publish(V5, topic="<>", props=f"23 {alias:04X}")
        group.case(V5, f"alias {alias} stands for its topic", "> " + subscribe(V5), "< " + suback(V5), "> " + named,
                   "< " + publish(V5), "> " + short, "< " + publish(V5), "open", after="connected", rules="MQTT-3.3.2-12")
        group.case(V5, f"alias {alias} stands for nothing yet", "> " + short, *broken(V5, "82/94"), after="connected")
    group.case(V5, "an alias changes its topic", "> " + subscribe(V5, "<t> 00 <u> 00"), "< " + suback(V5, "00 00"),
               "> " + publish(V5, props="23 0001"), "< " + publish(V5), "> " + publish(V5, topic="<u>", props="23 0001"),
               "< " + publish(V5, topic="<u>"), "> " + publish(V5, topic="<>", props="23 0001"), "< " + publish(V5, topic="<u>"),
               "open", after="connected")
    group.case(V5, "an alias ends with its connection", "> " + connect(V5, 0x00, props="11 0000003C"), accepted(V5),
               "> " + publish(V5, props="23 0001"), "> E0 00", "closed", "b> " + connect(V5, 0x00, props="11 0000003C"),
               "b" + accepted(V5, 1), "b> " + publish(V5, topic="<>", props="23 0001"), "b< E0 [ 82/94 {*} ]", "closed b",
               rules="MQTT-3.3.2-7")
    # Section 3.3.2.3.2: a receiver may look whether the payload is the text it says it is.
    group.case(V5, "a payload that says it is text and is not", "> " + publish(V5, 1, props="01 01", payload="FF"),
               "< 40 [ 0009 ] or 40 [ 0009 00/10/99 {*} ] or E0 [ 99 {*} ]", "open or closed", after="connected")
    group.case(V5, "a message that is too old", "> " + connect(V5, 0x00, props="11 0000003C"), accepted(V5),
               "> " + subscribe(V5, "<t> 01"), "< " + suback(V5, "01"), "> E0 00", "closed",
               "b> " + connect(V5, client="<d>"), "b" + accepted(V5), "b> " + publish(V5, 1, props="02 00000005"),
               *["b" + line for line in taken(V5, 1)], "wait 6", "c> " + connect(V5, 0x00, props="11 0000003C"),
               "c" + accepted(V5, 1), "c> C0 00", "c< D0 00", "open c", rules="MQTT-3.3.2-5")
    group.case(V5, "a message that has waited", "> " + connect(V5, 0x00, props="11 0000003C"), accepted(V5),
               "> " + subscribe(V5, "<t> 01"), "< " + suback(V5, "01"), "> E0 00", "closed",
               "b> " + connect(V5, client="<d>"), "b" + accepted(V5), "b> " + publish(V5, 1, props="02 0000000A"),
               *["b" + line for line in taken(V5, 1)], "wait 4", "c> " + connect(V5, 0x00, props="11 0000003C"),
               "c" + accepted(V5, 1), "c< 32 [ <t> @1 { 02 00000006 } 'm' ]", "open c", rules="MQTT-3.3.2-6")


def publish_deliveries(group):
    for version in BOTH:
        for sent in (0, 1, 2):
            for wanted in (0, 1, 2):
                qos = min(sent, wanted)
                heard = f"{0x30 | qos << 1:02X} [ <t> " + ("@1 " if qos else "") + five(version, "{} ") + "'m' ]"
                answer = {0: [], 1: ["> 40 [ @1 ]"],
                          2: ["> 50 [ @1 ]", "< " + positive(version, "62", "@1"), "> 70 [ @1 ]"]}[qos]
                group.case(version, f"sent with QoS {sent}, wanted with {wanted}", "> " + subscribe(version, f"<t> {wanted:02X}"),
                           "< " + suback(version, f"{wanted:02X}"), "> " + publish(version, sent), *taken(version, sent),
                           arrives(sent, heard), *released(version, sent), *answer, *PING, after="connected",
                           rules="MQTT-3.8.4-8" if version == V5 else "MQTT-3.8.4-6")
                twice = "<t> 00 <#> " + f"{wanted:02X}"
                group.case(version, f"sent with QoS {sent}, wanted twice, with 0 and {wanted}", "> " + subscribe(version, twice),
                           "< " + suback(version, f"00 {wanted:02X}"), "> " + publish(version, sent), *taken(version, sent),
                           arrives(sent, heard), *released(version, sent), "open", after="connected",
                           rules="MQTT-3.3.4-2" if version == V5 else "MQTT-3.3.5-1")
        for name, wanted, topic, hears in [
            ("a plus", "<+>", "<t>", True), ("a plus takes one level", "<+>", "<t/u>", False), ("a plus and a slash", "<+/+>", "</t>", True),
            ("a slash and a plus", "</+>", "</t>", True), ("a plus is no parent", "<t/+>", "<t>", False),
            ("a plus takes an empty level", "<t/+>", "<t/>", True), ("a hash", "<#>", "<t/u/v>", True), ("a hash and its parent", "<t/#>", "<t>", True),
            ("a hash below", "<t/#>", "<t/u/v>", True), ("a hash beside", "<t/#>", "<tu>", False), ("a hash and a dollar", "<#>", "<$x>", False),
            ("a plus and a dollar", "<+/u>", "<$x/u>", False), ("a dollar and a hash", "<$x/#>", "<$x/u>", True),
            ("a dollar and its parent", "<$x/#>", "<$x>", True), ("case matters", "<T>", "<t>", False), ("blanks matter", "<t >", "<t>", False),
            ("a slash in front matters", "</t>", "<t>", False), ("a slash behind matters", "<t/>", "<t>", False),
            ("composed is not decomposed", "( C3A9 )", "( 65 CC81 )", False), ("a plus within", "<a/+/c>", "<a/b/c>", True),
            ("a plus and a hash", "<+/#>", "<t>", True), ("a plus in the end", "<a/b/+>", "<a/b/c>", True),
        ]:
            sent = publish(version, topic=topic)
            group.case(version, f"matching: {name}", "> " + subscribe(version, f"{wanted} 00"), "< " + suback(version), "> " + sent,
                       *(["< " + sent] if hears else []), *PING, after="connected",
                       rules="MQTT-3.3.2-3" if "dollar" not in name else "MQTT-4.7.2-1")
        sub, heard = subscribe(version), publish(version)
        group.case(version, "somebody else hears it", "> " + sub, "< " + suback(version), "b> " + connect(version, client="<d>"),
                   "b" + accepted(version), "b> " + heard, "< " + heard, "open", "open b", after="connected", rules="MQTT-4.5.0-1")
        other = V3 if version == V5 else V5
        group.case(version, f"somebody with {other} hears it", "> " + sub, "< " + suback(version),
                   "b> " + connect(other, client="<d>"), "b" + accepted(other), "b> " + publish(other), "< " + heard, "open",
                   "open b", after="connected", rules="MQTT-4.5.0-1")
        dup = publish(version, 1, dup=1)
        group.case(version, "DUP is not passed on", "> " + subscribe(version, "<t> 01"), "< " + suback(version, "01"),
                   "> " + dup, *taken(version, 1), "< " + publish(version, 1, number="@1"), "open", after="connected",
                   rules="MQTT-3.3.1-3")
    for value in ("01", "7F", "8001", "FF7F", "808001", "FFFF7F", "80808001", "FFFFFF7F"):
        group.case(V5, f"Subscription Identifier {value} comes back", "> " + subscribe(V5, props=f"0B {value}"), "< " + suback(V5),
                   "> " + publish(V5), f"< 30 [ <t> {{ 0B {value} }} 'm' ]", "open", after="connected", rules="MQTT-3.3.4-3")
    group.case(V5, "both identifiers of overlapping subscriptions", "> " + subscribe(V5, "<t> 00", props="0B 01"), "< " + suback(V5),
               "> " + subscribe(V5, "<+> 00", props="0B 02"), "< " + suback(V5), "> " + publish(V5),
               "< 30 [ <t> { 0B 01 0B 02 } 'm' ] or 30 [ <t> { 0B 02 0B 01 } 'm' ]", "open", after="connected",
               rules="MQTT-3.3.4-4")
    group.case(V5, "one identifier of two overlapping subscriptions, twice", "> " + subscribe(V5, "<t> 00", props="0B 01"),
               "< " + suback(V5), "> " + subscribe(V5, "<+> 00", props="0B 01"), "< " + suback(V5), "> " + publish(V5),
               "< 30 [ <t> { 0B 01 0B 01 } 'm' ]", "open", after="connected", rules="MQTT-3.3.4-4")
    group.case(V5, "a new identifier replaces the old", "> " + subscribe(V5, props="0B 01"), "< " + suback(V5),
               "> " + subscribe(V5, props="0B 02"), "< " + suback(V5), "> " + publish(V5), "< 30 [ <t> { 0B 02 } 'm' ]", "open",
               after="connected", rules="MQTT-3.8.4-3")
    group.case(V5, "a subscription without identifier replaces one with", "> " + subscribe(V5, props="0B 01"), "< " + suback(V5),
               "> " + subscribe(V5), "< " + suback(V5), "> " + publish(V5), "< " + publish(V5), "open", after="connected",
               rules="MQTT-3.8.4-3")
    for retain in (0, 1):
        for kept in (0, 1):
            options = f"{kept << 3:02X}"
            group.case(V5, f"RETAIN {retain}, Retain As Published {kept}", "> " + subscribe(V5, f"<t> {options}"), "< " + suback(V5),
                       "> " + publish(V5, retain=retain), "< " + publish(V5, retain=retain & kept), "open", after="connected",
                       rules="MQTT-3.3.1-13" if kept else "MQTT-3.3.1-12")
    group.case(V5, "No Local hears nothing of its own", "> " + subscribe(V5, "<t> 04"), "< " + suback(V5), "> " + publish(V5), *PING,
               after="connected", rules="MQTT-3.8.3-3")
    group.case(V5, "No Local hears others", "> " + subscribe(V5, "<t> 04"), "< " + suback(V5), "b> " + connect(V5, client="<d>"),
               "b" + accepted(V5), "b> " + publish(V5), "< " + publish(V5), "open", "open b", after="connected",
               rules="MQTT-3.8.3-3")
    group.case(V5, "Receive Maximum 1 is kept to", "> " + connect(V5, props="21 0001"), accepted(V5), "> " + subscribe(V5, "<t> 01"),
               "< " + suback(V5, "01"), "> " + publish(V5, 1, number="0001") + " " + publish(V5, 1, number="0002"),
               *taken(V5, 1, "0001"), *taken(V5, 1, "0002"), "< " + publish(V5, 1, number="@1"), "> C0 00", "< D0 00",
               "> 40 [ @1 ]", "< " + publish(V5, 1, number="@2"), "open", rules="MQTT-3.3.4-9 MQTT-4.9.0-2")
    group.case(V5, "a message larger than the client takes is not sent", "> " + connect(V5, props="27 00000020"),
               "<? 20 [ 00 00 {*} ]", "> " + subscribe(V5, "<t> 01"), "< " + suback(V5, "01"),
               "> " + publish(V5, 1, payload="61*64"), *taken(V5, 1), "> " + publish(V5), "< " + publish(V5), "open",
               rules="MQTT-3.1.2-24 MQTT-3.1.2-25")
    group.case(V5, "nobody sends aliases to who allowed none", "> " + subscribe(V5), "< " + suback(V5),
               "> " + " ".join([publish(V5)] * 3), *["< " + publish(V5)] * 3, "open", after="connected", rules="MQTT-3.1.2-27")
    for name, members in (("one member", "<$share/g/t> 00"), ("a wildcard", "<$share/g/+> 00"), ("all", "<$share/g/#> 00")):
        group.case(V5, f"a shared subscription of {name}", "> " + subscribe(V5, members), "< " + suback(V5), "> " + publish(V5),
                   "< " + publish(V5), "open", after="connected", rules="MQTT-4.8.2-1")
    group.case(V5, "a shared subscription beside one of its own", "> " + subscribe(V5, "<$share/g/t> 00 <t> 00"), "< " + suback(V5, "00 00"),
               "> " + publish(V5), "< " + publish(V5), "< " + publish(V5), "open", after="connected")
    group.case(V5, "two groups hear a message each", "> " + subscribe(V5, "<$share/g/t> 00 <$share/h/t> 00"), "< " + suback(V5, "00 00"),
               "> " + publish(V5), "< " + publish(V5), "< " + publish(V5), "open", after="connected")


def publish_retained(group):
    for version in BOTH:
        for qos in (0, 1, 2):
            kept = publish(version, qos, retain=1)
            heard = f"{0x31 | qos << 1:02X} [ <t> " + ("@1 " if qos else "") + five(version, "{} ") + "'m' ]"
            group.case(version, f"a retained message of QoS {qos} is kept", "> " + kept, *taken(version, qos),
                       *released(version, qos), "> " + subscribe(version, "<t> 02"), "< " + suback(version, "02"), "< " + heard, "open",
                       after="connected", rules="MQTT-3.3.1-5")
            group.case(version, f"an empty retained message of QoS {qos} clears", "> " + publish(version, retain=1),
                       "> " + publish(version, qos, retain=1, payload=""), *taken(version, qos), *released(version, qos),
                       "> " + subscribe(version), "< " + suback(version), *PING, after="connected",
                       rules="MQTT-3.3.1-6" if version == V5 else "MQTT-3.3.1-10")
        old, new = publish(version, retain=1, payload="'old'"), publish(version, retain=1, payload="'new'")
        sub, ok = "> " + subscribe(version), "< " + suback(version)
        group.case(version, "the newer retained message replaces the older", "> " + old, "> " + new, sub, ok, "< " + new, "open",
                   after="connected", rules="MQTT-3.3.1-5")
        group.case(version, "a message without RETAIN leaves the kept one", "> " + old, "> " + publish(version), sub, ok, "< " + old,
                   "open", after="connected", rules="MQTT-3.3.1-8" if version == V5 else "MQTT-3.3.1-12")
        group.case(version, "the same filter again brings the kept message again", "> " + old, sub, ok, "< " + old, sub, ok, "< " + old,
                   "open", after="connected", rules="MQTT-3.8.4-4" if version == V5 else "MQTT-3.8.4-3")
        group.case(version, "an empty retained message is passed on", sub, ok, "> " + publish(version, retain=1, payload=""),
                   "< " + publish(version, payload=""), "open", after="connected",
                   rules="MQTT-3.3.1-6" if version == V5 else "MQTT-3.3.1-10")
        for filters, hears in (("<#> 00", True), ("<+> 00", True), ("<t/#> 00", True), ("<t/+> 00", False), ("<u> 00", False)):
            group.case(version, f"a kept message and the filter {filters}", "> " + old, "> " + subscribe(version, filters), ok,
                       *(["< " + old] if hears else []), *PING, after="connected")
        hidden = publish(version, topic="<$x>", retain=1)
        group.case(version, "a kept message behind a dollar", "> " + hidden, "> " + subscribe(version, "<#> 00"), ok, *PING,
                   after="connected", rules="MQTT-4.7.2-1")
        group.case(version, "a kept message outlives its sender", "> " + old, "> E0 00", "closed",
                   "b> " + connect(version, client="<d>"), "b" + accepted(version), "b" + sub, "b" + ok, "b< " + old, "open b",
                   after="connected", rules="" if version == V5 else "MQTT-3.1.2-7")
    kept = publish(V5, retain=1)
    for handling, first, again in ((0, True, True), (1, True, False), (2, False, False)):
        sub = "> " + subscribe(V5, f"<t> {handling << 4:02X}")
        group.case(V5, f"Retain Handling {handling}", "> " + kept, sub, "< " + suback(V5), *(["< " + kept] if first else []), sub,
                   "< " + suback(V5), *(["< " + kept] if again else []), *PING, after="connected",
                   rules=f"MQTT-3.3.1-{9 + handling}")
    group.case(V5, "a shared subscription gets no kept message", "> " + kept, "> " + subscribe(V5, "<$share/g/t> 00"), "< " + suback(V5),
               *PING, after="connected")
    group.case(V5, "a kept message and a Subscription Identifier", "> " + kept, "> " + subscribe(V5, props="0B 07"), "< " + suback(V5),
               "< 31 [ <t> { 0B 07 } 'm' ]", "open", after="connected", rules="MQTT-3.3.4-3")
    group.case(V5, "a kept message with properties", "> " + publish(V5, retain=1, props="03 <x> 26 <k> <v>"), "> " + subscribe(V5),
               "< " + suback(V5), "< " + publish(V5, retain=1, props="03 <x> 26 <k> <v>"), "open", after="connected",
               rules="MQTT-3.3.2-17 MQTT-3.3.2-20")
    group.case(V5, "a kept message that is too old", "> " + publish(V5, retain=1, props="02 00000005"), "wait 6", "> " + subscribe(V5),
               "< " + suback(V5), *PING, after="connected", rules="MQTT-3.3.2-5")
    group.case(V5, "a kept message that has waited", "> " + publish(V5, retain=1, props="02 0000000A"), "wait 4", "> " + subscribe(V5),
               "< " + suback(V5), "< " + publish(V5, retain=1, props="02 00000006"), "open", after="connected",
               rules="MQTT-3.3.2-6")


def publish_shapes(group):
    for version in BOTH:
        none = five(version, "{} ")
        for name, body in [("nothing", ""), ("half a length", "00"), ("a topic of no bytes", "0003"), ("half a topic", "0003 61 62")]:
            group.case(version, f"ends after {name}", f"> 30 [ {body} ]", *broken(version, "81/82"), after="connected")
        for qos in (1, 2):
            for name, body in [("the topic", "<t>"), ("half an identifier", "<t> 00")]:
                group.case(version, f"QoS {qos}, ends after {name}", f"> 3{qos << 1} [ {body} ]", *broken(version, "81/82"),
                           after="connected")
        group.case(version, "a topic longer than the packet", "> 30 [ FFFF 61 ]", *broken(version, "81/82"), after="connected")
        for count in (0, 1, 122, 123, 124, 125, 126, 1000, 16376, 16377, 16378, 16379, 16380, 20000):
            payload = f"61*{count}" if count else ""
            sent = publish(version, payload=payload)
            group.case(version, f"a payload of {count} bytes", "> " + subscribe(version), "< " + suback(version), "> " + sent, "< " + sent,
                       "open", after="connected")
        for name, payload in (("zeros", "00*5"), ("any bytes", "00 01 7F 80 C0 FE FF"), ("what looks like a packet", "E000")):
            sent = publish(version, payload=payload)
            group.case(version, f"a payload of {name}", "> " + subscribe(version), "< " + suback(version), "> " + sent, "< " + sent, *PING,
                       after="connected")
    for name, body in [("no properties", "<t>"), ("properties longer than the packet", "<t> 05 26"), ("a length without end", "<t> 80"),
                       ("a property without its value", "<t> { 02 0000 }"), ("half a user property", "<t> { 26 <k> }")]:
        group.case(V5, f"ends with {name}", f"> 30 [ {body} ]", *broken(V5, "81/82"), after="connected")


# --- SUBSCRIBE and UNSUBSCRIBE -----------------------------------------------------------------------------------

GOOD_FILTERS = [topic for topic in GOOD_TOPICS] + [
    ("a hash", "<#>"), ("a plus", "<+>"), ("levels and a hash", "<a/b/#>"), ("a plus in front", "<+/a>"), ("a plus between", "<a/+/b>"),
    ("nothing but pluses", "<+/+/+>"), ("a plus and a hash", "<+/#>"), ("a slash and a hash", "</#>"), ("a slash and a plus", "</+>"),
]
BAD_FILTERS = [
    ("empty", "<>"), ("a hash before a slash", "<#/>"), ("a hash in the middle", "<a/#/b>"), ("a hash behind a letter", "<a#>"),
    ("a hash before a letter", "<#a>"), ("two hashes", "<##>"), ("a plus behind a letter", "<a+>"), ("a plus before a letter", "<+a>"),
    ("two pluses", "<++>"), ("a plus and a hash in a level", "<+#>"), ("a plus within a level", "<a/b+c/d>"), ("a hash and a plus", "<#/+>"),
    ("a plus with an accent", "( 2B CC81 )"), ("a hash with an accent", "( 23 CC81 )"),
]
BAD_SHARES = [
    ("no filter", "<$share/g>"), ("an empty filter", "<$share/g/>"), ("no name", "<$share//t>"), ("nothing", "<$share/>"),
    ("a plus in the name", "<$share/a+/t>"), ("a hash in the name", "<$share/#/t>"), ("a plus as the name", "<$share/+/t>"),
    ("a bad filter", "<$share/g/a#>"), ("a hash in the middle", "<$share/g/#/t>"),
]


def subscribes():
    group = Group("subscribe", "SUBSCRIBE and SUBACK: sections 3.8 and 3.9, filters: 4.7, shared subscriptions: 4.8.2 of MQTT 5.")
    for options in range(256):
        qos, local, handling, reserved = options & 3, options >> 2 & 1, options >> 4 & 3, options >> 6
        name, sent = f"options {options:02X}", "> " + subscribe(V5, f"<t> {options:02X}")
        if reserved:
            group.case(V5, name, sent, *broken(V5, "81"), after="connected", rules="MQTT-3.8.3-5")
        elif qos == 3 or handling == 3:
            # Section 3.8.3.1 calls both a protocol error.
            group.case(V5, name, sent, *broken(V5, "82"), after="connected")
        else:
            group.case(V5, name, sent, "< " + suback(V5, f"{qos:02X}"), *PING, after="connected", rules="MQTT-3.8.4-7")
            if local:
                group.case(V5, name + ", shared", "> " + subscribe(V5, f"<$share/g/t> {options:02X}"), *broken(V5, "82"),
                           after="connected", rules="MQTT-3.8.3-4")
    for options in (0, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0x20, 0x40, 0x80, 0x81, 0xFF):
        name, sent = f"requested QoS {options:02X}", "> " + subscribe(V3, f"<t> {options:02X}")
        if options < 3:
            group.case(V3, name, sent, "< " + suback(V3, f"{options:02X}"), *PING, after="connected", rules="MQTT-3.8.4-5")
        else:
            group.case(V3, name, sent, "closed", after="connected", rules="MQTT-3-8.3-4")
    for version in BOTH:
        for name, text in GOOD_FILTERS:
            group.case(version, f"filter: {name}", "> " + subscribe(version, f"{text} 01"), "< " + suback(version, "01"), *PING,
                       after="connected", rules="MQTT-3.8.4-1")
        for name, text in BAD_FILTERS:
            # What is no filter is malformed; MQTT 5 also has a word for one filter that is refused (section 3.9.3).
            end = broken(version, "81/82/8F")
            rules = ("MQTT-4.7.3-1" if text == "<>" else "MQTT-4.7.1-1 MQTT-4.7.1-2" if version == V5
                     else "MQTT-4.7.1-2 MQTT-4.7.1-3")
            group.case(version, f"filter: {name}", "> " + subscribe(version, f"{text} 01"), *end, after="connected",
                       rules=rules)
            group.case(version, f"filter: {name}, behind a good one", "> " + subscribe(version, f"<t> 00 {text} 01"), *end,
                       after="connected", rules=rules)
        for number in ("0001", "00FF", "0100", "FFFF"):
            group.case(version, f"identifier {number}", "> " + subscribe(version, number=number),
                       "< " + suback(version, number=number), *PING, after="connected",
                       rules="MQTT-3.8.4-2")
        group.case(version, "identifier 0", "> " + subscribe(version, number="0000"), *broken(version, "81/82"), after="connected",
                   rules="MQTT-2.2.1-3" if version == V5 else "MQTT-2.3.1-1")
        for count in (2, 3, 8, 50):
            filters = " ".join(f"<t/{n}> {n % 3:02X}" for n in range(count))
            codes = " ".join(f"{n % 3:02X}" for n in range(count))
            group.case(version, f"{count} filters, answered in order", "> " + subscribe(version, filters), "< " + suback(version, codes), *PING,
                       after="connected", rules="MQTT-3.9.3-1 MQTT-3.8.4-5")
        group.case(version, "the same filter twice in one packet", "> " + subscribe(version, "<t> 00 <t> 01"), "< " + suback(version, "00 01"),
                   "> " + publish(version, 1), *taken(version, 1), "< " + publish(version, 1, number="@1"), "open", after="connected")
        group.case(version, "the same filter with another QoS", "> " + subscribe(version, "<t> 02"), "< " + suback(version, "02"),
                   "> " + subscribe(version, "<t> 00"), "< " + suback(version, "00"), "> " + publish(version, 1), *taken(version, 1),
                   "< " + publish(version), "open", after="connected", rules="MQTT-3.8.4-3")
        for flags in range(16):
            if flags != 2:
                group.case(version, f"header flags {flags:X}", "> " + subscribe(version).replace("82 [", f"8{flags:X} [", 1),
                           *broken(version, "81"), after="connected",
                           rules="MQTT-3.8.1-1")
        none = five(version, "{} ")
        for name, body in [
            ("nothing", ""), ("half an identifier", "00"), ("the identifier", "0001"), ("no filter", f"0001 {none}"),
            ("half a filter's length", f"0001 {none}00"), ("half a filter", f"0001 {none}0003 61"), ("a filter without options", f"0001 {none}<t>"),
            ("a second filter without options", f"0001 {none}<t> 00 <u>"), ("half a second filter", f"0001 {none}<t> 00 0005 61"),
            ("a filter longer than the packet", f"0001 {none}FFFF 61 00"),
        ]:
            group.case(version, f"ends after {name}", f"> 82 [ {body} ]", *broken(version, "81/82"), after="connected",
                       rules="MQTT-3.8.3-2" if name == "no filter" and version == V5 else "")
    for name, text in BAD_SHARES:
        group.case(V5, f"shared: {name}", "> " + subscribe(V5, f"{text} 01"), *broken(V5, "81/82/8F"), after="connected",
                   rules="MQTT-4.8.2-1 MQTT-4.8.2-2")
    for name, text in [("a filter", "<$share/g/t>"), ("a plus", "<$share/g/+>"), ("a hash", "<$share/g/#>"), ("levels", "<$share/g/a/b/c>"),
                       ("a slash", "<$share/g//>"), ("a dollar", "<$share/$g/$x>"), ("an accent", "( '$share/' C3A9 '/t' )")]:
        group.case(V5, f"shared: {name}, accepted", "> " + subscribe(V5, f"{text} 01"), "< " + suback(V5, "01"), *PING, after="connected",
                   rules="MQTT-4.8.2-1")
    for name, props, codes in [("identifier 0", "0B 00", "82"), ("two identifiers", "0B 01 0B 02", "82"), ("the same identifier twice", "0B 01 0B 01", "82"),
                               ("an identifier of five bytes", "0B 8080808001", "81"), ("an identifier without end", "0B 80", "81"),
                               ("no identifier", "0B", "81"), ("half a user property", "26 <k>", "81")]:
        group.case(V5, f"properties: {name}", "> " + subscribe(V5, props=props), *broken(V5, codes), after="connected")
    for name, props in [("a user property", "26 <k> <v>"), ("two user properties", "26 <k> <v> 26 <k> <v>"), ("an identifier and a user property", "0B 01 26 <k> <v>")]:
        group.case(V5, f"properties: {name}", "> " + subscribe(V5, props=props), "< " + suback(V5), *PING, after="connected")
    for name, body in [("longer than the packet", "0001 20 <t> 00"), ("into the filter", "0001 03 <t> 00"), ("without end", "0001 FF")]:
        group.case(V5, f"properties' length: {name}", f"> 82 [ {body} ]", *broken(V5, "81/82"), after="connected")
    return group


def unsubscribes():
    group = Group("unsubscribe", "UNSUBSCRIBE and UNSUBACK: sections 3.10 and 3.11 of both standards.")
    for version in BOTH:
        for name, text in GOOD_FILTERS:
            group.case(version, f"filter: {name}", "> " + subscribe(version, f"{text} 00"), "< " + suback(version), "> " + unsubscribe(version, text),
                       "< " + unsuback(version), *PING, after="connected", rules="MQTT-3.10.4-1")
        for name, text in BAD_FILTERS:
            group.case(version, f"filter: {name}", "> " + unsubscribe(version, text), *broken(version, "81/82/8F"), after="connected")
        group.case(version, "a filter nobody subscribed to", "> " + unsubscribe(version), "< " + unsuback(version, "11"), *PING,
                   after="connected", rules="MQTT-3.10.4-5 MQTT-3.11.3-2" if version == V5 else "MQTT-3.10.4-5")
        for name, had, gone in [("another", "<t>", "<u>"), ("one that matches", "<t>", "<+>"), ("one with a slash", "<t>", "<t/>"),
                                ("one in capitals", "<t>", "<T>"), ("a decomposed one", "( C3A9 )", "( 65 CC81 )"), ("all", "<t>", "<#>")]:
            group.case(version, f"{name} instead of the own filter", "> " + subscribe(version, f"{had} 00"), "< " + suback(version),
                       "> " + unsubscribe(version, gone), "< " + unsuback(version, "11"), "> " + publish(version, topic=had),
                       "< " + publish(version, topic=had), "open", after="connected", rules="MQTT-3.10.4-1")
        group.case(version, "nothing more is sent", "> " + subscribe(version), "< " + suback(version), "> " + unsubscribe(version),
                   "< " + unsuback(version), "> " + publish(version), *PING, after="connected", rules="MQTT-3.10.4-2")
        group.case(version, "twice", "> " + subscribe(version), "< " + suback(version), "> " + unsubscribe(version), "< " + unsuback(version),
                   "> " + unsubscribe(version), "< " + unsuback(version, "11"), "open", after="connected", rules="MQTT-3.10.4-5")
        group.case(version, "what was under way is finished", "> " + subscribe(version, "<t> 02"), "< " + suback(version, "02"),
                   "> " + publish(version, 2), *taken(version, 2), "<+ " + publish(version, 2, number="@1"), *released(version, 2),
                   "> " + unsubscribe(version), "< " + unsuback(version), "> 50 [ @1 ]", "< " + positive(version, "62", "@1"), "> 70 [ @1 ]", *PING, after="connected",
                   rules="MQTT-3.10.4-3")
        for filters, codes in [("<t> <u>", "00 11"), ("<u> <t>", "11 00"), ("<t> <t>", "00 11"), ("<u> <v> <w>", "11 11 11")]:
            group.case(version, f"the filters {filters} at once", "> " + subscribe(version), "< " + suback(version), "> " + unsubscribe(version, filters),
                       "< " + unsuback(version, codes), *PING, after="connected", rules="MQTT-3.10.4-6")
        for number in ("0001", "00FF", "0100", "FFFF"):
            group.case(version, f"identifier {number}", "> " + unsubscribe(version, number=number), "< " + unsuback(version, "11", number), *PING,
                       after="connected", rules="MQTT-3.10.4-4")
        group.case(version, "identifier 0", "> " + unsubscribe(version, number="0000"), *broken(version, "81/82"), after="connected")
        for flags in range(16):
            if flags != 2:
                group.case(version, f"header flags {flags:X}", "> " + unsubscribe(version).replace("A2 [", f"A{flags:X} [", 1),
                           *broken(version, "81"), after="connected", rules="MQTT-3.10.1-1")
        none = five(version, "{} ")
        for name, body in [("nothing", ""), ("half an identifier", "00"), ("the identifier", "0001"), ("no filter", f"0001 {none}"),
                           ("half a filter's length", f"0001 {none}00"), ("half a filter", f"0001 {none}0003 61"),
                           ("half a second filter", f"0001 {none}<t> 0002 61"), ("a filter longer than the packet", f"0001 {none}FFFF 61")]:
            group.case(version, f"ends after {name}", f"> A2 [ {body} ]", *broken(version, "81/82"), after="connected",
                       rules="MQTT-3.10.3-2" if name == "no filter" else "")
    for name, props in [("a user property", "26 <k> <v>"), ("two user properties", "26 <k> <v> 26 <k> <w>")]:
        group.case(V5, f"properties: {name}", "> " + unsubscribe(V5, props=props), "< " + unsuback(V5, "11"), *PING, after="connected")
    group.case(V5, "a shared filter", "> " + subscribe(V5, "<$share/g/t> 00"), "< " + suback(V5), "> " + unsubscribe(V5, "<$share/g/t>"),
               "< " + unsuback(V5), "> " + publish(V5), *PING, after="connected")
    group.case(V5, "the shared filter without its group", "> " + subscribe(V5, "<$share/g/t> 00"), "< " + suback(V5), "> " + unsubscribe(V5),
               "< " + unsuback(V5, "11"), "> " + publish(V5), "< " + publish(V5), "open", after="connected", rules="MQTT-3.10.4-1")
    for name, text in BAD_SHARES:
        group.case(V5, f"shared: {name}", "> " + unsubscribe(V5, text), *broken(V5, "81/82/8F"), after="connected")
    return group


# --- Acknowledgements --------------------------------------------------------------------------------------------

# First byte, name, the preamble after which one is due, its identifier, the codes its table lists, what answers it.
ACKNOWLEDGEMENTS = [
    ("40", "PUBACK", "receiving 1", "@1", PUBACK_CODES, lambda version, code: []),
    ("50", "PUBREC", "receiving 2", "@1", PUBACK_CODES,
     lambda version, code: ["< " + positive(version, "62", "@1")] if code < 0x80 else []),
    ("62", "PUBREL", "published 2", "0009", PUBREL_CODES,
     lambda version, code: ["< 70 [ 0009 ] or 70 [ 0009 00/92 {*} ]" if version == V5 else "< 70 [ 0009 ]"]),
    ("70", "PUBCOMP", "released 2", "@1", PUBREL_CODES, lambda version, code: []),
]


def acknowledgements():
    group = Group("acknowledgements", "PUBACK, PUBREC, PUBREL and PUBCOMP: sections 3.4 to 3.7 of both standards.")
    for first, name, after, number, listed, answer in ACKNOWLEDGEMENTS:
        for version in BOTH:
            group.case(version, f"{name}, short", f"> {first} [ {number} ]", *answer(version, 0), *PING, after=after)
            for flags in range(16):
                if flags != int(first, 16) & 15:
                    group.case(version, f"{name}, header flags {flags:X}", f"> {first[0]}{flags:X} [ {number} ]", *broken(version, "81"),
                               after=after, rules="MQTT-3.6.1-1" if name == "PUBREL" else "MQTT-2.1.3-1" if version == V5 else "MQTT-2.2.2-2")
            for shape, body in [("nothing in it", ""), ("half an identifier", "00"), ("identifier 0", "0000")]:
                group.case(version, f"{name}, {shape}", f"> {first} [ {body} ]", *broken(version, "81/82"), after=after)
        group.case(V3, f"{name}, a byte too many", f"> {first} [ {number} 00 ]", "closed", after=after)
        group.case(V3, f"{name}, with properties", f"> {first} [ {number} 00 {{}} ]", "closed", after=after)
        for code in REASONS + NO_REASONS:
            rules = {"PUBACK": "MQTT-3.4.2-1", "PUBREC": "MQTT-3.5.2-1", "PUBREL": "MQTT-3.6.2-1", "PUBCOMP": "MQTT-3.7.2-1"}[name]
            if code in listed:
                group.case(V5, f"{name}, code {code:02X}", f"> {first} [ {number} {code:02X} ]", *answer(V5, code), *PING, after=after)
                group.case(V5, f"{name}, code {code:02X} and no properties", f"> {first} [ {number} {code:02X} {{}} ]", *answer(V5, code), *PING,
                           after=after)
            else:
                group.case(V5, f"{name}, code {code:02X}", f"> {first} [ {number} {code:02X} ]", *broken(V5, "81/82"), after=after, rules=rules)
        for shape, props in [("a reason", "1F <why>"), ("an empty reason", "1F <>"), ("a user property", "26 <k> <v>"),
                             ("a reason and two user properties", "1F <why> 26 <k> <v> 26 <k> <w>")]:
            group.case(V5, f"{name}, {shape}", f"> {first} [ {number} 00 {{ {props} }} ]", *answer(V5, 0), *PING, after=after)
        for shape, rest, codes in [
            ("a byte behind the properties", "00 {} 00", "81"), ("properties longer than the packet", "00 05 1F", "81"),
            ("properties' length without end", "00 80", "81"), ("half a reason", "00 { 1F 0005 61 }", "81"),
            ("half a user property", "00 { 26 <k> }", "81"),
        ]:
            group.case(V5, f"{name}, {shape}", f"> {first} [ {number} {rest} ]", *broken(V5, codes), after=after)
    group.case(V5, "PUBREC for what was never sent", "> 50 [ 00FE ]", "< 62 [ 00FE 92 {*} ]", *PING, after="connected", rules="MQTT-3.6.2-1")
    group.case(V5, "PUBREL for what never came", "> 62 [ 00FE ]", "< 70 [ 00FE 92 {*} ]", *PING, after="connected", rules="MQTT-3.7.2-1")
    group.case(V3, "PUBREL for what never came", "> 62 [ 00FE ]", "< 70 [ 00FE ]", *PING, after="connected", rules="MQTT-4.3.3-2")
    for code in sorted(PUBACK_CODES):
        if code >= 0x80:
            for first, qos, rules in (("40", 1, "MQTT-4.4.0-2"), ("50", 2, "MQTT-4.4.0-2")):
                keep = connect(V5, 0x00, props="11 0000003C")
                group.case(V5, f"a refusal {code:02X} of QoS {qos} ends the delivery", "> " + keep, accepted(V5),
                           "> " + subscribe(V5, "<t> 02"), "< " + suback(V5, "02"), "> " + publish(V5, qos), *taken(V5, qos),
                           arrives(qos, publish(V5, qos, number="@1")), *released(V5, qos), f"> {first} [ @1 {code:02X} ]", "> C0 00", "< D0 00", "end", "b> " + keep,
                           "b" + accepted(V5, 1), "b> C0 00", "b< D0 00", "open b", rules=rules)
    return group


# --- PING, DISCONNECT, AUTH and what only a server sends ---------------------------------------------------------

def goodbyes():
    group = Group("goodbyes", "PINGREQ, DISCONNECT, AUTH: sections 3.12 to 3.15, and packets that only a server sends.")
    for version in BOTH:
        group.case(version, "PINGREQ", *["> C0 00", "< D0 00"] * 3, "open", after="connected", rules="MQTT-3.12.4-1")
        group.case(version, "ten PINGREQ at once", "> " + "C0 00 " * 9 + "C0 00", *["< D0 00"] * 10, "open", after="connected",
                   rules="MQTT-3.12.4-1")
        for flags in range(1, 16):
            group.case(version, f"PINGREQ, header flags {flags:X}", f"> C{flags:X} 00", *broken(version, "81"), after="connected",
                       rules="MQTT-2.1.3-1" if version == V5 else "MQTT-2.2.2-2")
            group.case(version, f"DISCONNECT, header flags {flags:X}", f"> E{flags:X} 00",
                       *(["<? E0 [ 81 {*} ]", "closed"] if version == V5 else ["closed"]), after="connected", rules="MQTT-3.14.1-1")
            group.case(version, f"type 15, header flags {flags:X}", f"> F{flags:X} 00", *broken(version, "81"), after="connected",
                       rules="MQTT-3.15.1-1" if version == V5 else "")
            group.case(version, f"type 0, header flags {flags:X}", f"> 0{flags:X} 00", *broken(version, "81/82"), after="connected")
        group.case(version, "type 0", "> 00 00", *broken(version, "81/82"), after="connected")
        for count in (1, 2, 5):
            group.case(version, f"PINGREQ with {count} bytes in it", f"> C0 [ 00*{count} ]", *broken(version, "81"), after="connected")
        for name, packet in [
            ("CONNACK", "20 [ 00 00" + five(version, " {}") + " ]"), ("SUBACK", suback(version).replace("{*}", "{}")),
            ("UNSUBACK", unsuback(version).replace("{*}", "{}")), ("PINGRESP", "D0 00"),
        ]:
            group.case(version, f"{name} from a client", f"> {packet}", *broken(version, "82"), after="connected")
            group.case(version, f"{name} from a client, empty", f"> {packet[:2]} 00", *broken(version, "81/82"), after="connected")
            for flags in (1, 2, 8, 15):
                group.case(version, f"{name} from a client, header flags {flags:X}", f"> {packet[0]}{flags:X} 00", *broken(version, "81/82"),
                           after="connected")
        group.case(version, "DISCONNECT", "> E0 00", "closed", after="connected")
        group.case(version, "nothing is answered after DISCONNECT", "> E0 00 C0 00", "closed", after="connected", rules="MQTT-3.14.4-1"
                   if version == V5 else "MQTT-3.14.4-2")
    for count in (1, 2, 5):
        group.case(V3, f"DISCONNECT with {count} bytes in it", f"> E0 [ 00*{count} ]", "closed", after="connected")
        group.case(V3, f"type 15 with {count} bytes in it", f"> F0 [ 00*{count} ]", "closed", after="connected")
    group.case(V3, "type 15", "> F0 00", "closed", after="connected")
    for code in REASONS + NO_REASONS:
        for shape, rest in (("", ""), (" and no properties", " {}")):
            said = "closed" if code in DISCONNECT_CODES else "<? E0 [ 81/82 {*} ]"
            group.case(V5, f"DISCONNECT, code {code:02X}{shape}", f"> E0 [ {code:02X}{rest} ]",
                       *dict.fromkeys([said, "closed"]), after="connected", rules="" if code in DISCONNECT_CODES else "MQTT-3.14.2-1")
        group.case(V5, f"AUTH, code {code:02X}", f"> F0 [ {code:02X} {{}} ]",
                   *broken(V5, "82" if code in (0x00, 0x18, 0x19) else "81/82"), after="connected",
                   rules="MQTT-4.12.0-7" if code in (0x00, 0x18, 0x19) else "MQTT-3.15.2-1")
    # Whether a will is sent tells whether the goodbye was a good one.
    for code in sorted(DISCONNECT_CODES):
        heard = [] if code == 0 else ["b< 30 [ <w> {} 'gone' ]"]
        group.case(V5, f"DISCONNECT, code {code:02X}, and the will", "b> " + connect(V5, client="<d>"), "b" + accepted(V5),
                   "b> " + subscribe(V5, "<w> 00"), "b< " + suback(V5), "> " + connect(V5, 0x06, rest="{} <w> <gone>"), accepted(V5),
                   f"> E0 [ {code:02X} ]", "closed", *heard, "b> C0 00", "b< D0 00", "open b",
                   rules="MQTT-3.14.4-3" if code == 0 else "MQTT-3.1.2-8")
    for name, props in [("a reason", "1F <why>"), ("a user property", "26 <k> <v>"), ("a reason and user properties", "26 <k> <v> 1F <why> 26 <k> <v>"),
                        ("Session Expiry Interval 0", "11 00000000")]:
        group.case(V5, f"DISCONNECT with {name}", f"> E0 [ 00 {{ {props} }} ]", "closed", after="connected")
    for name, rest in [("Session Expiry Interval 1 where there was none", "{ 11 00000001 }"), ("half a reason", "{ 1F 0005 61 }"),
                       ("a byte too many", "{} 00"), ("properties longer than the packet", "05 1F"), ("a length without end", "80")]:
        group.case(V5, f"DISCONNECT with {name}", f"> E0 [ 00 {rest} ]", "<? E0 [ 81/82 {*} ]", "closed", after="connected")
    for name, body in [("nothing in it", ""), ("no properties' length", "18"), ("a method", "18 { 15 <x> }"), ("a method and data", "18 { 15 <x> 16 ( 01 ) }"),
                       ("a byte too many", "18 {} 00"), ("half a method", "18 { 15 0005 61 }"), ("properties longer than the packet", "18 05 15")]:
        group.case(V5, f"AUTH with {name}", f"> F0 [ {body} ]", *broken(V5, "81/82"), after="connected")
    return group


# --- Text --------------------------------------------------------------------------------------------------------

def texts():
    group = Group("text", "UTF-8 in every field that is text: section 1.5.4 of MQTT 5, 1.5.3 of 3.1.1.")
    fields = []
    for version in BOTH:
        none = five(version, "{} ")
        fields += [
            (version, "client id", lambda text, version=version: (["> " + connect(version, client=f"( {text} )")], [accepted(version)], ""), "connect", 1),
            (version, "will topic", lambda text, version=version, none=none: (
                ["> " + connect(version, 0x06, rest=f"{none}( {text} ) <p>")], [accepted(version)], ""), "connect", 1),
            (version, "user name", lambda text, version=version: (
                ["> " + connect(version, 0x82, rest=f"( {text} )")], [accepted(version)], ""), "connect", 1),
            (version, "topic", lambda text, version=version: (
                ["> " + publish(version, 1, f"( {text} )")], taken(version, 1), "connected"), "packet", 1),
            (version, "filter", lambda text, version=version: (
                ["> " + subscribe(version, f"( {text} ) 00")], ["< " + suback(version)], "connected"), "packet", 1),
            (version, "filter no longer wanted", lambda text, version=version: (
                ["> " + unsubscribe(version, f"( {text} )")], ["< " + unsuback(version, "11")], "connected"), "packet", 1),
        ]
    for field, prop in [("user property's name", "26 ( {} ) <v>"), ("user property's value", "26 <k> ( {} )")]:
        fields += [
            (V5, f"CONNECT, {field}", lambda text, prop=prop: (["> " + connect(V5, props=prop.format(text))], [accepted(V5)], ""), "connect", 0),
            (V5, f"will, {field}", lambda text, prop=prop: (
                ["> " + connect(V5, 0x06, rest=f"{{ {prop.format(text)} }} <w> <p>")], [accepted(V5)], ""), "connect", 0),
            (V5, f"PUBLISH, {field}", lambda text, prop=prop: (
                ["> " + publish(V5, 1, props=prop.format(text))], taken(V5, 1), "connected"), "packet", 0),
            (V5, f"SUBSCRIBE, {field}", lambda text, prop=prop: (
                ["> " + subscribe(V5, props=prop.format(text))], ["< " + suback(V5)], "connected"), "packet", 0),
            (V5, f"UNSUBSCRIBE, {field}", lambda text, prop=prop: (
                ["> " + unsubscribe(V5, props=prop.format(text))], ["< " + unsuback(V5, "11")], "connected"), "packet", 0),
        ]
    for field, prop in [("Content Type", "03 ( {} )"), ("Response Topic", "08 ( {} )")]:
        fields += [
            (V5, f"PUBLISH, {field}", lambda text, prop=prop: (
                ["> " + publish(V5, 1, props=prop.format(text))], taken(V5, 1), "connected"), "packet", 0),
            (V5, f"will, {field}", lambda text, prop=prop: (
                ["> " + connect(V5, 0x06, rest=f"{{ {prop.format(text)} }} <w> <p>")], [accepted(V5)], ""), "connect", 0),
        ]
    for first, name, after, number, _, answer in ACKNOWLEDGEMENTS:
        for field, prop in [("reason", "1F ( {} )"), ("user property's name", "26 ( {} ) <v>"), ("user property's value", "26 <k> ( {} )")]:
            fields.append((V5, f"{name}, {field}", lambda text, first=first, after=after, number=number, answer=answer, prop=prop: (
                [f"> {first} [ {number} 00 {{ {prop.format(text)} }} ]"], answer(V5, 0), after), "packet", 0))
    for version, field, make, kind, is_main in fields:
        for name, text in GOOD_TEXTS if is_main else [GOOD_TEXTS[place] for place in (1, 3, 7, 10)]:
            sent, answers, after = make(text)
            group.case(version, f"{field}: {name}", *sent, *answers, *PING, after=after, rules=("MQTT-1.5.4-3" if version == V5 else "MQTT-1.5.3-3") if "order mark" in name else "")
        for name, text in BAD_TEXTS if is_main else [BAD_TEXTS[place] for place in (0, 1, 5, 8, 9, 11)]:
            sent, _, after = make(text)
            # Section 1.5.4 calls ill-formed text malformed, wherever it stands.
            end = refused(version, "81") if kind == "connect" else broken(version, "81")
            rules = ("MQTT-1.5.4-2" if version == V5 else "MQTT-1.5.3-2") if name == "U+0000" else (
                "MQTT-1.5.4-1" if version == V5 else "MQTT-1.5.3-1")
            group.case(version, f"{field}: {name}", *sent, *end, after=after, rules=rules)
    for field, sent in [
        ("DISCONNECT, reason", "> E0 [ 00 {{ 1F ( {} ) }} ]"), ("DISCONNECT, user property's name", "> E0 [ 00 {{ 26 ( {} ) <v> }} ]"),
        ("DISCONNECT, user property's value", "> E0 [ 00 {{ 26 <k> ( {} ) }} ]"),
    ]:
        for name, text in BAD_TEXTS[:4]:
            group.case(V5, f"{field}: {name}", sent.format(text), "<? E0 [ 81 {*} ]", "closed", after="connected", rules="MQTT-1.5.4-1")
    return group


# --- Lengths -----------------------------------------------------------------------------------------------------

def lengths():
    group = Group("lengths", "Variable byte integers: section 1.5.5 of MQTT 5, 2.2.3 of 3.1.1.")
    # Longer forms of a length that would fit a shorter one: MQTT 5 forbids them.
    for name, first, body in [
        ("PINGREQ", "C0", ""), ("PUBLISH", "30", "0001 74 00"), ("SUBSCRIBE", "82", "0001 00 0001 74 00"), ("UNSUBSCRIBE", "A2", "0001 00 0001 74"),
        ("PUBREL", "62", "0001"), ("DISCONNECT", "E0", ""), ("PUBACK", "40", "0001"), ("PUBREC", "50", "0001"), ("PUBCOMP", "70", "0001"),
    ]:
        count = len(body.replace(" ", "")) // 2
        for size in (2, 3, 4):
            long = f"{count | 0x80:02X}" + "80" * (size - 2) + "00"
            end = ["<? E0 [ 81 {*} ]", "closed"] if name == "DISCONNECT" else broken(V5, "81")
            group.case(V5, f"{name}, its length in {size} bytes for one", f"> {first} {long} {body}".rstrip(), *end, after="connected",
                       rules="MQTT-1.5.5-1")
        for version in BOTH:
            group.case(version, f"{name}, a length of five bytes", f"> {first} 80808080 01", *(
                ["<? E0 [ 81 {*} ]", "closed"] if name == "DISCONNECT" and version == V5 else broken(version, "81")), after="connected")
    for version in BOTH:
        group.case(version, "CONNECT, a length of five bytes", "> 10 80808080 01", *refused(version, "81"))
        group.case(version, "a length that never ends", "> C0 FFFFFFFF FF", *broken(version, "81"), after="connected")
    for size in (2, 3, 4):
        body = "<MQTT> 05 02 0000 {} <c>"
        group.case(V5, f"CONNECT, its length in {size} bytes for one", f"> 10 {0x0E | 0x80:02X}{'80' * (size - 2)}00 {body}", *refused(V5, "81"),
                   rules="MQTT-1.5.5-1")
    # The same of the properties' length.
    for name, text, after, kind in [
        ("CONNECT", "10 [ <MQTT> 05 02 0000 {} <c> ]", "", "connect"), ("will", "10 [ <MQTT> 05 06 0000 {{}} <c> {} <w> <p> ]", "", "connect"),
        ("PUBLISH", "30 [ <t> {} 'm' ]", "connected", ""), ("PUBLISH of QoS 1", "32 [ <t> 0009 {} 'm' ]", "connected", ""),
        ("SUBSCRIBE", "82 [ 0001 {} <t> 00 ]", "connected", ""), ("UNSUBSCRIBE", "A2 [ 0001 {} <t> ]", "connected", ""),
        ("PUBACK", "40 [ @1 00 {} ]", "receiving 1", ""), ("PUBREC", "50 [ @1 00 {} ]", "receiving 2", ""),
        ("PUBREL", "62 [ 0009 00 {} ]", "published 2", ""), ("PUBCOMP", "70 [ @1 00 {} ]", "released 2", ""),
        ("DISCONNECT", "E0 [ 00 {} ]", "connected", "goodbye"), ("AUTH", "F0 [ 18 {} ]", "connected", ""),
    ]:
        for form in ("8000", "808000", "80808000", "8080808000", "8080808001", "FFFFFFFF7F"):
            end = (refused(V5, "81/82") if kind == "connect" else ["<? E0 [ 81/82 {*} ]", "closed"] if kind else broken(V5, "81/82"))
            group.case(V5, f"{name}, properties' length {form}", "> " + text.format(form), *end, after=after, rules="MQTT-1.5.5-1")
    for value in ("01", "7F", "8001", "FF7F", "808001", "FFFF7F", "80808001", "FFFFFF7F"):
        group.case(V5, f"Subscription Identifier {value}", "> " + subscribe(V5, props=f"0B {value}"), "< " + suback(V5), *PING, after="connected")
    for value in ("8000", "8100", "808000", "FF00", "80808000", "FFFFFF00", "8080808001", "FFFFFFFF01", "FFFFFFFF7F"):
        group.case(V5, f"Subscription Identifier {value}", "> " + subscribe(V5, props=f"0B {value}"), *broken(V5, "81"), after="connected",
                   rules="MQTT-1.5.5-1")
    return group


# --- Properties --------------------------------------------------------------------------------------------------

def matrix():
    group = Group("properties", "Every property in every packet a client can send, once and twice: section 2.2.2 of MQTT 5.")
    places = {
        "CONNECT": (lambda props: connect(V5, props=props), [accepted(V5), "open"], lambda codes: refused(V5, codes), ""),
        "WILL": (lambda props: connect(V5, 0x06, rest=f"{{ {props} }} <w> <p>"), [accepted(V5), "open"], lambda codes: refused(V5, codes), ""),
        "PUBLISH": (lambda props: publish(V5, 1, props=props), [*taken(V5, 1), *PING], lambda codes: broken(V5, codes), "connected"),
        "SUBSCRIBE": (lambda props: subscribe(V5, props=props), ["< " + suback(V5), *PING], lambda codes: broken(V5, codes), "connected"),
        "UNSUBSCRIBE": (lambda props: unsubscribe(V5, props=props), ["< " + unsuback(V5, "11"), *PING], lambda codes: broken(V5, codes), "connected"),
        "DISCONNECT": (lambda props: f"E0 [ 00 {{ {props} }} ]", ["closed"], lambda codes: [f"<? E0 [ {codes} {{*}} ]", "closed"], "connected"),
        # Without a method there is no AUTH, whatever is in it. [MQTT-4.12.0-7]
        "AUTH": (lambda props: f"F0 [ 18 {{ {props} }} ]", broken(V5, "82"), lambda codes: broken(V5, "81/82"), "connected"),
    }
    for first, name, after, number, _, answer in ACKNOWLEDGEMENTS:
        places[name] = (lambda props, first=first, number=number: f"{first} [ {number} 00 {{ {props} }} ]", [*answer(V5, 0), *PING],
                        lambda codes: broken(V5, codes), after)
    for number, name, value, allowed in PROPERTIES:
        for place, (make, good, bad, after) in places.items():
            once, twice = property_text(number, value), " ".join([property_text(number, value)] * 2)
            if place in allowed.split():
                end = good
                if place == "CONNECT" and number == 0x15:
                    end = bad("87/8C")
                elif place == "CONNECT" and number == 0x16:
                    end = bad("82")
                group.case(V5, f"{name} in {place}", "> " + make(once), *end, after=after, rules="MQTT-2.2.2-1")
                group.case(V5, f"{name} twice in {place}", "> " + make(twice), *(good if number == 0x26 else bad("82")), after=after,
                           rules="MQTT-2.2.2-1")
            else:
                # A client may name no subscription of others: that is a protocol error rather than malformed. [MQTT-3.3.4-6]
                server_only = place == "DISCONNECT" and number == 0x1C
                codes = "81/82" if server_only or (place == "PUBLISH" and number == 0x0B) else "81"
                group.case(V5, f"{name} in {place}", "> " + make(once), *bad(codes), after=after, rules="MQTT-2.2.2-1")
                group.case(V5, f"{name} twice in {place}", "> " + make(twice), *bad("81/82"), after=after, rules="MQTT-2.2.2-1")
    return group


# --- Files -------------------------------------------------------------------------------------------------------

NOTATION = """\
# How the packet corpus is written, and what its cases begin with.
#
# A case is a block of lines; a blank line ends it.
#
#   case VERSION NAME   its name, unique in its file and version
#   rules ID ...        the statements of the standard that decide it
#   after PREAMBLE      one of those below, played first
#   > BYTES             the client sends
#   < PATTERN           the broker sends this packet
#   <? PATTERN          the broker may send this packet: the standard leaves it open
#   <+ PATTERN          the broker sends this packet now or after what the client sends next
#   wait SECONDS        time goes by
#   end                 the client's socket ends without a word
#   open | closed | open or closed    what the connection is in the end
#
# Packets between two sends may come in any order, except that those of one type come in theirs; none may come that no
# line names. A letter before a line (b> b<), or after the word (open b), is another connection than the first.
#
# Bytes are pairs of hexadecimal digits. 'text' is its UTF-8. <text> is its UTF-8 behind a two-byte length, ( ... ) any
# bytes behind one, as MQTT writes strings and binary data. [ ... ] and { ... } stand behind a variable byte integer, as
# MQTT writes packets and properties. 61*100 is a byte a hundred times. @1 is a packet identifier the broker chose.
#
# In patterns, 81/82 is one byte or the other, {*} any properties, or none where the packet may end before them, and
# "or" parts two forms of a packet.
"""


def preambles():
    blocks = []
    for version in BOTH:
        ready = ["> " + connect(version), accepted(version)]
        listening = ready + ["> " + subscribe(version, "<t> 02"), "< " + suback(version, "02")]

        def block(name, lines):
            blocks.append("\n".join([f"preamble {version} {name}"] + lines))

        block("connected", ready)
        block("receiving 1", listening + ["> " + publish(version, 1), *taken(version, 1), "< " + publish(version, 1, number="@1")])
        two = listening + ["> " + publish(version, 2), *taken(version, 2), "<+ " + publish(version, 2, number="@1"), *released(version, 2)]
        block("receiving 2", two)
        block("released 2", two + ["> 50 [ @1 ]", "< " + positive(version, "62", "@1")])
        block("published 2", ready + ["> " + publish(version, 2), *taken(version, 2)])
    return NOTATION + "\n" + "\n\n".join(blocks) + "\n"


def files():
    groups = [connects(), publishes(), subscribes(), unsubscribes(), acknowledgements(), goodbyes(), texts(), lengths(), matrix()]
    texts_of_files = {group.name + ".txt": group.text() for group in groups}
    texts_of_files["preambles.txt"] = preambles()
    return groups, texts_of_files


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        print(__doc__.strip())
        sys.exit(0 if sys.argv[1] in ("-h", "--help") else 2)
    groups, wanted = files()
    if sys.argv[1:]:
        there = {name for name in os.listdir(CORPUS) if name.endswith(".txt")}
        for name in sorted(there | set(wanted)):
            path = os.path.join(CORPUS, name)
            if name not in wanted or name not in there or open(path, encoding="utf-8").read() != wanted[name]:
                sys.exit(f"corpus: {name} is not what the generator writes")
        return
    os.makedirs(CORPUS, exist_ok=True)
    for name, text in wanted.items():
        with open(os.path.join(CORPUS, name), "w", encoding="utf-8") as stream:
            stream.write(text)
    for group in groups:
        print(f"{group.name:20} {len(group.cases):5} cases")
    print(f"{'together':20} {sum(len(group.cases) for group in groups):5} cases")


if __name__ == "__main__":
    main()
