"""Form fields of a PDF: what is stored, what is shown, and where."""

from __future__ import annotations

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.values import FileKind, FileRead, Widget
from tests.parsers.built_files import form_pdf, one_page_pdf, text_pdf, with_pikepdf


def read_pdf(data: bytes) -> FileRead:
    return read_file(data, FileKind.PDF, ReadLimits())


def widgets(data: bytes) -> dict[str, Widget]:
    return {f"{widget.name}/{widget.option}" if widget.kind == "radio" else widget.name: widget for widget in read_pdf(data).pages[0].widgets}


def field(pdf: pikepdf.Pdf, name: str) -> Dictionary:
    return next(one for one in pdf.pages[0].Annots if str(one.get("/T", "")) == name)  # type: ignore[return-value]


def set_value(pdf: pikepdf.Pdf, value: str) -> None:
    """Store another value without a new appearance."""
    field(pdf, "Name").V = pikepdf.String(value)


def test_fields_are_read_with_value_label_and_place() -> None:
    found = widgets(form_pdf())
    name = found["Name"]
    assert (name.kind, name.value, name.label) == ("text", "Harbour Tools Limited", "Name of Applicant")
    assert name.box == pytest.approx((200, 842 - 755, 450, 842 - 735), abs=1)
    assert (found["Sector"].kind, found["Sector"].value) == ("choice", "Textiles")


def test_ticks_and_radio_buttons_are_on_or_off() -> None:
    found = widgets(form_pdf())
    assert (found["Agree"].on, found["Refuse"].on) == (True, False)
    assert (found["Stream/one"].on, found["Stream/two"].on) == (False, True)


def test_filled_values_are_not_words_of_the_page() -> None:
    page = read_pdf(form_pdf()).pages[0]
    assert [word.text for word in page.words] == ["Name", "of", "Applicant"]


def test_values_of_a_flattened_form_are_words_of_the_page() -> None:
    flat = with_pikepdf(form_pdf(), lambda pdf: pdf.flatten_annotations("all"))
    page = read_pdf(flat).pages[0]
    assert {"Harbour", "Tools", "Limited"} <= {word.text for word in page.words}
    assert page.widgets == ()


def test_a_value_that_shows_as_stored_has_no_other_text() -> None:
    assert widgets(form_pdf())["Name"].shown is None


def test_a_value_that_shows_another_text_gives_both() -> None:
    name = widgets(with_pikepdf(form_pdf(), lambda pdf: set_value(pdf, "Quite Another Limited")))["Name"]
    assert (name.value, name.shown) == ("Quite Another Limited", "Harbour Tools Limited")


def test_the_dress_of_an_amount_is_no_other_text() -> None:
    data = with_pikepdf(form_pdf(value="HK$450,000.00"), lambda pdf: set_value(pdf, "450000"))
    assert (widgets(data)["Name"].value, widgets(data)["Name"].shown) == ("450000", None)


def test_a_choice_gives_the_words_shown_and_the_stored_code() -> None:
    def code(pdf: pikepdf.Pdf) -> None:
        one = field(pdf, "Sector")
        one.Opt = pikepdf.Array([pikepdf.Array([pikepdf.String("08"), pikepdf.String("Textiles")])])
        one.V = pikepdf.String("08")

    sector = widgets(with_pikepdf(form_pdf(), code))["Sector"]
    assert (sector.value, sector.option, sector.shown) == ("Textiles", "08", None)


def test_a_hidden_value_shows_nothing() -> None:
    def hide(pdf: pikepdf.Pdf) -> None:
        field(pdf, "Name").F = 2

    assert widgets(with_pikepdf(form_pdf(), hide))["Name"].shown == ""


def test_names_are_joined_with_those_of_the_parents() -> None:
    def nest(pdf: pikepdf.Pdf) -> None:
        one = field(pdf, "Name")
        one.Parent = pdf.make_indirect(Dictionary(T="Applicant", FT=Name.Tx, V="From above", Parent=Dictionary(T="Form")))
        del one.V

    found = widgets(with_pikepdf(form_pdf(), nest))
    assert found["Form.Applicant.Name"].value == "From above"


def test_export_values_stand_for_numbered_states() -> None:
    def number(pdf: pikepdf.Pdf) -> None:
        one = field(pdf, "Agree")
        on = one.AP.N[next(key for key in one.AP.N.keys() if key != "/Off")]  # noqa: SIM118 (no mapping)
        one.AP.N = Dictionary({"/0": on, "/Off": on})
        one.Opt = pikepdf.Array([pikepdf.String("同意")])
        one.AS, one.V = Name("/0"), Name("/0")

    assert widgets(with_pikepdf(form_pdf(), number))["Agree"].option == "同意"


def test_a_ring_of_parents_ends() -> None:
    def ring(pdf: pikepdf.Pdf) -> None:
        one = field(pdf, "Name")
        parent = pdf.make_indirect(Dictionary(T="Parent", FT=Name.Tx))
        parent.Parent = parent
        one.Parent = parent

    assert widgets(with_pikepdf(form_pdf(), ring))["Parent.Name"].value == "Harbour Tools Limited"


def test_deeply_nested_fields_are_read_to_a_depth() -> None:
    def bury(pdf: pikepdf.Pdf) -> None:
        parent = pdf.make_indirect(Dictionary(T="top", FT=Name.Tx))
        for level in range(3000):
            parent = pdf.make_indirect(Dictionary(T=f"n{level}", Parent=parent))
        field(pdf, "Name").Parent = parent

    found = widgets(with_pikepdf(form_pdf(), bury))
    assert any(widget.value == "Harbour Tools Limited" for widget in found.values())


def test_a_turned_page_gives_fields_as_displayed() -> None:
    name = widgets(with_pikepdf(form_pdf(), lambda pdf: pdf.pages[0].rotate(90, relative=False)))["Name"]
    assert name.box == pytest.approx((735, 200, 755, 450), abs=1)


def test_a_signature_field_is_signed_or_not() -> None:
    def sign(pdf: pikepdf.Pdf, *, held: bool) -> None:
        value = Dictionary(Type=Name.Sig, ByteRange=[0, 1, 2, 3], Contents=pikepdf.String("x")) if held else None
        one = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T="Signature", Rect=[50, 100, 200, 140])
        if value is not None:
            one.V = pdf.make_indirect(value)
        pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(one)])
        pdf.Root.AcroForm = Dictionary(Fields=pdf.pages[0].Annots)

    signed = read_pdf(with_pikepdf(text_pdf("Agreement"), lambda pdf: sign(pdf, held=True)))
    unsigned = read_pdf(with_pikepdf(text_pdf("Agreement"), lambda pdf: sign(pdf, held=False)))
    assert (signed.signed, signed.pages[0].widgets[0].signed) == (True, True)
    assert (unsigned.signed, unsigned.pages[0].widgets[0].signed) == (False, False)


def xfa(pdf: pikepdf.Pdf, datasets: bytes) -> None:
    pdf.Root.AcroForm = Dictionary(XFA=pikepdf.Array([pikepdf.String("datasets"), pdf.make_stream(datasets)]), Fields=pikepdf.Array([]))
    pdf.Root.NeedsRendering = True


def test_values_of_an_xfa_form_are_read_and_its_waiting_page_is_no_content() -> None:
    datasets = (
        "<xfa:datasets xmlns:xfa='http://www.xfa.org/schema/xfa-data/1.0/'><xfa:data><f><Name>祥樂</Name></f></xfa:data></xfa:datasets>".encode()
    )
    page = read_pdf(with_pikepdf(text_pdf("Please wait..."), lambda pdf: xfa(pdf, datasets))).pages[0]
    assert [(widget.name, widget.value) for widget in page.widgets] == [("/datasets/data/f/Name", "祥樂")]
    assert page.words == ()
    assert {"xfa", "xfa_only"} <= set(page.notes)


def test_entities_in_an_xfa_form_are_not_expanded() -> None:
    datasets = b"<!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><d><n>&b;</n></d>"
    page = read_pdf(with_pikepdf(text_pdf("Please wait..."), lambda pdf: xfa(pdf, datasets))).pages[0]
    assert page.widgets == ()
    assert "xfa" in page.notes


def test_an_owner_locked_file_opens_and_one_with_a_user_password_does_not() -> None:
    locked = with_pikepdf(form_pdf(), lambda pdf: None, encryption=pikepdf.Encryption(owner="owner", user=""))
    closed = with_pikepdf(form_pdf(), lambda pdf: None, encryption=pikepdf.Encryption(owner="owner", user="secret"))
    assert widgets(locked)["Name"].value == "Harbour Tools Limited"
    assert read_pdf(closed).outcome == "encrypted"


def test_a_file_with_broken_annotations_is_read_without_them() -> None:
    annotations = b"/Annots [1 (x) << /Subtype /Widget /Rect [1 2] >> << /Subtype /Widget /FT 3 /Rect [(x) (x) (x) (x)] >> 99 0 R]"
    data = one_page_pdf(b"/MediaBox [0 0 595 842] " + annotations, b"BT /F 12 Tf 50 700 Td (Applicant) Tj ET")
    page = read_pdf(data).pages[0]
    assert [word.text for word in page.words] == ["Applicant"]
    assert page.widgets == ()
