"""Lists of subscribers as files: read, judged, taken in with proof of consent, and taken out."""
