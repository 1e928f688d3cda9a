"""The writer's own words: what earlier mails said, what was forwarded, and what programs add below is taken away."""

from __future__ import annotations

import re

MAX_TEXT = 200_000
_MARK = r"(?:>\s?)*"
_DIVIDER = re.compile(
    r"^[\s>]*[-—_=]{2,}\s*(original message|original appointment|forwarded (message|mail|by .{0,60})|begin forwarded message|reply message"
    r"|原始(邮件|郵件|訊息|信件)|原(邮件|郵件|件)|转发(邮件|的邮件|信息)|(已)?(轉寄|轉發|转发)(的)?(郵件|邮件)|(回复|回覆)的原(邮件|郵件)|以下为引用)"
    r"\s*[-—_=]*.{0,40}$",
    re.IGNORECASE,
)
_APPLE_FORWARD = re.compile(r"^[\s>]*(begin forwarded message|開始轉寄郵件|开始转发的邮件|開始轉寄的郵件|以下是轉寄郵件)\s*[::]\s*$", re.IGNORECASE)
_WROTE_ENDING = re.compile(r"(\bwrote|寫道|写道|撰寫|寫了|写了|写到|寫到)\s*[::]\s*$", re.IGNORECASE)
_WROTE_START = re.compile(r"^\s*(on\s|於|于|在|\d{1,4}\s*[年/.-]|.{0,80}[<(\[]?[\w.+-]+@|.{0,80}\d{4}\s*[年/-])", re.IGNORECASE)
_FIRST_FIELD = re.compile(r"^[\s>*]*(from|寄件者|寄件人|發件人|发件人|發信人|发信人|送件者)\s*\**\s*[::]\s*\**\s*\S", re.IGNORECASE)
_NEXT_FIELD = re.compile(
    r"^[\s>*]*(sent|date|to|cc|subject|(寄件|傳送|發送|发送)?日\s*期|(發送|发送|傳送)?(時間|时间)|收件(者|人)|副本|抄送|主旨|主題|主题|標題|标题)\s*\**\s*[::]",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*[_\-—=]{8,}\s*$")
_SIGNATURE = re.compile(r"^--\s?$")
_DEVICE = re.compile(
    r"^\s*(sent from (my|yahoo|outlook|mail for|samsung|huawei|the all).{0,60}|get outlook for (ios|android).{0,120}|sent via .{0,60}"
    r"|[从從]我的.{0,20}(传送|傳送|发送|發送).{0,20}|[发發]自我的.{0,40}|[从從].{0,20}iphone.{0,9}[传傳]送|(获取|取得) ?outlook.{0,9}|来自我的.{0,30}"
    r"|virus-free.{0,80})\s*$",
    re.IGNORECASE,
)

# What a provider's web mail writes above and beside files that it keeps (QQ, 163, Foxmail, Outlook): its own words, not the writer's.
_KEPT_FILES = re.compile(
    r"\s*([从從来來]自?\s*)?((QQ|腾讯|騰訊|网易|網易|163|126|yeah|Foxmail|阿里|新浪|189|139)\s*){0,3}(企业|企業)?(邮箱|郵箱|邮件|郵件)?"
    r"((发来|發來|发送|發送)?的)?(超大|云|雲|普通)附件\s*([((][^))]{0,40}[))])?\s*[::]?\s*",
    re.IGNORECASE,
)
_KEPT_FILE = re.compile(r"进入下载页面|進入下載頁面|到期|有效期|点击下载|點擊下載|无限期|無限期|过期|過期|下载|下載|预览|預覽|转存|轉存|收藏")
_FILE = re.compile(r"https?://|\.\w{2,5}\b|[((]\s*\d+(\.\d+)?\s*[KMG]B?\b", re.IGNORECASE)
_BUTTONS = re.compile(r"\s*((下载|下載|打开|打開|预览|預覽|收藏|转存|轉存|全部)\s*)+")


def _is_header_block(lines: list[str], at: int) -> bool:
    """True where the head of an earlier mail begins (From: / 寄件者: with Sent, To, Subject close below)."""
    following = [line for line in lines[at + 1 : at + 8] if line.strip()]
    return bool(_FIRST_FIELD.match(lines[at])) and sum(bool(_NEXT_FIELD.match(line)) for line in following[:5]) >= 2


def _attribution_length(lines: list[str], at: int) -> int:
    """Lines (1 to 3) of 'On ..., ... wrote:' or 於 ... 寫道: that begin here; 0 where none do."""
    if not lines[at].strip() or not _WROTE_START.match(re.sub(rf"^{_MARK}", "", lines[at])):
        return 0
    for length in (1, 2, 3):
        joined = " ".join(line.strip() for line in lines[at : at + length])
        if len(joined) < 400 and _WROTE_ENDING.search(joined) and re.search(r"\d|@", joined):
            return length
        if at + length < len(lines) and not lines[at + length].strip():
            break
    return 0


def _answers_below(lines: list[str], after: int) -> bool:
    """True where marked quotation (>) follows an attribution: the writer may go on below it."""
    following = next((line for line in lines[after:] if line.strip()), "")
    return following.lstrip().startswith(">")


def _quotation_start(lines: list[str]) -> list[str]:
    """Lines up to where an unmarked quotation takes the rest; attributions of marked quotations are dropped."""
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        length = _attribution_length(lines, at)
        if length:
            if not _answers_below(lines, at + length):
                break
            at += length
            continue
        if _DIVIDER.match(line) or _APPLE_FORWARD.match(line) or _is_header_block(lines, at):
            break
        if _RULE.match(line) and any(_is_header_block(lines, next_) for next_ in range(at + 1, min(at + 3, len(lines)))):
            break
        kept.append(line)
        at += 1
    return kept


def own_words(text: str) -> str:
    """The writer's own words of a mail's plain text, line by line, without quotations, earlier mails, '-- ' signatures and device notes.

    Without any, "". Blank lines are collapsed to one.
    """
    lines = text[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\u200b", "").split("\n")
    own: list[str] = []
    for line in _quotation_start(lines):
        if _SIGNATURE.match(line):
            break
        if line.lstrip().startswith((">", "|>")) or _DEVICE.match(line):
            continue
        if line.strip() or (own and own[-1]):
            own.append(line.strip())
    return "\n".join(own).strip()


def without_providers_words(text: str) -> str:
    """Own words without the lines that a provider adds for files that it keeps: they are in its language, not in the writer's."""
    kept, block = [], False
    for line in text.split("\n"):
        is_file = _FILE.search(line) is not None
        block = _KEPT_FILES.fullmatch(line) is not None or (block and (is_file or not line.strip()))
        if not block and not (is_file and _KEPT_FILE.search(line)) and not (line.strip() and _BUTTONS.fullmatch(line)):
            kept.append(line)
    return "\n".join(kept)
