"""Makes the fuzzer's first inputs of the packet corpus, a folder per target."""

import hashlib, os, random

import corpus, notation

# In the order of PropertyPlace.
PLACES = ["CONNECT", "WILL", "CONNACK", "PUBLISH", "PUBACK", "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE", "UNSUBACK", "DISCONNECT", "AUTH"]
# In the order of the acknowledgement target.
FIRSTS = [0x20, 0x40, 0x50, 0x62, 0x70, 0x90, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0]
MOST = {"session": 200}

REQUESTS = [
    '{"v":1,"id":"1","cmd":"%s"}' % command for command in (
        "hello", "overview", "pools.list", "workers.list", "topics.list", "denials.list", "events.list", "log.list", "log.level.get",
        "log.level.revert")
] + [
    '{"v":1,"id":"2","cmd":"workers.list","args":{"filter":"state:ok and rate>1 or !x","sort":"-name","offset":0,"limit":5}}',
    '{"v":1,"id":"3","cmd":"watch.open","args":{"watch":"w","what":"workers","query":{"limit":10},"interval_ms":100}}',
    '{"v":1,"id":"4","cmd":"watch.open","args":{"watch":"o","what":"overview"}}',
    '{"v":1,"id":"5","cmd":"watch.close","args":{"watch":"w"}}',
    '{"v":1,"id":"6","cmd":"history.get","args":{"series":"in","seconds":60}}',
    '{"v":1,"id":"7","cmd":"kick","args":{"pool":"00000000010000000000000002","worker":"00000000030000000000000001"},"reason":"why"}',
    '{"v":1,"id":"8","cmd":"log.level.set","args":{"level":"debug","seconds":60},"dry_run":true,"issued_at":1763812800000}',
    '{"v":1,"id":"\\u00e9\\ud83d\\ude82","cmd":"overview","args":null}', '[1,-0.5e+10,true,false,null,"\\n",{}]',
]
BODIES = [
    '{"type":"heartbeat","timestamp":1,"worker_ulid":"x","busy":true}', '{"a":{"b":[1,2,{"c":"\\""}]},"timestamp":0}', "{}", "[1]", "text",
    '{"\\u0074imestamp":1}', '{"a":1,"a":2}', '{"n":1e999}', '{"s":"\\ud800"}', '{"version":"1.2","status":"idle","run":"r","metadata":{"k":"v"}}',
    "\u202e\u200b\u00b7 \u2028", '{"x":"\u00e9"}',
]


def packets(data):
    """The packets that some bytes hold, as far as they are whole."""
    while len(data) >= 2:
        body = notation.measured(data, 1)
        if body is None:
            return
        yield data[0], data[body[0]:body[1]], data[:body[1]]
        data = data[body[1]:]


def inputs():
    for case in notation.cases():
        script, identifiers = bytearray([0, 0]), {number: number for number in range(1, 9)}
        is_old = case.version == corpus.V3
        for link, what, value in case.steps:
            if what == "end":
                script += bytes([20, 0])
            if what != "send":
                continue
            data = notation.encode(value, identifiers)
            yield "fixed-header", data[:5]
            if len(data) < 48:
                script += bytes([17, len(data)]) + data
            for first, body, whole in packets(data):
                yield "packet", bytes([1 if is_old else 0]) + whole
                if first == 0x10:
                    yield "connect", body
                elif first >> 4 == 3:
                    yield "publish", bytes([(first & 15) | (0x10 if is_old else 0)]) + body
                elif first in (0x82, 0xA2):
                    yield "subscribe", bytes([(1 if is_old else 0) | (2 if first == 0xA2 else 0)]) + body
                elif first in FIRSTS:
                    yield "acknowledgement", bytes([FIRSTS.index(first) | (0x80 if is_old else 0)]) + body
        yield "session", bytes(script)
    for number, _, value, allowed in corpus.PROPERTIES:
        for place, name in enumerate(PLACES):
            text = notation.encode(notation.parse(corpus.property_text(number, value)), {})
            yield "properties", bytes([place]) + text
            yield "properties", bytes([place]) + text + text
    filters = [notation.encode(notation.parse(text), {})[2:] for _, text in corpus.GOOD_FILTERS + corpus.BAD_FILTERS + corpus.BAD_SHARES]
    for place in range(len(filters)):
        yield "filter", b"\0" + b"\xff".join(filters[place:place + 4])
        yield "filter", b"\1" + bytes((place * 7 + step * 5) % 256 for step in range(24))
    for text in REQUESTS:
        yield "admin", text.encode()
    for text in BODIES:
        yield "message-body", text.encode()
        yield "text", b"\x40" + text.encode()


def write(folder):
    """Writes at most some hundred inputs per target, the same ones every time."""
    kept = {}
    for target, data in inputs():
        if len(data) <= 1024:
            kept.setdefault(target, set()).add(data)
    for target, seeds in kept.items():
        place = os.path.join(folder, target)
        os.makedirs(place, exist_ok=True)
        chosen = random.Random(1).sample(sorted(seeds), min(len(seeds), MOST.get(target, 500)))
        wanted = {hashlib.sha1(seed).hexdigest(): seed for seed in chosen}
        for name in set(os.listdir(place)) - set(wanted):
            os.unlink(os.path.join(place, name))
        for name, seed in wanted.items():
            with open(os.path.join(place, name), "wb") as stream:
                stream.write(seed)
