// Keyboard and small comforts; every page works without it.
"use strict";
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = document.body.dataset.csrf || "";
});
// A login that ends while somebody types: the words stay on the screen instead of giving way to the login.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const away = event.detail.xhr.getResponseHeader("HX-Redirect") || "";
  const typed = Array.from(document.querySelectorAll("main input:not([type=hidden]), main textarea, main select")).some((box) =>
    box.tagName === "SELECT" ? Array.from(box.options).some((each) => each.selected !== each.defaultSelected) && box.selectedIndex > 0
      : box.type === "checkbox" ? box.checked !== box.defaultChecked : box.value !== box.defaultValue);
  if (!away.startsWith("/login") || !typed) return;
  event.preventDefault();
  const said = document.getElementById("ended");
  if (!said || !said.hidden) return;
  said.textContent = said.dataset.says;
  said.hidden = false;
});
// A second click or key while the first is on its way asks for nothing more: the answer shows what came of it.
let sent = 0;
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post" || event.target.target) return;
  if (performance.now() - sent < 10_000 && sent) event.preventDefault();
  else sent = performance.now();
});
window.addEventListener("pageshow", () => { sent = 0; });
