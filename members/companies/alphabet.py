"""Alphabetical order as Norwegians know it, without ICU: by a column that the database fills in."""

from django.db.models import CharField, F, Func, Value
from django.db.models.functions import Lower, Replace

# Æ, ø, å come after z, and Aa sorts as Å. The signs { | } come right after z in the C collation, which
# every server has; ICU, which would know this by itself, the embedded one has not.
_LETTERS = "ÆæÄäØøÖöÅåÉéÈèÊêÜüÓóÔôÁáÀàÇçÑñ"
_SORTED_AS = "{{{{||||}}eeeeeeyyooooaaaaccnn"


def norwegian_order(field: str, max_length: int = 200) -> Replace:
    """Return the expression of a generated column, in the C collation, that sorts `field` as in Norway."""
    plain = Func(
        F(field),
        Value(_LETTERS),
        Value(_SORTED_AS),
        function="translate",
        output_field=CharField(max_length=max_length),
    )
    return Replace(Lower(plain), Value("aa"), Value("}"))
