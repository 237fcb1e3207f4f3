// Pages that are open keep themselves up to date: the server says what changed
// (see /events), and the parts of the page that show it ([data-live], with an
// id) are fetched anew and replaced. Without this script a page stays as it was
// when it was opened.
"use strict";

(() => {
  const regions = () => document.querySelectorAll("[data-live][id]");
  const pause = 3000; // milliseconds between two fetches
  const patience = 60000; // until a stream that was refused is asked for again
  const shown = new Map(); // what the server last sent of each region
  for (const region of regions()) {
    shown.set(region.id, region.innerHTML);
  }
  if (shown.size === 0) {
    return;
  }

  let stream = null;
  let seen = JSON.parse(document.body.dataset.seen ?? "null"); // how often each topic had changed when last heard; first, when the page was made
  let changed = new Set();
  let timer = 0;
  let fetched = 0;

  // Browsers have few connections for one server: only a page in view keeps one.
  function listen() {
    if (document.hidden) {
      stream?.close();
      stream = null;
    } else if (!stream) {
      stream = new EventSource("/events");
      stream.addEventListener("changes", hear);
      stream.addEventListener("error", refused);
    }
  }

  function refused() {
    if (stream?.readyState === EventSource.CLOSED) { // else the browser tries again by itself
      stream = null;
      setTimeout(listen, patience);
    }
  }

  function hear(event) {
    const times = JSON.parse(event.data);
    for (const topic of seen ? Object.keys(times) : []) {
      if (times[topic] !== seen[topic]) {
        changed.add(topic);
      }
    }
    seen = times;
    plan();
  }

  const concerned = (region) => region.dataset.live.split(" ").some((topic) => changed.has(topic));

  function plan() {
    if (!timer && Array.from(regions()).some(concerned)) {
      timer = setTimeout(refresh, Math.max(0, fetched + pause - Date.now()));
    }
  }

  // Nobody who is marking text wants it to go away.
  function marking() {
    const selection = getSelection();
    return !selection.isCollapsed && Array.from(regions()).some((region) => region.contains(selection.anchorNode));
  }

  async function refresh() {
    timer = 0;
    fetched = Date.now();
    if (marking()) {
      plan();
      return;
    }
    const topics = changed;
    changed = new Set();
    try {
      const answer = await fetch(location.href, { redirect: "error" });
      if (!answer.ok) {
        throw new Error(answer.statusText);
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const region of regions()) {
        replace(region, page.getElementById(region.id));
      }
    } catch {
      topics.forEach((topic) => changed.add(topic)); // asked again with the next change
    }
  }

  // What a link or a button is known by in the old part and the new one.
  const mark = (element) => element?.getAttribute("href") ?? element?.dataset?.copy ?? element?.closest("form")?.getAttribute("action");
  const find = (region, wanted) => wanted && Array.from(region.querySelectorAll("a, button")).find((element) => mark(element) === wanted);

  function replace(region, fresh) {
    if (!fresh || shown.get(region.id) === fresh.innerHTML) {
      return;
    }
    shown.set(region.id, fresh.innerHTML);
    const focused = region.contains(document.activeElement) ? mark(document.activeElement) : null;
    const open = Array.from(region.querySelectorAll("details"), (details) => details.open);
    // What is read stays where it is when something comes above it.
    const first = scrollY > 0 && Array.from(region.querySelectorAll("a")).find((link) => link.getBoundingClientRect().top >= 0);
    const place = first ? { of: mark(first), top: first.getBoundingClientRect().top } : null;

    region.replaceChildren(...document.adoptNode(fresh).childNodes);

    region.querySelectorAll("details").forEach((details, i) => { details.open = open[i] ?? details.open; });
    region.dispatchEvent(new CustomEvent("replaced", { bubbles: true }));
    find(region, focused)?.focus({ preventScroll: true });
    const now = place && find(region, place.of);
    if (now) {
      scrollBy(0, now.getBoundingClientRect().top - place.top);
    }
  }

  document.addEventListener("visibilitychange", listen);
  listen();
})();
