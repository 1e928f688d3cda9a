"""The programme's folder: the shipped one is good, and every slip of the pen is refused with file, line and the way out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import opencc
import pytest

from checks.wording import CASES, COMMON_CASES
from intake.programme import Programme, ProgrammeError, hash_of, load_programme
from parsers.values import Language


@pytest.fixture(scope="module")
def shipped() -> Programme:
    return load_programme()


@pytest.fixture
def folder(shipped: Programme, tmp_path: Path) -> Path:
    """A copy that a programme officer may spoil."""
    copy = tmp_path / "programme"
    shutil.copytree(shipped.path, copy)
    return copy


def change(folder: Path, file: str, old: str, new: str) -> int:
    """Replaces the first ``old`` by ``new``; the line where it stood."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def refusal(folder: Path) -> ProgrammeError:
    with pytest.raises(ProgrammeError) as raised:
        load_programme(folder)
    return raised.value


# ------------------------------------------------------------------ the shipped programme


def test_the_shipped_programme_is_good_and_has_words_for_every_case_of_every_check(shipped: Programme) -> None:
    rules = shipped.policy.rules
    assert set(rules) == set(CASES)
    for check, cases in CASES.items():
        assert set(rules[check].cases) == set(cases)
        assert rules[check].clause
    assert set(shipped.policy.common_words) == set(COMMON_CASES)


def test_words_are_in_their_own_language_and_script(shipped: Programme) -> None:
    to_simplified, to_traditional = opencc.OpenCC("t2s"), opencc.OpenCC("s2hk")
    spoken = {f"{check} {case}": words for check, rule in shipped.policy.rules.items() for case, words in rule.cases.items()}
    for place, words in (spoken | shipped.policy.common_words).items():
        assert to_simplified.convert(words.zh_hans) == words.zh_hans, place
        assert to_traditional.convert(words.zh_hant) == words.zh_hant, place
        assert not any("\u4e00" <= character <= "\u9fff" for character in words.en), place


def test_every_required_field_and_paper_has_a_label_in_three_languages(shipped: Programme) -> None:
    policy = shipped.policy
    codes = [field.key for field in policy.required_fields] + [document.code for document in policy.required_documents]
    for code in codes:
        assert all(policy.labels[code].in_language(language) for language in Language)


def test_there_is_a_letter_set_and_a_name(shipped: Programme) -> None:
    assert shipped.letters.letters
    assert shipped.name.en == "Cleaner Production Partnership Programme"
    assert shipped.mail_words.withdrawal


# ------------------------------------------------------------------ the hash


def test_the_hash_changes_with_any_byte_and_any_name_and_only_then(folder: Path) -> None:
    before = hash_of(folder)
    assert load_programme(folder).hash == before == hash_of(folder)
    change(folder, "editions.toml", "450_000", "460_000")
    changed = hash_of(folder)
    assert changed != before
    change(folder, "editions.toml", "460_000", "450_000")
    assert hash_of(folder) == before
    (folder / "letters" / "common.toml").rename(folder / "letters" / "other.toml")
    assert hash_of(folder) not in (before, changed)


def test_an_editor_s_hidden_file_does_not_change_the_hash(folder: Path) -> None:
    before = hash_of(folder)
    (folder / ".editions.toml.swp").write_bytes(b"x")
    assert hash_of(folder) == before


def test_a_changed_ceiling_is_what_applications_are_judged_by(folder: Path) -> None:
    change(folder, "editions.toml", "ceiling_hkd = 45_000", "ceiling_hkd = 46_000")
    stream = load_programme(folder).policy.editions[-1].stream("onsite_assessment")
    assert stream is not None
    assert stream.ceiling_hkd == 46_000


# ------------------------------------------------------------------ slips of the pen

SLIPS: dict[str, tuple[str, str, str, str]] = {
    "a key misspelt": ("editions.toml", "ceiling_hkd = 25_000", "cieling_hkd = 25_000", "unknown key"),
    "a number as words": ("editions.toml", "ceiling_hkd = 25_000", 'ceiling_hkd = "a lot"', "integer"),
    "a ceiling below nothing": ("editions.toml", "ceiling_hkd = 25_000", "ceiling_hkd = -1", "greater than 0"),
    "a rate above the whole": ("editions.toml", "rate_percent = 90", "rate_percent = 190", "less than or equal to 100"),
    "a day that does not exist": ("editions.toml", "from = 2015-06-15", "from = 2015-06-31", "not good TOML"),
    "an edition without its first day": ("editions.toml", "from = 2015-06-15\n", "\n", "missing"),
    "an edition that ends before it begins": ("editions.toml", "until = 2015-03-31", "until = 2012-03-31", "ends (2012-03-31) before it begins"),
    "an initiative that nobody knows": (
        "editions.toml", '"organisation_support"', '"organization_support"', "organization_support is not an initiative"),
    "a key twice": ("editions.toml", 'code = "2015"', 'code = "2015"\ncode = "2016"', "may stand only once"),
    "an unknown field required": ("requirements.toml", 'key = "contact.phone"', 'key = "contact.telephone"', "contact.telephone is not a field"),
    "an unknown paper required": ("requirements.toml", 'code = "annual_return"', 'code = "annual_report"', "annual_report is not a document"),
    "an unknown alternative": (
        "requirements.toml", 'or_else = ["applicant.name_zh"]', 'or_else = ["applicant.name"]', "applicant.name is not a field"),
    "an unknown connection": (
        "requirements.toml", 'connections = ["gd_resident_owned"]', 'connections = ["gd_resident"]', "gd_resident is not a choice"),
    "an unknown form": ("requirements.toml", 'forms = ["A", "B", "C"]', 'forms = ["A", "B", "D"]', "'A', 'B' or 'C'"),
    "an unknown edition": ("requirements.toml", 'key = "contact.phone"', 'key = "contact.phone"\neditions = ["2099"]', "2099 is not an edition"),
    "brackets without an open one": ("requirements.toml", "  { count = 5 },\n", "", "must be open"),
    "a bracket with two bounds": ("requirements.toml", "{ below = 50_000, count = 2 }", "{ below = 50_000, up_to = 1, count = 2 }", "not both"),
    "a licence field that does not exist": ("requirements.toml", 'field = "enterprise_type"', 'field = "type"', "is not a field of that paper"),
    "a threshold above certainty": ("programme.toml", "ocr = 0.6", "ocr = 6", "less than or equal to 1"),
    "a method without a threshold": ("programme.toml", "docx = 0.3\n", "", "by_method lacks docx"),
    "a problem without a consequence": ("programme.toml", 'unsafe = { reason = "unreadable", needs = "staff" }', "", "problems lacks unsafe"),
    "a reason that does not exist": ("programme.toml", 'damaged = { reason = "damaged"', 'damaged = { reason = "broken"', "problems.damaged.reason"),
    "a sector that does not exist": (
        "programme.toml", 'sectors_for_staff = ["other"]', 'sectors_for_staff = ["others"]', "others is not a choice of factory.sector"),
    "an unknown table": ("programme.toml", "[eligibility]", "[surprises]\nx = 1\n\n[eligibility]", "unknown key surprises"),
    "a rule without words in one language": ("rules.toml", 'zh_hans = "申请表已签字。"\n', "", "missing"),
    "empty words": ("rules.toml", 'zh_hans = "申请表已签字。"', 'zh_hans = ""', "the words are empty"),
    "a misspelt placeholder": ("rules.toml", "within the limit of {limit}", "within the limit of {limits}", "{limits} is not known here"),
    "a placeholder that reaches into its value": ("rules.toml", "within the limit of {limit}", "within {limit.__class__}", "is not known here"),
    "a brace left open": ("rules.toml", "within the limit of {limit}", "within the limit of {limit", "braces do not match"),
    "a check that does not exist": (
        "rules.toml", '[rules."form.chop"]', '[rules."form.stamp"]\nclause = "x"\n\n[rules."form.chop"]', "form.stamp is not a check"),
    "a case that does not exist": ("rules.toml", '[rules."form.chop".unsure]', '[rules."form.chop".doubt]', "has no case doubt"),
    "a missing common case": ("rules.toml", "[common.waiting]", "[common.awaiting]", "has no case awaiting"),
    "a place list that is no list": ("places.toml", 'guangdong_uscc_region = "44"', 'guangdong_uscc_region = "GD"', "guangdong_uscc_region"),
    "a label that is empty": ("documents.toml", 'label = { en = "Quotation"', 'label = { en = ""', "the label is empty"),
    "an unknown key of a paper": ("documents.toml", "file_names = [", "filenames = [", "unknown key"),
    "a paper that stands twice": ("documents.toml", 'code = "annual_return"', 'code = "br_certificate"', "br_certificate stands twice"),
    "words of mails that nobody knows": ("mail.toml", "withdrawal = [", "with_drawal = [", "missing"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "said"), SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_is_refused_with_file_and_what_is_wrong(folder: Path, file: str, old: str, new: str, said: str) -> None:
    change(folder, file, old, new)
    error = refusal(folder)
    assert error.file == file
    assert said in str(error)
    assert str(error).startswith(file)


@pytest.mark.parametrize(
    "slip",
    [
        "a key misspelt",
        "a number as words",
        "an initiative that nobody knows",
        "an unknown field required",
        "an unknown alternative",
        "a threshold above certainty",
        "a reason that does not exist",
        "empty words",
        "a misspelt placeholder",
        "a case that does not exist",
        "a place list that is no list",
    ],
)
def test_a_slip_inside_an_entry_is_told_with_its_line(folder: Path, slip: str) -> None:
    file, old, new, _ = SLIPS[slip]
    line = change(folder, file, old, new)
    error = refusal(folder)
    assert error.line == line
    assert f"{file}, line {line}: " in str(error)


def test_overlapping_editions_are_refused_by_name_and_day(folder: Path) -> None:
    change(folder, "editions.toml", "until = 2020-03-31", "until = 2020-04-01")
    error = refusal(folder)
    later = (folder / "editions.toml").read_text("utf-8").splitlines().index("from = 2020-04-01") + 1
    assert (error.file, error.line) == ("editions.toml", later)
    assert "editions 2015 and 2020 overlap on 2020-04-01" in str(error)


def test_editions_that_touch_without_overlap_are_good(folder: Path) -> None:
    change(folder, "editions.toml", "until = 2015-03-31", "until = 2015-06-14")
    assert len(load_programme(folder).policy.editions) == 3


def test_an_edition_without_end_may_only_be_the_last(folder: Path) -> None:
    change(folder, "editions.toml", "until = 2020-03-31\n", "\n")
    assert "overlap" in str(refusal(folder))


SPOILT: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a file is missing": (lambda folder: (folder / "rules.toml").unlink(), "rules.toml", "cannot be read"),
    "a file is not UTF-8": (lambda folder: (folder / "rules.toml").write_bytes("規則".encode("big5")), "rules.toml", "save it as UTF-8"),
    "a file that does not belong": (lambda folder: (folder / "edition.toml").write_text(""), "edition.toml", "not part of a programme"),
    "a letter is missing": (lambda folder: (folder / "letters" / "receipt.toml").unlink(), "letters", "receipt.toml"),
    "a file is empty": (lambda folder: (folder / "editions.toml").write_text(""), "editions.toml", "[editions] is missing"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "file", "said"), SPOILT.values(), ids=SPOILT.keys())
def test_a_spoilt_folder_is_refused(folder: Path, spoil: Callable[[Path], object], file: str, said: str) -> None:
    spoil(folder)
    error = refusal(folder)
    assert error.file == file
    assert said in str(error)


def test_a_folder_that_does_not_exist_is_refused_with_the_setting_to_change(tmp_path: Path) -> None:
    assert "[programme] path" in str(refusal(tmp_path / "nowhere"))
