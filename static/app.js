// Everything works without this file; it adds comfort.
import { initAll as startGovuk } from "./vendor/govuk-frontend.min.js";

startGovuk();

// Bring the current tab of a scrolling strip into view, without moving the page.
for (const current of document.querySelectorAll(".cf-strip [aria-current]")) {
  const strip = current.closest(".cf-strip");
  strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
}

// Undo is offered before "Are you sure?"; printing is a button only where printing works.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
