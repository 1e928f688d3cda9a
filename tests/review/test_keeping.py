"""A case that staff put right is kept as a test case: masked, with what must be read from it; what cannot be masked is refused."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import docx
import pikepdf
import pytest

from parsers.identifiers import hkid_check_ok, uscc_check_ok
from parsers.mail import read_message
from parsers.values import FileKind, FileRead, Page, Part, PartRole, Word
from review.masked_files import CannotMask, masked_file, remade
from review.masking import Masks
from review.masking_child import remade_apart
from storage.register import case_record
from storage.staff import correct
from tests.review.conftest import Office
from tests.review.test_access import csrf_of
from tests.storage.build import NOW, application, read

WHO = ("Wong Siu Ming", "王小明")


def masks(*people: str) -> Masks:
    form = application(read("applicant.name_en", "Bright Dyeing Limited"), read("factory.name", "東莞光明染廠有限公司"))
    return Masks(form, (*WHO, *people), b"secret", frozenset({"apply@secretariat.example"}))


def nothing_more(data: bytes, kind: FileKind) -> FileRead:
    return FileRead(sha256="0" * 64, kind=kind, outcome="read", pages=(Page(number=1, width=595, height=842),))


def a_part(data: bytes, kind: FileKind, name: str = "paper") -> Part:
    return Part(path="2", name=name, declared_type="", kind=kind, role=PartRole.PAPER, sha256="1" * 64, size=len(data), data=data)


def test_names_numbers_and_addresses_become_others_of_the_same_form() -> None:
    said = (
        "Wong Siu Ming, HKID A123456(3), tel +852 3915 0488, wong@bright.example, BR 12345678-000-03-24-7, 91441900MA4W12345X, 東莞光明染廠有限公司"
    )
    made = masks().text(said)
    for known in (*WHO, "Siu", "A123456", "3915 0488", "39150488", "wong@", "bright.example", "12345678", "光明"):
        assert known not in made, known
    assert re.search(r"HKID [A-Z]\d{6}\([0-9A]\)", made)
    hkid = re.search(r"HKID (\S+),", made)
    assert hkid is not None
    assert hkid_check_ok(hkid[1]), "the check character is right"
    assert re.search(r"tel \+852 391\d \d{4},", made)
    assert re.search(r"BR \d{8}-000-03-24-7", made)
    code = re.search(r"91441900\w{10}", made)
    assert code is not None
    assert uscc_check_ok(code[0])
    assert re.search(r"東莞..染廠有限公司", made), "words that say nothing of who it is stay"


def test_one_person_has_one_stand_in_however_written() -> None:
    one = masks()
    assert one.text("WONG SIU MING").lower() == one.text("Wong Siu Ming").lower()
    assert re.sub(r"\D", "", one.text("3915 0488")) == one.text("39150488") == one.text("+85239150488")[-8:]
    assert one.text("Tel: +852 39150488")[-8:] == one.text("BR 39150488")[-8:] == one.text("39150488-000-03-24-7")[:8] == one.text("39150488")
    assert one.mail("wong@bright.example") == one.mail("WONG@bright.example")


def test_a_text_made_to_be_searched_for_ever_is_masked_in_a_moment() -> None:
    began = time.process_time()
    assert masks("Wong Siu Ming").text("a" * 200_000).startswith("aaaa")
    assert time.process_time() - began < 2


def test_ours_dates_and_amounts_stay() -> None:
    said = "apply@secretariat.example on 20240305 about HK$880,000.00 and 2024-03-05"
    assert masks().text(said) == said


def test_a_name_that_cannot_be_replaced_is_noticed() -> None:
    assert masks().left_over("光明") == ""
    assert masks().left_over("Siu knows") == "Siu"


def test_a_word_file_is_masked_where_a_name_runs_over_two_runs_and_so_is_its_author() -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("Applicant: Wong ")
    paragraph.add_run("Siu Ming").bold = True
    made.core_properties.author = "Wong Siu Ming"
    out = io.BytesIO()
    made.save(out)
    masked = masked_file(a_part(out.getvalue(), FileKind.DOCX), masks(), nothing_more, remade)
    again = docx.Document(io.BytesIO(masked))
    assert again.paragraphs[0].text.startswith("Applicant: ")
    assert "Siu" not in again.paragraphs[0].text + (again.core_properties.author or "")


def test_a_form_gets_other_values_and_loses_what_it_showed_of_them_and_who_wrote_it() -> None:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        shown = pdf.make_stream(b"BT (Wong Siu Ming) Tj ET")
        widget = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T=pikepdf.String("name"),
                               V=pikepdf.String("Wong Siu Ming"), Rect=[50, 50, 250, 70], AP=pikepdf.Dictionary(N=shown))
        )  # fmt: skip
        page.Annots = pikepdf.Array([widget])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([widget]))
        pdf.docinfo["/Author"] = "Wong Siu Ming"
        out = io.BytesIO()
        pdf.save(out)
    masked = masked_file(a_part(out.getvalue(), FileKind.PDF), masks(), nothing_more, remade)
    with pikepdf.open(io.BytesIO(masked)) as pdf:
        value = str(pdf.pages[0].Annots[0].V)
        assert "/Info" not in pdf.trailer
        assert "/AP" not in pdf.pages[0].Annots[0]
        everything = b" ".join(each.read_bytes() for each in pdf.objects if isinstance(each, pikepdf.Stream)) + masked
    assert len(value.split()) == 3
    assert b"Siu" not in everything


@pytest.mark.parametrize(("kind", "code"), [(FileKind.JPEG, "picture"), (FileKind.ZIP, "picture"), (FileKind.PDF, "print")])
def test_scans_archives_and_printed_papers_are_refused(kind: FileKind, code: str) -> None:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    with pytest.raises(CannotMask) as refused:
        masked_file(a_part(out.getvalue(), kind), masks(), nothing_more, remade)
    assert refused.value.code == code


def a_word_file(text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", text)
        made.writestr("docProps/core.xml", b">" * 1_000_000)
    return out.getvalue()


@pytest.mark.parametrize("piece", [b"<w:p >", b"<w:t ", b"<w:p ><w:t>", b"<", b"<w:p ><w:t a", b"<w:p ></w:p"])
def test_a_word_file_made_to_be_searched_for_ever_is_taken_apart_in_one_way_through(piece: bytes) -> None:
    hostile = a_word_file(piece * (1_500_000 // len(piece)))
    began = time.process_time()
    remade(a_part(hostile, FileKind.DOCX), masks())
    assert time.process_time() - began < 5


@pytest.mark.slow
def test_papers_are_taken_apart_in_a_process_of_their_own_which_may_die_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = a_part(a_word_file("<w:p ><w:t>Wong Siu Ming 王小明</w:t></w:p>".encode()), FileKind.DOCX)
    apart = remade_apart(paper, masks())
    said, here = (zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml").decode() for made in (apart, remade(paper, masks())))
    assert "王小明" not in said
    assert said == here, "the same stand-ins as here"
    with pytest.raises(CannotMask) as refused:
        remade_apart(a_part(b"PK no Word file", FileKind.DOCX), masks())
    assert refused.value.code == "not_plain"
    with pytest.raises(CannotMask) as refused:
        remade_apart(a_part(a_word_file(b"x" * 21_000_000), FileKind.DOCX), masks())
    assert refused.value.code == "picture", "too large is refused"
    monkeypatch.setattr("review.masking_child._SECONDS", 0.05)
    with pytest.raises(CannotMask) as refused:
        remade_apart(paper, masks())
    assert refused.value.code == "not_plain", "out of time is no test case, and no trouble of the site's"


def test_what_a_reader_still_sees_of_a_name_stops_the_keeping() -> None:
    def sees(data: bytes, kind: FileKind) -> FileRead:

        return FileRead(
            sha256="0" * 64, kind=kind, outcome="read", pages=(Page(number=1, width=9, height=9, words=(Word(text="Siu", box=(0, 0, 1, 1)),)),)
        )

    made = docx.Document()
    out = io.BytesIO()
    made.save(out)
    with pytest.raises(CannotMask, match="left"):
        masked_file(a_part(out.getvalue(), FileKind.DOCX), masks(), sees, remade)


@pytest.fixture
def corrected(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The flagged case with a corrected value, its form a Word file, and a folder for test cases."""
    made = docx.Document()
    made.add_paragraph("Company: Bright Dyeing Limited")
    out = io.BytesIO()
    made.save(out)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Wong Siu Ming <wong@bright.example>", "apply@secretariat.example", "Bright Dyeing: application"
    mail["Date"] = "Thu, 05 Mar 2026 10:00:00 +0800"
    mail.set_content("Dear Sirs, I am Wong Siu Ming, A123456(3). Call 9123 4567.")
    mail.add_attachment(out.getvalue(), "application", "octet-stream", filename="Wong Siu Ming form.docx")
    message = read_message(mail.as_bytes())
    monkeypatch.setattr(office.hands, "message", lambda sha256: message)
    monkeypatch.setattr(office.hands, "read", nothing_more)
    with office.desk.database.transaction() as tx:
        correct(tx, 1, "applicant.br_number", "12345679", actor="chan", at=NOW)
    desk = replace(office.desk, kept=tmp_path / "test-cases", addresses=frozenset({"apply@secretariat.example"}))
    return replace(office, desk=desk)


@pytest.mark.slow
def test_a_corrected_case_is_kept_listed_and_audited_and_holds_no_personal_data(corrected: Office, tmp_path: Path) -> None:
    client = corrected.logged_in()
    csrf = csrf_of(client.get(f"/cases/{corrected.reference}").text)
    answer = client.post(f"/cases/{corrected.reference}/keep", data={"csrf": csrf, "why": "the number was misread"})
    assert answer.status_code == 303, answer.text
    (truth,) = [json.loads(line) for line in (tmp_path / "test-cases" / "truth.jsonl").read_text("utf-8").splitlines()]
    mail = message_from_bytes((tmp_path / "test-cases" / truth["file"]).read_bytes(), policy=default)
    whole = json.dumps(truth, ensure_ascii=False) + "".join(f"{name}: {value}\n" for name, value in mail.items())
    whole += "".join(str(part.get_content()) for part in mail.walk() if part.get_content_type() == "text/plain") + str(mail.get_body())
    for known in ("Wong", "Siu", "Bright", "bright.example", "12345678", "A123456", "9123 4567"):
        assert known not in whole.replace(truth["kept"]["reference"], ""), known
    assert truth["application"]["verdict"] == "review"
    assert truth["message"]["class"] == "application"
    page = client.get("/test-cases").text
    assert truth["file"] in page
    assert "the number was misread" in page
    with corrected.desk.database.reading() as tx:
        record = case_record(tx, corrected.reference)
        assert record is not None
        assert any(entry.action == "test case kept" for entry in record.history)
    again = client.post(f"/cases/{corrected.reference}/keep", data={"csrf": csrf})
    assert again.status_code == 303
    assert len((tmp_path / "test-cases" / "truth.jsonl").read_text("utf-8").splitlines()) == 1, "kept anew, and not twice"


def test_a_reader_keeps_nothing_and_a_case_on_which_nobody_said_anything_is_not_kept(corrected: Office, office: Office, tmp_path: Path) -> None:
    client = corrected.logged_in("ho")
    csrf = csrf_of(client.get("/learning").text)
    assert client.post(f"/cases/{corrected.reference}/keep", data={"csrf": csrf}).status_code == 403
    assert not (tmp_path / "test-cases").exists()


@pytest.mark.slow
def test_a_case_with_a_scan_is_refused_with_its_reason(office: Office, tmp_path: Path) -> None:
    with office.desk.database.transaction() as tx:
        correct(tx, 1, "applicant.br_number", "12345679", actor="chan", at=NOW)
    site = replace(office, desk=replace(office.desk, kept=tmp_path / "test-cases"))
    client = site.logged_in()
    csrf = csrf_of(client.get("/learning").text)
    answer = client.post(f"/cases/{office.reference}/keep", data={"csrf": csrf, "why": "the scan was hard"})
    assert answer.status_code == 409
    assert "printed PDF" in answer.text
    assert 'value="the scan was hard"' in answer.text, "what was typed is still there"
    assert not (tmp_path / "test-cases").exists()
