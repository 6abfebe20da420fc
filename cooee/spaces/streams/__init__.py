"""Keys by which programs (OBS, a mixer) speak for people on stage."""
