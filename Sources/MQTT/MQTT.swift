// The codec: bytes to packets and back.
