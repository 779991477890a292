from tests.access_table import Row

ROWS: list[Row] = []
