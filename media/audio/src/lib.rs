//! Sound: levels, jitter, decoding, mixing, encoding and frame length. Pure: time is an argument.
