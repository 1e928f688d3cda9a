"""What a form field shows wins over what it stores; where the two differ, or viewers would, staff are told."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from parsers.form_widgets import shown_text
from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.scan_reading import PictureReaders
from parsers.values import FileKind, Page, Widget
from tests.parsers.built_files import form_pdf, one_page_pdf, text_pdf, with_pikepdf

SURE = 0.9


@pytest.fixture(autouse=True)
def only_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are not searched for cells, ticks and codes: that takes most of the time and is tested elsewhere."""
    monkeypatch.setattr(PictureReaders, "see", lambda self, page, picture: page)


def page_of(data: bytes) -> Page:
    return read_file(data, FileKind.PDF, ReadLimits()).pages[0]


def field(pdf: pikepdf.Pdf, name: str = "Name") -> Dictionary:
    return next(one for one in pdf.pages[0].Annots if str(one.get("/T", "")) == name)  # type: ignore[return-value]


def widget_of(data: bytes, name: str = "Name") -> Widget:
    return next(widget for widget in page_of(data).widgets if widget.name.endswith(name))


def look(pdf: pikepdf.Pdf, content: bytes, box: tuple[float, float] = (250, 20)) -> pikepdf.Stream:
    """An appearance in Helvetica."""
    made = pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Form)
    made.BBox = Array([0, 0, *box])
    made.Resources = Dictionary(Font=Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)))
    return made


@pytest.mark.parametrize(("flags", "hidden"), [(2, True), (32, True), (32 | 4, True), (4, False), (0, False), (64, False)])
def test_a_field_that_is_hidden_or_for_print_only_is_not_seen(flags: int, hidden: bool) -> None:
    def flag(pdf: pikepdf.Pdf) -> None:
        field(pdf).F = flags

    widget = widget_of(with_pikepdf(form_pdf(), flag))
    assert widget.hidden is hidden
    text, certainty = shown_text(widget)
    assert (text is None, certainty < SURE) == (hidden, hidden)


@pytest.mark.parametrize("rect", [[0, 0, 0, 0], [-300, 100, -100, 120], [100, 2000, 300, 2020]])
def test_a_field_without_extent_or_off_the_page_is_not_seen(rect: list[int]) -> None:
    def move(pdf: pikepdf.Pdf) -> None:
        field(pdf).Rect = Array(rect)

    assert widget_of(with_pikepdf(form_pdf(), move)).hidden


def test_an_appearance_that_shows_nothing_where_a_value_is_stored_leaves_a_doubt() -> None:
    def empty(pdf: pikepdf.Pdf) -> None:
        field(pdf).AP = Dictionary(N=look(pdf, b"/Tx BMC EMC"))

    widget = widget_of(with_pikepdf(form_pdf(), empty))
    assert (widget.value, widget.shown, widget.contradictory) == ("Harbour Tools Limited", "", True)
    assert shown_text(widget)[1] < SURE


def test_a_value_without_any_appearance_is_what_every_viewer_draws() -> None:
    """Programs that fill forms often leave the appearance to the viewer."""

    def undress(pdf: pikepdf.Pdf) -> None:
        del field(pdf).AP

    widget = widget_of(with_pikepdf(form_pdf(), undress))
    assert (widget.value, widget.contradictory) == ("Harbour Tools Limited", False)
    assert shown_text(widget)[0] == "Harbour Tools Limited"
    assert shown_text(widget)[1] > SURE


def test_an_empty_appearance_is_no_doubt_where_viewers_are_told_to_draw_anew() -> None:
    def renew(pdf: pikepdf.Pdf) -> None:
        field(pdf).AP = Dictionary(N=look(pdf, b""))
        pdf.Root.AcroForm.NeedAppearances = True

    assert not widget_of(with_pikepdf(form_pdf(), renew)).contradictory


def test_an_old_appearance_is_a_doubt_even_where_viewers_are_told_to_draw_anew() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        field(pdf).V = String("Quite Another Limited")
        pdf.Root.AcroForm.NeedAppearances = True

    widget = widget_of(with_pikepdf(form_pdf(), change))
    assert (widget.value, widget.shown, widget.contradictory) == ("Quite Another Limited", "Harbour Tools Limited", True)


def test_white_letters_in_a_field_are_not_what_it_shows() -> None:
    def whiten(pdf: pikepdf.Pdf) -> None:
        field(pdf).AP = Dictionary(N=look(pdf, b"/Tx BMC BT /F 12 Tf 1 g 2 5 Td (Harbour Tools Limited) Tj ET EMC"))

    widget = widget_of(with_pikepdf(form_pdf(), whiten))
    assert (widget.shown, widget.contradictory) == ("", True)


def test_a_number_in_a_comb_is_the_number() -> None:
    combed = (
        b"/Tx BMC BT /F 12 Tf " + b" ".join(b"%d 0 Td (%s) Tj" % (4 if n == 0 else 30, c.encode()) for n, c in enumerate("12345678")) + b" ET EMC"
    )

    def comb(pdf: pikepdf.Pdf) -> None:
        one = field(pdf)
        one.V, one.MaxLen, one.Ff = String("12345678"), 8, 1 << 24
        one.AP = Dictionary(N=look(pdf, combed.replace(b"4 0 Td", b"4 5 Td", 1)))

    widget = widget_of(with_pikepdf(form_pdf(), comb))
    assert (widget.value, widget.shown, widget.contradictory) == ("12345678", None, False)


def test_a_long_address_cut_off_by_its_box_is_no_contradiction_but_a_cut_number_is() -> None:
    def shorten(pdf: pikepdf.Pdf, stored: str, seen: str) -> None:
        one = field(pdf)
        one.V = String(stored)
        one.AP = Dictionary(N=look(pdf, b"/Tx BMC BT /F 12 Tf 2 5 Td (%s) Tj ET EMC" % seen.encode()))

    address = widget_of(
        with_pikepdf(form_pdf(), lambda pdf: shorten(pdf, "Unit 5, Wing Hing Industrial Building, Kwun Tong", "Unit 5, Wing Hing Indus"))
    )
    number = widget_of(with_pikepdf(form_pdf(), lambda pdf: shorten(pdf, "123456789012", "12345678")))
    assert (address.shown, address.contradictory) == (None, False)
    assert (number.shown, number.contradictory) == ("12345678", True)


def test_rich_text_that_says_something_else_than_the_plain_value_is_a_doubt() -> None:
    def enrich(pdf: pikepdf.Pdf, text: str) -> None:
        field(pdf).RV = String(f'<body xmlns="http://www.w3.org/1999/xhtml"><p><b>{text}</b></p></body>')

    assert not widget_of(with_pikepdf(form_pdf(), lambda pdf: enrich(pdf, "Harbour Tools Limited"))).contradictory
    assert widget_of(with_pikepdf(form_pdf(), lambda pdf: enrich(pdf, "Quite Another Limited"))).contradictory


def test_a_tick_box_that_looks_otherwise_than_its_field_says_is_a_doubt() -> None:
    def unlike(pdf: pikepdf.Pdf) -> None:
        field(pdf, "Agree").AS = Name.Off

    def undrawn(pdf: pikepdf.Pdf) -> None:
        one = field(pdf, "Agree")
        one.AP = Dictionary(N=Dictionary(Off=look(pdf, b"", (12, 12))))

    assert not widget_of(form_pdf(), "Agree").contradictory
    off = widget_of(with_pikepdf(form_pdf(), unlike), "Agree")
    assert (off.on, off.contradictory) == (False, True)
    assert widget_of(with_pikepdf(form_pdf(), undrawn), "Agree").contradictory


def test_a_tick_that_paints_nothing_is_a_doubt() -> None:
    def invisible(pdf: pikepdf.Pdf) -> None:
        one = field(pdf, "Agree")
        states = {str(key): look(pdf, b"", (12, 12)) for key in one.AP.N.keys()}  # noqa: SIM118 (no mapping)
        one.AP.N = Dictionary(states)

    widget = widget_of(with_pikepdf(form_pdf(), invisible), "Agree")
    assert (widget.on, widget.contradictory) == (True, True)


def dataset(pdf: pikepdf.Pdf, text: str, *, whole: bool = False) -> None:
    data = f"<xfa:datasets xmlns:xfa='http://www.xfa.org/schema/xfa-data/1.0/'><xfa:data><f><Name>{text}</Name></f></xfa:data></xfa:datasets>"
    packed = f"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'>{data}</xdp:xdp>" if whole else data
    stream = pdf.make_stream(packed.encode())
    pdf.Root.AcroForm.XFA = stream if whole else Array([String("datasets"), stream])


@pytest.mark.parametrize("whole", [False, True])
def test_a_form_of_two_kinds_whose_values_differ_is_a_doubt(whole: bool) -> None:
    """Some viewers show the XFA form, others the fields of the page."""
    assert not widget_of(with_pikepdf(form_pdf(), lambda pdf: dataset(pdf, "Harbour Tools Limited", whole=whole))).contradictory
    assert widget_of(with_pikepdf(form_pdf(), lambda pdf: dataset(pdf, "Quite Another Limited", whole=whole))).contradictory


def test_a_waiting_page_without_any_fields_is_no_content_even_where_the_file_does_not_say_so() -> None:
    def dynamic(pdf: pikepdf.Pdf) -> None:
        pdf.Root.AcroForm = Dictionary(Fields=Array([]))
        dataset(pdf, "Harbour Tools Limited")

    page = page_of(with_pikepdf(text_pdf("Please wait..."), dynamic))
    assert page.words == ()
    assert "xfa_only" in page.notes
    assert [widget.value for widget in page.widgets] == ["Harbour Tools Limited"]


# ---------------------------------------------------------------- what people put on top of a flat form


def annotated(subtype: Name, rect: list[int], *, content: bytes | None, contents: str = "") -> bytes:
    def add(pdf: pikepdf.Pdf) -> None:
        one = Dictionary(Type=Name.Annot, Subtype=subtype, Rect=Array(rect), F=4, Contents=String(contents))
        if subtype == Name.FreeText:
            one.DA = String("/Helv 12 Tf")
        if content is not None:
            one.AP = Dictionary(N=look(pdf, content, (rect[2] - rect[0], rect[3] - rect[1])))
        pdf.pages[0].Annots = Array([pdf.make_indirect(one)])

    return with_pikepdf(text_pdf("BR No."), add)


@pytest.mark.parametrize("subtype", [Name.FreeText, Name.Stamp])
def test_what_a_viewers_typewriter_or_stamp_puts_on_a_flat_form_is_read_where_it_stands(subtype: Name) -> None:
    page = page_of(annotated(subtype, [200, 735, 320, 755], content=b"BT /F 12 Tf 2 5 Td (12345678) Tj ET"))
    assert [word.text for word in page.words] == ["BR", "No.", "12345678"]
    assert page.words[2].box == pytest.approx((202, 92, 256, 103), abs=3)
    assert page.notes == ()


def test_a_typed_note_shows_its_appearance_not_its_contents() -> None:
    page = page_of(annotated(Name.FreeText, [200, 735, 320, 755], content=b"BT /F 12 Tf 2 5 Td (12345678) Tj ET", contents="87654321"))
    assert [word.text for word in page.words] == ["BR", "No.", "12345678"]


def test_a_typed_note_that_leaves_its_look_to_the_viewer_is_read_without_confidence() -> None:
    page = page_of(annotated(Name.FreeText, [200, 735, 320, 755], content=None, contents="12345678"))
    word = page.words[-1]
    assert word.text == "12345678"
    assert word.box == pytest.approx((202, 87, 250, 101), abs=10)
    assert word.confidence < SURE
    assert word.line == page.words[0].line


def test_a_note_for_the_margin_is_not_on_the_page() -> None:
    page = page_of(annotated(Name.Text, [200, 735, 220, 755], content=None, contents="Please check 87654321"))
    assert [word.text for word in page.words] == ["BR", "No."]


def test_a_signature_drawn_with_a_viewers_pen_is_ink() -> None:
    page = page_of(annotated(Name.Ink, [200, 600, 320, 640], content=b"2 w 0 0 0.6 RG 5 5 m 30 35 60 0 90 30 c 110 20 l S"))
    assert any(ink.kind == "annotation" and ink.colour == "blue" for ink in page.inks)


# ---------------------------------------------------------------- digital signatures


def signed(data: bytes) -> bytes:
    """The file with a signature field over all of it (the signature itself is not looked at)."""

    def sign(pdf: pikepdf.Pdf) -> None:
        value = Dictionary(
            Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), ByteRange=Array([0, 1111111111, 2222222222, 3333333333]), Contents=String("x")
        )
        one = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T="Signature", Rect=Array([0, 0, 0, 0]), V=pdf.make_indirect(value))
        pdf.pages[0].Annots = Array([pdf.make_indirect(one)])
        pdf.Root.AcroForm = Dictionary(Fields=pdf.pages[0].Annots)

    out = with_pikepdf(data, sign, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    for mark, number in ((b"1111111111", len(out) - 20), (b"2222222222", len(out) - 10), (b"3333333333", 10)):
        out = out.replace(mark, str(number).rjust(10).encode())
    return out


def updated(data: bytes, content: bytes | None) -> bytes:
    """The file with a revision added behind its end: another content of its page, or nothing but an unused object."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        number = pdf.pages[0].Contents.objgen[0] if content is not None else len(pdf.objects) + 1
        size = len(pdf.objects) + 2
        root = pdf.Root.objgen[0]
    body = content if content is not None else b"validation data"
    start = len(data)
    new = b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (number, len(body), body)
    previous = int(data[data.rindex(b"startxref") + 9 :].split()[0])
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n" % (number, start, size, root, previous)
    return data + new + table + b"startxref\n%d\n%%%%EOF\n" % (start + len(new))


SIGNED = b"BT /F 12 Tf 50 700 Td (Total cost 440000) Tj ET"


def test_a_page_changed_after_it_was_signed_says_so() -> None:
    data = signed(one_page_pdf(content=SIGNED))
    read = read_file(updated(data, SIGNED.replace(b"440000", b"880000")), FileKind.PDF, ReadLimits())
    assert read.signed
    assert read.pages[0].notes == ("changed_after_signing",)
    assert [word.text for word in read.pages[0].words] == ["Total", "cost", "880000"]


def test_what_is_added_to_a_signed_file_without_showing_is_no_change() -> None:
    data = signed(one_page_pdf(content=SIGNED))
    assert page_of(data).notes == ()
    assert page_of(updated(data, None)).notes == ()


def test_a_pdf_that_holds_other_files_says_so() -> None:
    plain = one_page_pdf(content=SIGNED)
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        pdf.attachments["quotation.pdf"] = plain
        out = io.BytesIO()
        pdf.save(out)
    assert read_file(out.getvalue(), FileKind.PDF, ReadLimits()).pages[0].notes == ("holds_files",)
    assert read_file(plain, FileKind.PDF, ReadLimits()).pages[0].notes == ()
