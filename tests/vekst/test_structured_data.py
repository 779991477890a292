import json

from vekst.structured_data import json_ld


def test_no_text_ends_the_script_element():
    data = {"name": "</script><!-- & æøå"}

    text = json_ld(data)

    assert not set("<>&") & set(text)
    assert "æøå" in text
    assert json.loads(text) == data
