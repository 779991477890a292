"""What each part of the portal proposes for the weekly post. Registered by `register` when the site starts."""
