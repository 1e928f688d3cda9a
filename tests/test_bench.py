from __future__ import annotations

import json
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path

import pytest

from tests import bench, bench_answer
from tests.bench import TARGETS, verdict
from tests.bench_papers import Scan
from tests.bench_readers import core_seconds


@pytest.mark.parametrize(
    ("figure", "value", "words"),
    [
        ("papers_ratio_of_naive", 0.30, "met"),
        ("papers_ratio_of_naive", 0.34, "NOT MET"),
        ("forms_v_zh_hant", 0.97, "met"),
        ("forms_v_zh_hant", 0.96, "NOT MET"),
        ("worker_peak_mb", 901.0, "NOT MET"),
        ("papers_times_ocrmypdf", None, "not measured"),
        ("answer_form_s", 3.4, "NOT MET"),
        ("rules_changed", 104.0, "met"),
    ],
)
def test_each_figure_with_a_target_says_whether_it_is_met(figure: str, value: float | None, words: str) -> None:
    assert figure in TARGETS
    assert verdict(figure, value)[1] == words


def test_a_figure_without_a_target_claims_nothing() -> None:
    assert verdict("naive_core_s", 3.0) == ("", "")


def test_a_part_measured_alone_leaves_the_figures_of_the_others_as_they_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "bench.json"
    out.write_text(json.dumps({"median": {"papers_ratio_of_naive": 0.3, "worker_peak_mb": 950.0}, "runs": [{"papers_ratio_of_naive": 0.3}]}), "utf-8")
    monkeypatch.setattr(bench, "worker_memory", lambda scans: {"worker_peak_mb": 500.0})
    monkeypatch.setattr(bench, "scanned_forms", lambda seed: [])
    monkeypatch.setattr(bench, "scanned_papers", lambda seed: [])
    monkeypatch.setattr(sys, "argv", ["bench", "--out", str(out), "--parts", "memory"])
    bench.main()
    written = json.loads(out.read_text("utf-8"))
    assert written["median"] == {"papers_ratio_of_naive": 0.3, "worker_peak_mb": 500.0}
    assert written["targets"]["worker_peak_mb"]["met"]
    assert not written["targets"]["answer_form_s"]["met"]


def test_values_count_as_found_where_they_stand_exactly() -> None:
    scan = Scan("zh_hans", b"", ("佛山市合达泰化工有限公司", "91440606MA000LH0YM"))
    assert scan.share("名称 佛山市合达泰化工有限公司 统一社会信用代码 91440606MAO00LH0YM") == 0.5


def test_a_value_over_two_lines_counts_with_its_labels_second_line_in_between_and_not_with_half_a_page() -> None:
    scan = Scan("en", b"", ("Unit 4, 18/F, Golden Gate Industrial Building, Tsuen Wan, New Territories",))
    lines = "Business Address Unit 4, 18/F, Golden Gate Industrial Building, Tsuen {} Wan, New Territories 2. Contact"
    assert scan.share(lines.format("香港營業地址")) == 1.0
    assert scan.share(lines.format("香港營業地址" * 20)) == 0.0
    assert scan.share(lines.format("").replace("Golden", "Goiden")) == 0.0


@pytest.mark.slow
def test_the_mails_whose_answers_are_timed_hold_what_their_names_say() -> None:
    papers = [
        sum(part.get_content_type() == "application/pdf" for part in message_from_bytes(make(610)).walk()) for make in bench_answer.KINDS.values()
    ]
    assert papers[:3] == [0, 1, 3]
    assert papers[3] >= 7


def test_what_started_processes_spend_is_counted_while_they_live_and_after() -> None:
    work = "sum(i * i for i in range(3_000_000)); print(flush=True); input()"
    spent, process = core_seconds(lambda: _started(work))
    assert spent > 0.05
    process.communicate(b"\n", timeout=30)
    ended, _ = core_seconds(lambda: subprocess.run([sys.executable, "-c", "sum(i * i for i in range(3_000_000))"], check=True))
    assert ended > 0.05


def _started(work: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", work], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process
