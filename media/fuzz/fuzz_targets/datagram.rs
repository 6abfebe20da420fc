#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cooee_session::fuzz::datagram(data));
