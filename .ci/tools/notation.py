"""Reads the packet corpus: its notation is explained in Tests/ConformanceTests/Corpus/preambles.txt."""

import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CORPUS = os.path.join(ROOT, "Tests", "ConformanceTests", "Corpus")


def variable(value):
    out = bytearray()
    while True:
        value, low = divmod(value, 128)
        out.append(low | (128 if value else 0))
        if not value:
            return bytes(out)


def measured(data, at):
    """What stands behind a length: (start, end), or None while that is not whole."""
    length = 0
    for place in range(4):
        if at + place >= len(data):
            return None
        length |= (data[at + place] & 127) << (7 * place)
        if data[at + place] < 128:
            start = at + place + 1
            return (start, start + length) if start + length <= len(data) else None
    return None


def parse(text):
    """Pieces: ("byte", [values]), ("counted", pieces), ("measured", pieces), ("any",), ("id", number)."""
    data = text.encode()
    at = 0

    def pieces(closing):
        nonlocal at
        found = []
        while at < len(data):
            letter = chr(data[at])
            at += 1
            if letter == closing:
                return found
            if letter == " ":
                continue
            if letter in "<'":
                end = data.index(ord(">" if letter == "<" else "'"), at)
                inner = [("byte", [byte]) for byte in data[at:end]]
                at = end + 1
                found += [("counted", inner)] if letter == "<" else inner
            elif letter == "(":
                found.append(("counted", pieces(")")))
            elif letter == "[":
                found.append(("measured", pieces("]")))
            elif letter == "{" and data[at:at + 2] == b"*}":
                at += 2
                found.append(("any",))
            elif letter == "{":
                found.append(("measured", pieces("}")))
            elif letter == "@":
                found.append(("id", number()))
            else:
                at -= 1
                values = [byte()]
                while data[at:at + 1] == b"/":
                    at += 1
                    values.append(byte())
                count = 1
                if data[at:at + 1] == b"*":
                    at += 1
                    count = number()
                found += [("byte", values)] * count
        assert closing is None, text
        return found

    def number():
        nonlocal at
        start = at
        while at < len(data) and chr(data[at]).isdigit():
            at += 1
        return int(data[start:at])

    def byte():
        nonlocal at
        at += 2
        return int(data[at - 2:at], 16)

    return pieces(None)


def encode(pieces, identifiers):
    out = bytearray()
    for piece in pieces:
        if piece[0] == "byte":
            out.append(piece[1][0])
        elif piece[0] == "counted":
            body = encode(piece[1], identifiers)
            out += len(body).to_bytes(2, "big") + body
        elif piece[0] == "measured":
            body = encode(piece[1], identifiers)
            out += variable(len(body)) + body
        elif piece[0] == "id":
            out += identifiers[piece[1]].to_bytes(2, "big")
        else:
            raise ValueError("{*} stands for nothing that can be sent")
    return bytes(out)


def matches(pieces, data, identifiers):
    """Whether the bytes are of this pattern, to their end; identifiers seen for the first time are captured."""
    at = 0
    for piece in pieces:
        if piece[0] == "byte":
            if at >= len(data) or data[at] not in piece[1]:
                return False
            at += 1
        elif piece[0] == "counted":
            end = at + 2 + int.from_bytes(data[at:at + 2], "big")
            if len(data) < max(end, at + 2) or not matches(piece[1], data[at + 2:end], identifiers):
                return False
            at = end
        elif piece[0] in ("measured", "any"):
            if piece[0] == "any" and at == len(data):
                continue
            body = measured(data, at)
            if body is None or (piece[0] == "measured" and not matches(piece[1], data[body[0]:body[1]], identifiers)):
                return False
            at = body[1]
        else:
            number = int.from_bytes(data[at:at + 2], "big")
            if len(data) < at + 2 or number == 0 or identifiers.setdefault(piece[1], number) != number:
                return False
            at += 2
    return at == len(data)


class Case:
    def __init__(self, file, title, after, steps):
        self.file, self.version, self.after, self.steps = file, title.split(" ", 1)[0], after, steps
        self.title = title.split(" ", 1)[1]
        self.name = f"{file}: {title}"


def step(line):
    for word in ("open or closed", "closed", "open", "end"):
        if line == word or line.startswith(word + " "):
            link = line[len(word):].strip() or "a"
            return (link, "end", None) if word == "end" else (link, "state", {"open": True, "closed": False}.get(word))
    if line.startswith("wait "):
        return ("a", "wait", float(line[5:]))
    link = line[0] if line[0].isalpha() else "a"
    rest = line.lstrip("abcdefghijklmnopqrstuvwxyz")
    if rest.startswith("> "):
        return (link, "send", parse(rest[2:]))
    duty, text = rest.split(" ", 1)
    return (link, "expect", ([parse(form) for form in text.split(" or ")], text, duty))


def blocks(file):
    with open(os.path.join(CORPUS, file), encoding="utf-8") as stream:
        lines = [line.rstrip("\n") for line in stream if not line.startswith("#")]
    block = []
    for line in lines + [""]:
        if line:
            block.append(line)
        elif block:
            yield block
            block = []


def cases():
    """Every case, its preamble's steps in front of its own."""
    preambles = {}
    for block in blocks("preambles.txt"):
        if block[0].startswith("preamble "):
            preambles[block[0][len("preamble "):]] = [step(line) for line in block[1:]]
    for file in sorted(os.listdir(CORPUS)):
        if not file.endswith(".txt") or file == "preambles.txt":
            continue
        for block in blocks(file):
            title, after, steps = block[0][len("case "):], "", []
            for line in block[1:]:
                if line.startswith("after "):
                    after = line[len("after "):]
                    steps = list(preambles[title.split(" ", 1)[0] + " " + after])
                elif not line.startswith("rules "):
                    steps.append(step(line))
            yield Case(file, title, after, steps)
