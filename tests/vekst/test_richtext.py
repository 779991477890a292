"""What pasted and sent HTML becomes: words and layout stay, the rest goes."""

import pytest

from vekst.richtext import plain_text, sanitise

# As Word 365 puts it on the clipboard.
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><title>Utkast</title>
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]-->
<style><!-- p.MsoNormal {mso-style-parent:""; font-family:"Calibri"} --></style></head><body>
<xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml>
<!--StartFragment--><h1 style='mso-margin-top-alt:auto'>Frokostm&oslash;te</h1>
<p class=MsoNormal style='margin-bottom:8.0pt;mso-fareast-language:NO'><b style='mso-bidi-font-weight:normal'>Over 30</b>
<span style='color:red'>var med.</span><o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span></span><![endif]>Lokaler<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><!--[if !supportLists]--><span>·</span><!--[endif]-->Buss</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span>1.<span>&nbsp;</span></span><![endif]>Først</p>
<p class=MsoNormal><a href="https://kongsberg.no/"><i>Kommunen</i></a></p><!--EndFragment--></body></html>"""


def test_a_text_from_word_keeps_words_lists_and_emphasis_alone():
    found = sanitise(WORD)

    assert "<h2>Frokostmøte</h2>" in found
    assert "<strong>Over 30</strong>" in found
    assert "<ul><li>Lokaler</li><li>Buss</li></ul>" in found.replace("\n", "")
    assert "<ol><li>Først</li></ol>" in found
    assert "<em>Kommunen</em></a>" in found
    assert 'href="https://kongsberg.no/"' in found
    for rest in ("mso", "Mso", "style", "class", "o:p", "<!", "xml", "Normal", "·", "Utkast"):
        assert rest not in found, rest
    assert "<p></p>" not in found
    assert sanitise(found) == found


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">trykk</a>',
        '<a href="JaVa\tScript:alert(1)">trykk</a>',
        '<a href="data:text/html,<script>alert(1)</script>">trykk</a>',
        '<p onclick="alert(1)">tekst</p>',
        "<svg><script>alert(1)</script></svg>",
        "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<p class=MsoNormal><!--[if mso]><script>alert(1)</script><![endif]-->tekst</p>",
        "<p style='mso-list:l0'><![if !supportLists]><script>alert(1)</script><![endif]>tekst</p>",
        "<p class=MsoNormal><b onmouseover=alert(1)>tekst</b><scr<!-- -->ipt>alert(1)</scr<!-- -->ipt></p>",
    ],
)
def test_nothing_that_runs_comes_through(html: str):
    found = sanitise(html).lower()

    for danger in ("<script", "onerror", "onclick", "onmouseover", "javascript:", "data:", "<svg"):
        assert danger not in found
    assert "<iframe" not in found
    assert "<img" not in found


def test_plain_words_and_our_own_html_stay_as_they_are():
    ours = "<p>Over 30 var med, og <strong>praten</strong> gikk.</p><ul><li>Én</li></ul>"
    assert sanitise(ours) == ours
    assert sanitise("Bare ord & tall < 3") == "Bare ord &amp; tall &lt; 3"
    assert plain_text(ours) == "Over 30 var med, og praten gikk. Én"


def test_a_long_text_from_word_is_cleaned_at_once():
    many = "<p class=MsoNormal style='mso-list:l0'><!--" * 3000 + "<b>" * 3000

    assert "mso" not in sanitise(many)
