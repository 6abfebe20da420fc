"""How people come in: signing up and in, devices, addresses, passkeys, providers."""
