"""LIX and long sentences, held against numbers counted by hand."""

import pytest

from members.posts import checks
from members.posts.checks.marking import mark_long_sentences
from members.posts.checks.readability import blocks_of, lix, measure, sentence_spans
from tests.members.posts.factories import PostFactory, PostItemFactory

LONG = (
    "Det var så mange som ville være med på turen opp til gruvene denne gangen at vi måtte leie to "
    "busser til, og enda sto det folk igjen på torget da vi kjørte."
)


def test_the_formula():
    # Twenty words in two sentences, five of them long: 20 / 2 + 100 × 5 / 20.
    assert lix(words=20, sentences=2, long_words=5) == 35
    assert lix(words=0, sentences=0, long_words=0) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vi møttes kl. 14. Det ble fint.", 2),
        ("Møtet er 12. januar kl. 14.30 i Krona.", 1),
        ("Over 30 kom. Kaffen tok slutt! Hva nå?", 3),
        ("Spørsmålet var: Hvem flytter hit?", 2),
        ("Vi fikk f.eks. Kaffe og kake.", 1),
        ("«Vi vokser.» Det sa lederen.", 2),
        ("Ordfører K. Berg åpnet", 1),
        ("Uten punktum", 1),
        ("", 0),
        ("   ", 0),
    ],
)
def test_where_sentences_end(text: str, expected: int):
    assert len(list(sentence_spans(text))) == expected


def test_lists_and_paragraphs_end_sentences():
    found = measure(blocks_of("<p>En kort linje</p><ul><li>kaffe</li><li>kake</li></ul>"))

    assert (found.words, found.sentences, found.lix) == (5, 3, None)
    assert found.label == "for kort til å måles"


def test_a_known_text():
    sentence = "Kommunen inviterer alle næringsdrivende til frokost på torsdag. "
    found = measure([sentence * 6])

    # Eight words, five long: 8 + 62.5.
    assert (found.words, found.sentences, found.lix) == (48, 6, 70)
    assert found.label == "svært vanskelig"


def test_hostile_text_costs_no_more_than_its_length():
    assert measure(["." * 20_000 + "A" + ". " * 20_000]).words == 1
    assert mark_long_sentences("<p>" + "<strong>a" * 3_000).count("a") >= 3_000


@pytest.mark.django_db
def test_the_long_sentence_is_told_with_its_piece():
    item = PostItemFactory.create(body=f"<p>Kort. {LONG}</p>", post=PostFactory.create(week=11))

    (problem,) = checks.check_post(item.post)

    assert (problem.code, problem.item_id, problem.is_blocking) == ("long-sentence", item.pk, False)
    assert "33 ord" in problem.text


def test_a_long_sentence_is_marked_through_links_and_emphasis():
    words = " ".join(["ord"] * 20)
    html = f'<p>Kort. Her er <a href="/jobb/">{words}</a> og {words}. Kort & godt.</p><p>Ny.</p>'

    marked = mark_long_sentences(html)

    assert marked.count("<mark") == 3
    assert ">Her er </mark><a" in marked
    assert f'<mark title="Lang setning: 43 ord">{words}</mark></a>' in marked
    assert "Kort &amp; godt." in marked
    assert marked.startswith("<p>Kort. <mark")


def test_marking_lets_no_script_through():
    words = " ".join(["ord"] * 40)

    marked = mark_long_sentences(
        f"<p>{words} &lt;script&gt;x()&lt;/script&gt;<script>y()</script></p>"
    )

    assert "<script>" not in marked
    assert "&lt;script&gt;" in marked
