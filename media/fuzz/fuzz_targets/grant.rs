#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let key: Vec<u8> = (0..32).collect();
    if let Ok(text) = std::str::from_utf8(data) {
        _ = cooee_engine::GrantKey::new(&key).verify(text, "feed", 1_795_000_000);
    }
});
