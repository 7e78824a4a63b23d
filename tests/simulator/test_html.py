from __future__ import annotations

import pytest

from bot.simulator.html import HtmlError, parse, render


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("biasa saja", "biasa saja", []),
        ("<b>a</b>", "a", [("bold", 0, 1)]),
        ("😀<strong>a😀</strong>", "😀a😀", [("bold", 2, 3)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<u>a</u><s>b</s><del>c</del>", "abc", [("underline", 0, 1), ("strikethrough", 1, 1), ("strikethrough", 2, 1)]),
        ("a &lt;b&gt; &amp; &quot;c&quot; &#65;&#x42;", 'a <b> & "c" AB', []),
        ("<b></b>kosong", "kosong", []),
        ("<B>A</b >", "A", [("bold", 0, 1)]),
        ("<tg-spoiler>x</tg-spoiler>", "x", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ("<code>a<b>b</b></code>", "ab", [("code", 0, 2)]),
        ("  \n<b>a</b> b \n", "a b", [("bold", 0, 1)]),
        ("<b>a  </b>  ", "a", [("bold", 0, 1)]),
    ],
)  # fmt: skip
def test_what_telegram_accepts_becomes_text_and_entities(source, text, entities):
    found, marks = parse(source)
    assert (found, [(m["type"], m["offset"], m["length"]) for m in marks]) == (text, entities)


def test_links_keep_their_checked_address_and_bad_ones_only_their_words():
    text, entities = parse(
        '<a href="https://kop.id?a=1&amp;b=2">x</a> <a href="javascript:1">y</a>'
    )
    assert text == "x y"
    assert entities == [
        {"type": "text_link", "offset": 0, "length": 1, "url": "https://kop.id/?a=1&b=2"}
    ]


def test_preformatted_code_carries_its_language():
    _, entities = parse('<pre><code class="language-python">x</code></pre>')
    assert entities == [{"type": "pre", "offset": 0, "length": 1, "language": "python"}]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é<h1>a</h1>", 'Unsupported start tag "h1" at byte offset 2'),
        ("a < b", "Unclosed start tag at byte offset 2"),
        ("1 <2> 3", 'Unsupported start tag "2" at byte offset 2'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<span class="x">y</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("A & B", "Unexpected character '&' at byte offset 2, write &amp;"),
        ("&nbsp;", "Unexpected character '&' at byte offset 0, write &amp;"),
        ("<a>x</a>", 'Tag "a" must have attribute "href" at byte offset 0'),
        ('<b class="x">y</b>', 'Unsupported attribute "class" in the tag "b" at byte offset 0'),
    ],
)  # fmt: skip
def test_what_telegram_forbids_is_refused_with_its_place(source, reason):
    with pytest.raises(HtmlError) as refused:
        parse(source)
    assert str(refused.value) == reason


def test_rendering_escapes_and_splits_overlaps():
    entities = [
        {"type": "bold", "offset": 0, "length": 3},
        {"type": "italic", "offset": 2, "length": 3},
        {"type": "spoiler", "offset": 5, "length": 1},
    ]
    assert render("😀<b&c", entities) == "<b>😀</b><b><i>&lt;</i></b><i>b&amp;</i>c"


def test_rendered_links_open_elsewhere_and_escape_their_address():
    html = render("x", [{"type": "text_link", "offset": 0, "length": 1, "url": 'https://a.id/"'}])
    assert html == '<a href="https://a.id/&quot;" target="_blank" rel="noopener noreferrer">x</a>'
