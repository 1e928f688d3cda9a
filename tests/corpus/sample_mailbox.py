"""The sample mailbox of the demonstration: invented mails of every kind that the Secretariat gets.  python -m tests.corpus.sample_mailbox FOLDER"""

from __future__ import annotations

import random
import sys
from email.message import EmailMessage
from pathlib import Path

from tests.corpus import mails

APPLICATIONS = (
    ("complete", mails._complete, "digital", 11),
    ("paper-missing", mails._paper_missing, "digital", 23),
    ("certificate-expired", lambda a, d: mails._certificate(a, d, expired=True), "digital", 34),
    ("scanned-form-unsigned", mails._unsealed, "scan", 41),
    ("number-differs", mails._number_differs, "digital", 58),
)
OTHERS = {
    "enquiry": (
        "Chan Siu Fan <s.chan@sunrise-glass.example>",
        "Does the scheme cover second-hand machines?",
        "Dear Secretariat,\n\nWe plan to replace two furnaces. Could you tell us whether second-hand machines are covered, and how long vetting takes?\n\nChan Siu Fan\n",
        {},
    ),
    "data-request": (
        "黃美玲 <mlwong@harmony-paper.example>",
        "查閱個人資料要求",
        "敬啟者:\n\n本人根據《個人資料(私隱)條例》要求查閱貴處持有本人的個人資料,並索取副本。\n\n黃美玲\n",
        {},
    ),
    "out-of-office": (
        "Lau Chi Ho <chlau@evergold-foods.example>",
        "Automatic reply: Items needed for your application",
        "I am out of the office until Monday.\n",
        {"Auto-Submitted": "auto-replied"},
    ),
    "newsletter": (
        "Factory Weekly <news@factory-weekly.example>",
        "Five trends in green manufacturing",
        "This week: compressors, boilers, and more. Unsubscribe at any time.\n",
        {
            "List-Id": "Factory Weekly <weekly.factory-weekly.example>",
            "List-Unsubscribe": "<mailto:leave@factory-weekly.example>",
            "Precedence": "bulk",
        },
    ),
}


def write_sample_mailbox(folder: Path) -> None:
    """Writes the mails, numbered in the order in which they arrive."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, scenario, media, seed) in enumerate(APPLICATIONS, 1):
        mail, _ = mails.make_mail(number, random.Random(seed), media, scenario=scenario, paper_media=("pdf",))
        (folder / f"{number:02d}-{name}.eml").write_bytes(mail)
    for number, (name, (sender, subject, text, headers)) in enumerate(OTHERS.items(), len(APPLICATIONS) + 1):
        mail_ = EmailMessage()
        mail_["Received"] = f"from mx.applicant.example by mx.secretariat.example with ESMTPS id {number}; Mon, 2{number} Sep 2025 10:00:00 +0800"
        mail_["From"], mail_["To"], mail_["Subject"] = sender, "apply@secretariat.example", subject
        mail_["Date"] = f"Mon, 2{number} Sep 2025 10:00:00 +0800".replace("Mon", ("Thu", "Fri", "Sat", "Sun", "Mon")[number - 5])
        mail_["Message-ID"] = f"<sample.{number}@applicant.example>"
        for key, value in headers.items():
            mail_[key] = value
        mail_.set_content(text)
        (folder / f"{number:02d}-{name}.eml").write_bytes(mail_.as_bytes())


if __name__ == "__main__":
    write_sample_mailbox(Path(sys.argv[1]))
