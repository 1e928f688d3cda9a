// The case screen: a value and its box show each other, and everything can be done by keyboard. Every page works without it.
"use strict";
(() => {
  const KEYS_OFF = "intake-keys-off";
  const all = (wanted, root = document) => Array.from(root.querySelectorAll(wanted));
  const lineOf = (key) => all(".line[data-key]").find((line) => line.dataset.key === key);
  const boxesOf = (key) => all("a.box[data-key]").filter((box) => box.dataset.key === key);
  const isSeen = (element) => element.getClientRects().length > 0;
  let waiting = 0;

  // --- hovering: the value and its box at once
  let near = "";
  function hover(key) {
    if (key === near) return;
    for (const old of all(".near")) old.classList.remove("near");
    near = key;
    if (!key) return;
    lineOf(key)?.classList.add("near");
    for (const box of boxesOf(key)) box.classList.add("near");
  }
  document.addEventListener("mouseover", (event) => {
    const over = event.target instanceof Element ? event.target.closest(".line[data-key], a.box[data-key]") : null;
    hover(over ? over.dataset.key : "");
  });

  // --- choosing: one field at a time
  function chosen() { return document.querySelector(".line.chosen"); }
  function choose(line, { show = true, focus = true } = {}) {
    for (const old of all(".line.chosen")) if (old !== line) old.classList.remove("chosen");
    line.classList.add("chosen");
    if (focus) {
      line.focus({ preventScroll: true });
      line.scrollIntoView({ block: "center" });
    }
    for (const old of all("a.box.chosen")) old.classList.remove("chosen");
    for (const box of boxesOf(line.dataset.key)) box.classList.add("chosen");
    const look = line.querySelector(".value a.look");
    if (show && look) {
      clearTimeout(waiting);
      waiting = setTimeout(() => window.htmx?.ajax("GET", look.getAttribute("hx-get"), { target: "#page", swap: "outerHTML" }), 120);
    }
  }
  function edit(line) {
    const form = line.querySelector("details.edit");
    if (!form) return;
    form.open = true;
    const box = form.querySelector("input[name=value], select[name=value]");
    box?.focus();
    box?.select?.();
  }
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const box = event.target.closest("a.box[data-key]");
    const line = box ? lineOf(box.dataset.key) : event.target.closest(".line[data-key]");
    if (box && line) {
      event.preventDefault();
      choose(line);
    } else if (line && !event.target.closest("a, button, input, select, textarea, summary, label")) {
      choose(line, { focus: false });
    } else if (line && event.target.closest("a.look")) {
      choose(line, { show: false, focus: false });
    }
  });

  // Whoever opens a value's correction sees the place where it stands.
  document.addEventListener("toggle", (event) => {
    const line = event.target instanceof Element && event.target.matches("details.edit[open]") ? event.target.closest(".line[data-key]") : null;
    if (line && line !== chosen()) choose(line, { focus: false });
  }, true);

  // --- a page that was put in: the chosen value in the middle of its room
  function centre() {
    const box = document.querySelector("#page a.box.chosen");
    const room = document.querySelector("#page .room");
    if (room && window.innerWidth >= 960) {
      room.style.maxHeight = `${Math.max(260, window.innerHeight - room.getBoundingClientRect().top - 12)}px`;
    }
    if (!box || !room) return;
    const inside = room.getBoundingClientRect();
    const there = box.getBoundingClientRect();
    room.scrollLeft += there.left + there.width / 2 - inside.left - inside.width / 2;
    room.scrollTop += there.top + there.height / 2 - inside.top - inside.height / 2;
  }
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt?.id !== "page" && event.detail.target?.id !== "page") return;
    centre();
    const page = document.getElementById("page");
    if (page && !document.activeElement?.closest(".line, .finding") && window.innerWidth < 960) page.scrollIntoView({ block: "start" });
  });

  // --- keys
  const isTyping = (element) => element instanceof Element && element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
  const keysOn = () => localStorage.getItem(KEYS_OFF) === null;

  function step(wanted, by) {
    const those = all(wanted).filter(isSeen);
    if (!those.length) return null;
    const here = document.activeElement?.closest(wanted);
    const at = here ? those.indexOf(here) : wanted.startsWith(".line") ? those.indexOf(chosen()) : -1;
    const next = at < 0 ? (by > 0 ? 0 : those.length - 1) : (at + by + those.length) % those.length;
    return those[next];
  }
  function toField(by) {
    const line = step(".line[data-key]", by);
    if (line) choose(line);
  }
  function toFinding(by) {
    const finding = step(".finding", by);
    if (!finding) return;
    finding.focus({ preventScroll: true });
    finding.scrollIntoView({ block: "center" });
    const line = finding.dataset.key ? lineOf(finding.dataset.key) : null;
    if (line) choose(line, { focus: false, show: false });
    finding.querySelector("a.look")?.click();
  }
  function overrule() {
    const finding = document.activeElement?.closest(".finding") || document.querySelector(".finding");
    const form = finding?.querySelector("details.overrule");
    if (!form) return;
    form.open = true;
    form.querySelector("input[name=reason]").focus();
  }
  function press(key) {
    const there = all("[data-hotkey]").find((element) => element.dataset.hotkey === key && isSeen(element));
    there?.click();
    return Boolean(there);
  }
  // What the chosen value offers; where it offers nothing, the next value of its finding that does is shown, and not acted on yet.
  function say(wanted) {
    const line = chosen();
    const button = line?.querySelector(wanted);
    const finding = line?.closest(".finding") || document.activeElement?.closest(".finding");
    const other = button || !finding ? null : all(".line[data-key]", finding).find((each) => each.querySelector(wanted));
    if (button) button.click();
    else if (other) choose(other);
  }
  const DEEDS = {
    j: () => toField(1),
    k: () => toField(-1),
    n: () => toFinding(1),
    p: () => toFinding(-1),
    c: () => say("form.confirm button"),
    u: () => say(".other form button"),
    "/": () => {
      document.getElementById("q")?.focus();
      document.getElementById("q")?.select();
    },
    e: () => (chosen() ? edit(chosen()) : document.getElementById("text")?.focus()),
    o: overrule,
    "?": () => {
      const keys = document.getElementById("keys");
      if (!keys) return;
      keys.open = !keys.open;
      if (keys.open) keys.querySelector("summary").focus();
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && isTyping(document.activeElement)) {
      const form = document.activeElement.closest("details.act");
      const back = document.activeElement.closest(".line, .finding");
      document.activeElement.blur();
      if (form) form.open = false;
      back?.focus({ preventScroll: true });
      return;
    }
    if (isTyping(event.target) || !keysOn()) return;
    const deed = DEEDS[event.key];
    if (deed) {
      event.preventDefault();
      deed();
    } else if (event.key.length === 1 && press(event.key)) {
      event.preventDefault();
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    const on = document.getElementById("keys-on");
    if (on) {
      on.checked = keysOn();
      on.addEventListener("change", () => (on.checked ? localStorage.removeItem(KEYS_OFF) : localStorage.setItem(KEYS_OFF, "1")));
    }
    const refused = document.querySelector(".refusal");
    if (refused) {
      const box = refused.closest("form")?.querySelector("[aria-invalid=true], input:not([type=hidden]), textarea");
      (box || refused).focus();
      refused.scrollIntoView({ block: "center" });
    } else if (chosen()) {
      choose(chosen(), { show: false });
    }
    centre();
  });
})();
