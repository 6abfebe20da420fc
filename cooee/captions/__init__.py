"""Live subtitles of those who agreed to it, for those who switched them on."""
