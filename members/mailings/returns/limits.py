"""How much has to come back before an address is left alone."""

import datetime

# A message about which nothing came back for so long has arrived.
QUIET_IS_SUCCESS = datetime.timedelta(days=1)
