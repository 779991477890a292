"""The parts of a newsletter: what they show just now, and how an editor orders them."""
