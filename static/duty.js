// The duty board asks for its own list again. It never takes the focus, what is typed, an open
// menu or the place on the page; what somebody is busy with waits until they are done.
const board = document.querySelector("[data-duty-url]");
const list = board.querySelector("[data-duty-list]");
const updated = board.querySelector("[data-duty-updated]");
const aloud = board.querySelector("[data-duty-aloud]");
const every = Number(board.dataset.every) * 1000;
let tag = "";
let since = updated.textContent.replace("Updated ", "");
let timer;
let isAsking = false;

// Markup may not be made from text here; a document that the browser itself has read may be used.
function ask() {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("GET", board.dataset.dutyUrl);
    request.responseType = "document";
    request.timeout = 15_000;
    if (tag) request.setRequestHeader("If-None-Match", tag);
    request.onload = () => done(request);
    request.onerror = request.ontimeout = () => failed(new Error("no answer"));
    request.send();
  });
}

function isTyped(field) {
  if (field.type === "hidden") return false;
  if (field.tagName === "SELECT") return field.value !== "" && ![...field.options].every((o) => o.selected === o.defaultSelected);
  return "defaultValue" in field && field.value !== field.defaultValue;
}

function isBusy(line) {
  return line.contains(document.activeElement) || line.querySelector("details[open]") !== null
    || [...line.querySelectorAll("input, select, textarea")].some(isTyped);
}

// Without what scripts and people have done to it.
function plain(line) {
  const copy = line.cloneNode(true);
  for (const part of [copy, ...copy.querySelectorAll("*")]) {
    for (const { name } of [...part.attributes]) {
      if (name === "open" || name.endsWith("-init")) part.removeAttribute(name);
    }
  }
  const note = copy.querySelector("[data-changed]");
  if (note) note.hidden = true;
  return copy;
}

function bringUpToDate(fresh) {
  const held = new Map([...list.querySelectorAll("[data-key]")].map((line) => [line.dataset.key, line]));
  const busy = new Set([...held.values()].filter(isBusy));
  const kept = new Set();
  for (const lines of list.querySelectorAll("[data-lines]")) {
    let place = lines.firstElementChild;
    for (const line of fresh.querySelectorAll(`[data-lines="${lines.dataset.lines}"] > [data-key]`)) {
      const old = held.get(line.dataset.key);
      const same = old !== undefined && plain(old).isEqualNode(plain(line));
      kept.add(line.dataset.key);
      if (old && busy.has(old)) {
        // A line that moves in the page loses the focus: the others move around it.
        old.querySelector("[data-changed]").hidden = same && old.parentElement === lines;
        if (old.parentElement === lines && place && (place === old || place.compareDocumentPosition(old) & Node.DOCUMENT_POSITION_FOLLOWING)) place = old.nextElementSibling;
        continue;
      }
      const now = same ? old : document.importNode(line, true);
      if (old && !same) {
        if (place === old) place = old.nextElementSibling;
        old.remove();
      }
      if (now === place) place = place.nextElementSibling;
      else lines.insertBefore(now, place);
    }
  }
  for (const [key, line] of held) {
    if (kept.has(key)) continue;
    if (busy.has(line)) line.querySelector("[data-changed]").hidden = false;
    else line.remove();
  }
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const here = list.querySelector(`[data-part="${part.dataset.part}"]`);
    here.textContent = part.textContent;
    here.hidden = part.hidden;
  }
  return [...kept].filter((key) => !held.has(key)).length;
}

// What was under the eye stays where it was: what has the focus, or the first line in sight.
function steady(change) {
  const has = document.activeElement;
  const isHere = list.contains(has);
  const eye = [...list.querySelectorAll("[data-key]")].find((line) => line.getBoundingClientRect().bottom > 0);
  const words = (key) => list.querySelector(`[data-key="${key}"] > *`);
  const before = (isHere ? has : eye && words(eye.dataset.key))?.getBoundingClientRect().top;
  const result = change();
  const after = isHere ? has : eye && words(eye.dataset.key);
  if (after && (isHere || scrollY > 0)) scrollBy({ top: after.getBoundingClientRect().top - before, behavior: "instant" });
  return result;
}

function say(request) {
  since = request.getResponseHeader("X-Updated-At") ?? since;
  updated.textContent = `Updated ${since}`;
  board.classList.remove("cf-duty--old");
}

async function refresh() {
  clearTimeout(timer);
  if (!list.isConnected || isAsking) return;
  isAsking = true;
  try {
    const request = await ask();
    if (!list.isConnected) return;
    const fresh = request.response?.querySelector("[data-duty-list]");
    if (request.status === 304) say(request);
    else if (request.status === 200 && fresh) {
      const more = steady(() => bringUpToDate(fresh));
      tag = request.getResponseHeader("ETag") ?? "";
      aloud.textContent = more ? `${more} more on the duty board.` : "";
      say(request);
    } else throw new Error("no list");
  } catch {
    updated.textContent = `Could not refresh. This is from ${since}.`;
    aloud.textContent = updated.textContent;
    board.classList.add("cf-duty--old");
  } finally {
    isAsking = false;
    timer = setTimeout(refresh, every);
  }
}

board.querySelector("[data-duty-refresh]").addEventListener("click", (event) => {
  event.preventDefault();
  refresh();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") refresh();
  else clearTimeout(timer);
});
timer = setTimeout(refresh, every);
