//! cooee-load: listeners and speakers by the thousand, for benchmarks and tests.
fn main() {}
