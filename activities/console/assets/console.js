// Swaps parts of a page for those of a newer one, and shows times in the reader's zone. Every page works without it.
//
// An element with `data-part` and an id is a part. A link with `data-swap` is followed by swapping parts instead of loading
// the page. A page with a part with `data-poll` is asked for again when an event says that something is new that `data-watch`
// names; while no events come, so many milliseconds after the last answer. With `data-since` it says what it has seen, and 204
// means that nothing is new.

const said = document.getElementById("said");
let running = 0;

function localTimes(root) {
  const short = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  const exact = new Intl.DateTimeFormat(undefined, {
    dateStyle: "full", timeStyle: "long",
  });
  for (const time of root.querySelectorAll("time[datetime]:not([data-local])")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.textContent = short.format(at);
    time.title = `${exact.format(at)}\n${time.dateTime}`;
    time.dataset.local = "";
  }
}

// What would be lost when a part is replaced: where its boxes are scrolled to.
function scrolls(root) {
  const kept = new Map();
  for (const box of root.querySelectorAll("[data-keep]")) kept.set(box.dataset.keep, [box.scrollLeft, box.scrollTop]);
  return kept;
}

function restore(root, kept) {
  for (const box of root.querySelectorAll("[data-keep]")) {
    const at = kept.get(box.dataset.keep);
    if (at) [box.scrollLeft, box.scrollTop] = at;
    else center(box);
  }
}

// Where the focus is, in words that still say it after the part was replaced.
function focused(part) {
  const active = document.activeElement;
  if (!part.contains(active) || active === part) return null;
  if (active.id) return `#${CSS.escape(active.id)}`;
  if (active.dataset.state) return `[data-state="${CSS.escape(active.dataset.state)}"]`;
  if (active.getAttribute("href")) return `[href="${CSS.escape(active.getAttribute("href"))}"]`;
  if (active.dataset.keep) return `[data-keep="${CSS.escape(active.dataset.keep)}"]`;
  return null;
}

// Brings what is current into sight: the selected state, else the running one.
function center(box) {
  const running = [...box.querySelectorAll(".running:not(.container)")].pop();
  const wanted = box.querySelector(".current") ?? running ?? box.querySelector(".start");
  if (!wanted) return;
  const [inner, outer] = [wanted.getBoundingClientRect(), box.getBoundingClientRect()];
  const before = (inside, outside) => Math.max((outside - inside) / 2, 24);
  box.scrollTop += inner.top - outer.top - before(inner.height, outer.height);
  if (inner.width < outer.width) box.scrollLeft += inner.left - outer.left - before(inner.width, outer.width);
}

// How long something has been running: nothing new on the server, and yet a second more.
function durations() {
  for (const element of document.querySelectorAll("[data-running-since]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - new Date(element.dataset.runningSince)) / 1000));
    const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600), Math.floor(seconds / 60)];
    element.textContent = days ? `${days} d ${hours % 24} h` : hours ? `${hours} h ${minutes % 60} min`
      : minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
  }
}

function swapIn(page) {
  for (const part of document.querySelectorAll("[data-part][id]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh) continue;
    for (const name of ["data-poll", "data-since"]) {
      if (fresh.hasAttribute(name)) part.setAttribute(name, fresh.getAttribute(name));
      else part.removeAttribute(name);
    }
    localTimes(fresh);
    if (fresh.innerHTML === part.innerHTML) continue;
    // Somebody is writing there.
    if (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) continue;
    const [kept, focus] = [scrolls(part), focused(part)];
    part.replaceChildren(...fresh.childNodes);
    restore(part, kept);
    if (focus) part.querySelector(focus)?.focus({ preventScroll: true });
  }
  for (const tab of document.querySelectorAll(".tabs")) {
    const fresh = [...page.querySelectorAll(".tabs")].find((other) => other.getAttribute("aria-label") === tab.getAttribute("aria-label"));
    if (fresh && fresh.innerHTML !== tab.innerHTML) {
      const at = [...tab.children].indexOf(document.activeElement);
      tab.replaceChildren(...fresh.childNodes);
      if (at >= 0) tab.children[at]?.focus();
    }
  }
  localTimes(document);
}

async function load(address) {
  const response = await fetch(address, { headers: { Accept: "text/html" }, redirect: "follow" });
  if (response.status === 204) return null;
  if (!(response.headers.get("content-type") ?? "").startsWith("text/html")) throw new Error("not a page");
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

async function follow(address, push) {
  const turn = ++running;
  document.documentElement.dataset.loading = "";
  try {
    const page = await load(address);
    if (turn !== running || !page) return;
    if (push) history.pushState(null, "", address);
    const status = document.getElementById("status")?.textContent;
    swapIn(page);
    announce(status);
  } catch {
    location.assign(address);
  } finally {
    if (turn === running) delete document.documentElement.dataset.loading;
  }
}

function announce(before) {
  const now = document.getElementById("status")?.textContent.trim();
  if (before !== undefined && now && now !== before.trim()) said.textContent = now;
}

// Asks for the page again, and shows what is new.
async function refresh() {
  const asks = document.querySelector("[data-poll]");
  if (!asks || document.hidden || isSending()) return;
  const address = new URL(location.href);
  if (asks.dataset.since) address.searchParams.set("since", asks.dataset.since);
  const turn = running;
  try {
    const page = await load(address);
    const status = document.getElementById("status")?.textContent;
    // A page that was asked for meanwhile is newer.
    if (page && turn === running) {
      swapIn(page);
      announce(status);
    }
    durations();
    delete document.documentElement.dataset.stale;
  } catch {
    document.documentElement.dataset.stale = "";
  }
}

// While events come, the page is asked for by itself only for what no event tells, as times that pass.
const QUIET = 15_000;
// What comes in quick succession is shown together.
const TOGETHER = 200;
let stream = null;
let next = 0;
let due = 0;

function poll(pause) {
  clearTimeout(next);
  const part = document.querySelector("[data-poll]");
  const own = Number(part?.dataset.poll) || 2000;
  const told = stream?.readyState === EventSource.OPEN;
  next = setTimeout(async () => {
    await refresh();
    poll();
  }, pause ?? (told ? Math.max(own, QUIET) : own));
}

function concerns(kind, data) {
  const [what, name] = (document.querySelector("[data-watch]")?.dataset.watch ?? "").split(" ");
  switch (what) {
    case "messages": return kind === "message";
    case "message": return kind === "message" && data.message_id === name;
    case "execution": return kind === "execution" && data.arn === name;
    case "executions": return kind === "execution" && data.state_machine === name;
    default: return true;
  }
}

// A browser keeps six connections to a server, for all tabs together: only the tab that is seen has one for events.
function watch() {
  if (document.hidden || !document.querySelector("[data-poll]")) {
    stream?.close();
    stream = null;
    return;
  }
  if (stream && stream.readyState !== EventSource.CLOSED) return;
  stream = new EventSource("/api/events");
  for (const kind of ["message", "execution", "reset"]) {
    stream.addEventListener(kind, (event) => {
      if (due || kind !== "reset" && !concerns(kind, JSON.parse(event.data))) return;
      due = setTimeout(async () => {
        due = 0;
        await refresh();
        poll();
      }, TOGETHER);
    });
  }
  // What happened before the first event is not told: the page is asked for once more.
  stream.addEventListener("open", () => poll(0));
  // The browser comes back by itself; meanwhile pages ask.
  stream.addEventListener("error", () => poll());
}

function isSending() {
  return document.querySelector("form[data-sending]") !== null;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const href = link.getAttribute("href");
  const inGraph = link.classList.contains("step");
  if (!inGraph && !("swap" in link.dataset)) return;
  event.preventDefault();
  follow(href, true);
});

// Fields of local times: in the reader's zone where there is a script. The server knows no zone of the reader, so a hidden
// field says which time is meant.
const pad = (number) => String(number).padStart(2, "0");
const local = (at) => `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;

for (const zone of document.querySelectorAll("[data-zone]")) zone.textContent = `(${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
for (const field of document.querySelectorAll("input[data-utc]")) {
  const at = new Date(`${field.value}Z`);
  if (field.value && !Number.isNaN(at.getTime())) field.value = local(at);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  for (const exact of form.querySelectorAll("[data-exact]")) {
    const at = new Date(form.elements[exact.dataset.exact].value);
    exact.value = Number.isNaN(at.getTime()) ? "" : at.toISOString();
  }
  form.dataset.sending = "";
});

// Back from where the form led: it may be sent again.
addEventListener("pageshow", () => document.querySelectorAll("[data-sending]").forEach((form) => delete form.dataset.sending));

addEventListener("popstate", () => follow(location.href, false));

localTimes(document);
document.querySelectorAll("[data-keep]").forEach(center);
if (document.querySelector("[data-poll]")) {
  poll();
  watch();
  document.addEventListener("visibilitychange", () => {
    watch();
    if (!document.hidden) poll(0);
  });
  addEventListener("pagehide", () => stream?.close());
}
