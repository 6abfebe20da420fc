"""The only door to the media engine (Rust)."""
