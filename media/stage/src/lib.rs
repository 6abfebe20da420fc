//! Who hears whom: slots, talk detection, permissions and epochs. Pure: time is an argument.
