"""From the papers of one mail to one application: pages of a form in several files, copies of a form, two different forms, lost pages."""

from __future__ import annotations

from typing import Literal

from parsers.application import PartRead, read_application
from parsers.corrections import PaperTold
from parsers.form_reading import is_unread
from parsers.paper_kinds import view_page
from parsers.values import Application, Field, FileKind, FileRead, Missing, Page, Part, PartRole, Problem, Read
from tests.parsers.form_pages import catalogue, form_page, ring, stroke

TITLE = "Application Form B - Demonstration Project"
Outcome = Literal["read", "encrypted", "damaged", "timeout"]


def _part(name: str, *pages: Page, path: str = "", outcome: Outcome = "read", role: PartRole = PartRole.PAPER, count: int = 0) -> PartRead:
    sha256 = f"{hash((name, pages)) & 0xFFFFFFFF:064x}"
    kind = FileKind.JPEG if name.endswith(".jpg") else FileKind.DOCX if name.endswith(".docx") else FileKind.PDF
    part = Part(path=path or name, name=name, declared_type="application/pdf", kind=kind, role=role, sha256=sha256, size=1, data=b"x")
    return PartRead(part=part, file=FileRead(sha256=sha256, kind=kind, outcome=outcome, pages=pages, page_count=count or len(pages)))


def _first(*, name: str = "Wing Fung Dyeing Company Limited", br: str = "12345678", confidence: float = 1.0, title: str = TITLE) -> Page:
    return form_page(
        "Cleaner Production Partnership Programme", title, f"Company Name (Eng): {name}", f"BR No.: {br}", "Business Address: 8 Hung To Road",
        "Contact Person: Chan Mei Ling", "Tel: 2345 6789", "E-mail: office@wingfung.example", "Factory Name: Wing Fung Factory",
        "Factory Address: Humen",
        confidence=confidence,
    )  # fmt: skip


def _last(*, signed: bool = True, number: int = 1, confidence: float = 1.0) -> Page:
    inks = (stroke(60, 220), ring(60, 300)) if signed else ()
    return form_page(
        "Declaration", "I declare that the information given in this application form is true and correct.", "Total Project Cost (HK$): 880,000",
        "Funding Requested (HK$): 440,000", "Commencement Date: 1 March 2025", "Completion Date: 31 August 2025", "Name of Signatory: Lee Ka Yan",
        "Authorised Signature", "", "", "", "Company Chop", "", "", "", "Date of Signature: 3 February 2025", number=number, inks=inks,
        confidence=confidence,
    )  # fmt: skip


def _application(*parts: PartRead, links: tuple[str, ...] = ()) -> Application:
    return read_application(parts, catalogue(), links=links)


def _value(field: Field | None) -> object:
    return field.value if isinstance(field, Read) else None


def test_pages_of_one_form_in_two_pictures_make_one_form() -> None:
    application = _application(_part("page 1.jpg", _first()), _part("page 2.jpg", _last()))
    assert application.form == "B"
    assert _value(application.fields["applicant.br_number"]) == "12345678"
    assert _value(application.fields["declaration.name"]) == "Lee Ka Yan"
    assert _value(application.fields["declaration.signature"]) is True
    assert application.conflicts == ()


def test_a_page_with_the_places_to_sign_alone_belongs_to_the_form_beside_it() -> None:
    rest = form_page("Authorised Signature", "", "", "", "Company Chop", inks=(stroke(60, 80), ring(60, 160)))
    application = _application(_part("page 1.jpg", _first()), _part("page 2.jpg", rest))
    assert _value(application.fields["declaration.signature"]) is True
    assert [paper.kind for paper in application.documents] == ["application_form", "application_form"]


def test_a_form_page_whose_heading_recalls_another_paper_is_a_page_of_the_form() -> None:
    rest = form_page(
        "Project Plan", "Project Title: Heat Recovery", "Commencement Date: 1 March 2025", "Completion Date: 31 August 2025",
        "Total Project Expenditure (HK$): 880,000", "Funding Requested (HK$): 440,000", "Name of Signatory: Lee Ka Yan",
        "Date of Signature: 3/2/2025",
        "Authorised Signature", "", "", "Company Chop", number=2, confidence=0.97, inks=(stroke(60, 235), ring(60, 300)),
    )  # fmt: skip
    worded = rest.model_copy(update={"words": tuple(word for word in rest.words if word.text != "Plan")})
    application = _application(_part("scan.pdf", _first(confidence=0.97), worded))
    assert [paper.kind for paper in application.documents] == ["application_form"]
    assert _value(application.fields["declaration.name"]) == "Lee Ka Yan"


def test_the_kind_that_a_person_told_of_a_file_stands() -> None:
    scan = _part("scan.pdf", _first(confidence=0.97), _last(number=2, confidence=0.97))
    told = (PaperTold(kind="application_form", first_page=1, last_page=1), PaperTold(kind="project_plan", first_page=2, last_page=2))
    application = read_application([scan], catalogue(), layouts={scan.part.sha256: told})
    assert [paper.kind for paper in application.documents] == ["application_form", "project_plan"]


def test_a_plan_headed_as_such_is_no_page_of_the_form_beside_it() -> None:
    plan = form_page(
        "Project Plan", "", "Project Title: Heat Recovery", "Objectives, schedule, equipment and budget of the project.",
        "Commencement Date: 1 March 2025",
        "Completion Date: 31 August 2025", "Total Project Expenditure (HK$): 880,000", "Methodology: plate heat exchangers are installed.", number=2,
    )  # fmt: skip
    application = _application(_part("all.pdf", _first(), plan))
    assert [paper.kind for paper in application.documents] == ["application_form", "project_plan"]


def test_a_heading_of_two_characters_is_no_misread_title_of_another_paper() -> None:
    rest = form_page(
        "四、項目", "項目名稱  熱能回收", "開始日期  2025年3月1日", "完成日期  2025年8月31日", "項目總開支(港元)  880,000", "五、聲明",
        "簽署人姓名  李嘉欣",
        number=2, confidence=0.97,
    )  # fmt: skip
    assert view_page(rest, catalogue()).like("project_plan").title < 0.5


def test_the_form_is_told_by_what_is_ticked_where_all_are_offered_below_one_another() -> None:
    offered = form_page(
        "Cleaner Production Partnership Programme", "APPLICATION FORM", "☑ On-site Improvement Assessment", "☐ Demonstration Project (i)",
        "☐ Demonstration Project (ii)", "☐ Organisation Support Initiative", "Company Name (Eng): Wing Fung Dyeing Company Limited",
        "BR No.: 12345678", "Contact Person: Chan Mei Ling", "Tel: 2345 6789", "Factory Name: Wing Fung Factory",
    )  # fmt: skip
    unboxed = offered.model_copy(update={"marks": ()})
    assert _application(_part("form.pdf", offered)).form == "A"
    assert _application(_part("form.pdf", unboxed)).form is None


def test_a_letter_with_particulars_that_the_form_has_is_no_page_of_it() -> None:
    letter = form_page("Dear Sirs,", "Tel: 3456 7890", "Authorised Signature", "", "", "Company Chop", inks=(stroke(60, 120),))
    application = _application(_part("page 1.jpg", _first()), _part("IMG_2.jpg", letter))
    assert _value(application.fields["declaration.signature"]) is None
    assert _value(application.fields["contact.phone"]) == "+85223456789"


def test_the_order_of_the_pictures_does_not_matter() -> None:
    one = _application(_part("page 1.jpg", _first()), _part("page 2.jpg", _last()))
    other = _application(_part("page 2.jpg", _last()), _part("page 1.jpg", _first()))
    assert one.fields == other.fields


def test_a_signed_scan_beside_an_unsigned_copy_is_one_signed_form() -> None:
    scan = _part("signed.pdf", _first(confidence=0.97), _last(number=2, confidence=0.97))
    copy = _part("form.docx", _first(), _last(number=2, signed=False))
    application = _application(copy, scan)
    assert _value(application.fields["declaration.signature"]) is True
    assert application.conflicts == ()


def test_a_misread_letter_in_the_scan_of_a_copy_is_no_contradiction() -> None:
    scan = _part("signed.pdf", _first(name="Wing Fung Dyeirg Company Limited", confidence=0.9))
    application = _application(_part("form.docx", _first()), scan)
    assert application.conflicts == ()
    assert _value(application.fields["applicant.name_en"]) == "Wing Fung Dyeing Company Limited"


def test_two_forms_of_different_companies_contradict_each_other() -> None:
    other = _part("form2.pdf", _first(name="Tai Lung Furniture Company Limited", br="87654321"))
    application = _application(_part("form1.pdf", _first()), other)
    assert {"applicant.name_en", "applicant.br_number"} <= set(application.conflicts)


def test_two_forms_for_different_initiatives_contradict_each_other() -> None:
    other = _part("a.pdf", _first(title="Application Form A - On-site Improvement Assessment"))
    assert "project.initiative" in _application(_part("b.pdf", _first()), other).conflicts


def test_the_same_bytes_twice_count_once() -> None:
    first, again = _part("form.pdf", _first(), path="2"), _part("form.pdf", _first(), path="3")
    application = _application(first, again)
    assert [paper.duplicate_of for paper in application.documents] == [None, "2"]


def test_an_unread_picture_may_be_the_page_that_the_form_lacks() -> None:
    application = _application(_part("page 1.jpg", _first()), _part("IMG_0002.jpg", outcome="damaged", count=1))
    assert application.form_pages_unread


def test_a_locked_paper_that_its_name_tells_is_no_page_of_the_form() -> None:
    application = _application(_part("page 1.jpg", _first()), _part("BR Certificate.pdf", outcome="encrypted", count=1))
    assert not application.form_pages_unread


def test_a_whole_form_lacks_no_page_whatever_else_could_not_be_read() -> None:
    rest = form_page(
        "Company Name (Chi): 永豐漂染有限公司", "Date of Establishment: 1/2/1999", "Position: Director", "USCC: 91441900MA12345678",
        "No. of Employees: 20", "Industry Sector: Textiles", "Type of Application: Demonstration Project (i)", "Project Title: Heat Recovery",
        "Project Summary: Heat recovery.", "Connection with the Factory: Factory in Hong Kong", "Service Provider: Kestrel Controls Limited",
        number=3,
    )  # fmt: skip
    whole = _part("form.pdf", _first(), _last(number=2), rest)
    assert not _application(whole, _part("scan0007.jpg", outcome="damaged", count=1)).form_pages_unread


def test_a_form_whose_reading_broke_off_has_pages_unread() -> None:
    broken = Page(number=2, width=0, height=0, notes=("time_limit",))
    assert _application(_part("form.pdf", _first(), broken)).form_pages_unread


def test_notes_on_how_a_page_was_read_do_not_make_it_unread() -> None:
    assert not any(is_unread(form_page("x", notes=(note,))) for note in ("text_layer_rejected", "words_hidden", "ocr_layer", "blank", "xfa"))
    assert all(is_unread(form_page("x", notes=(note,))) for note in ("time_limit", "crashed", "damaged", "too_complex", "cut_short"))


def test_without_any_form_there_is_no_form_and_nothing_unread_of_it() -> None:
    application = _application(_part("申請表.pdf", outcome="encrypted", count=1))
    assert (application.form, application.form_pages_unread) == (None, False)
    assert application.documents[0].problems == (Problem.ENCRYPTED,)


def test_a_doubtful_signature_on_one_copy_outweighs_a_clear_absence_on_the_other() -> None:
    doubtful = _last(signed=False).model_copy(update={"inks": (stroke(60, 220).model_copy(update={"colour": "red"}),)})
    application = _application(_part("page 1.jpg", _first()), _part("a.jpg", doubtful), _part("b.jpg", _last(signed=False)))
    assert application.fields["declaration.signature"].state == "unreadable"


def test_an_empty_place_on_one_page_does_not_hide_the_value_on_another() -> None:
    empty = form_page(TITLE, "Contact Person:", "Tel:", "BR No.:", "E-mail:")
    application = _application(_part("empty.docx", empty), _part("filled.pdf", _first()))
    assert _value(application.fields["contact.phone"]) == "+85223456789"


def test_decoration_is_no_paper() -> None:
    application = _application(_part("logo.jpg", _first(), role=PartRole.DECORATION))
    assert (application.form, application.documents) == (None, ())


def test_a_link_stands_for_a_paper_that_was_not_attached() -> None:
    (paper,) = _application(links=("https://drive.example/abc",)).documents
    assert paper.problems == (Problem.LINK_ONLY,)


def test_fields_of_the_form_that_nobody_read_are_missing() -> None:
    field = _application(_part("page 1.jpg", _first())).fields["project.title"]
    assert field == Missing(key="project.title")
