"use strict";
(() => {
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const scenarios = all(".scenario"), panel = find("#panel"), tip = find("#tip");
  const texts = new Map(scenarios.map(one => [one, all("summary, .headline, .message, .steps", one).map(part => part.textContent).join(" ").toLowerCase()]));

  // Filters
  const search = find("#text"), tag = find("#tag"), verdicts = all("[name=verdict]");
  function filter() {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const allowed = new Set(verdicts.filter(box => box.checked).map(box => box.value));
    let shown = 0;
    for (const one of scenarios) {
      const fits = allowed.has(one.dataset.verdict) && wanted.every(word => texts.get(one).includes(word))
        && (!tag?.value || one.dataset.tags.split(" ").includes(tag.value));
      one.hidden = !fits;
      shown += fits;
    }
    find("#shown").textContent = shown === scenarios.length ? "" : `${shown} of ${scenarios.length} shown`;
  }
  for (const control of [search, tag, ...verdicts]) control?.addEventListener("input", filter);
  filter();

  // Objects: unpacked once, when the first one of a scenario is asked for
  const unpacked = new Map();
  function objects(scenario) {
    if (!unpacked.has(scenario)) unpacked.set(scenario, unpack(find(".objects", scenario)?.textContent ?? ""));
    return unpacked.get(scenario);
  }
  async function unpack(packed) {
    if (!packed) return new Map();
    const bytes = Uint8Array.from(atob(packed), letter => letter.charCodeAt(0));
    const entries = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
    return new Map(entries.sort((one, other) => one.seq - other.seq).map(entry => [entry.seq, entry]));
  }

  // Hover
  document.addEventListener("pointerover", async event => {
    const target = event.target.closest("[data-seq]");
    if (!target) { tip.hidden = true; return; }
    let told = target.dataset.told;
    if (!told) {
      const entry = (await objects(target.closest(".scenario"))).get(Number(target.dataset.seq));
      told = entry && `${entry.topic} ${entry.name}: ${entry.told}\n${entry.at.toFixed(3)} s`;
    }
    if (!told) return;
    tip.textContent = told;
    tip.hidden = false;
    tip.style.left = `${Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8)}px`;
    tip.style.top = `${Math.min(event.clientY + 16, innerHeight - tip.offsetHeight - 8)}px`;
  });

  // The object of a click, and what changed since its former state
  let chosen = null;
  function element(name, text = "", parts = []) {
    const made = document.createElement(name);
    made.textContent = text;
    made.append(...parts);
    return made;
  }
  function leaves(value, path = "", into = new Map()) {
    if (value !== null && typeof value === "object" && Object.keys(value).length) {
      for (const [key, inner] of Object.entries(value)) leaves(inner, Array.isArray(value) ? `${path}[${inner?.type ?? inner?.name ?? key}]` : path ? `${path}.${key}` : key, into);
    } else into.set(path, JSON.stringify(value));
    return into;
  }
  function changes(before, now) {
    const old = leaves(before), fresh = leaves(now);
    return [...new Set([...old.keys(), ...fresh.keys()])].filter(path => old.get(path) !== fresh.get(path))
      .map(path => element("tr", "", [element("td", path), element("td", "", [element("del", old.get(path) ?? "")]), element("td", "", [element("ins", fresh.get(path) ?? "")])]));
  }
  async function choose(target) {
    const scenario = target.closest(".scenario"), seq = Number(target.dataset.seq);
    const known = await objects(scenario), entry = known.get(seq);
    if (!entry) return;
    const own = [...known.values()].filter(one => entry.uid ? one.uid === entry.uid && one.topic === entry.topic : one.topic === entry.topic && one.name === entry.name);
    const place = own.indexOf(entry), before = own[place - 1];
    const svg = target.closest("svg") ?? all("svg", scenario).at(-1);
    chosen = {scenario, svg, mark: target.matches(".mark") ? target : find(`.mark[data-seq="${seq}"]`, svg)};
    for (const mark of all(".chosen")) mark.classList.remove("chosen");
    for (const mark of all(`.mark[data-seq="${seq}"]`, scenario)) mark.classList.add("chosen");
    const buttons = [["← before", before], ["next →", own[place + 1]]].map(([text, other]) => {
      const button = element("button", text);
      button.disabled = !other;
      button.onclick = () => choose(find(`[data-seq="${other.seq}"]`, svg));
      return button;
    });
    const close = element("button", "close (Esc)");
    close.onclick = dismiss;
    const rows = before ? changes(before.data, entry.data) : [];
    const head = element("tr", "", [element("th", "field"), element("th", "before"), element("th", "now")]);
    panel.replaceChildren(
      Object.assign(element("div", "", [element("h2", `${entry.topic} ${entry.name}`), ...buttons, close]), {className: "buttons"}),
      element("p", `${entry.told} · ${entry.at.toFixed(3)} s · ${entry.wall}`),
      element("section", "", [element("h3", "As it was then"), element("pre", JSON.stringify(entry.data, null, 2))]),
      element("section", "", rows.length ? [element("h3", "What changed"), element("table", "", [head, ...rows])] : []),
    );
    panel.hidden = false;
    panel.scrollTop = 0;
    panel.focus({preventScroll: true});
    chosen.mark?.scrollIntoView({block: "nearest", inline: "nearest"});
  }
  function dismiss() {
    panel.hidden = true;
    chosen.svg.focus({preventScroll: true});
    for (const mark of all(".chosen")) mark.classList.remove("chosen");
  }
  document.addEventListener("click", event => {
    const target = event.target.closest("[data-seq]");
    if (target) choose(target);
  });

  // Keys: / finds, Esc closes; on a picture or its panel the arrows go from mark to mark
  document.addEventListener("keydown", event => {
    if (event.key === "/" && event.target !== search) { event.preventDefault(); search.focus(); }
    if (event.key === "Escape" && !panel.hidden) dismiss();
    const picture = event.target.closest?.("svg[tabindex]") ?? (panel.contains(event.target) ? chosen?.svg : null);
    if (!picture || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const lanes = all(".marks", picture).map(lane => all(".mark", lane)).filter(marks => marks.length);
    const lane = Math.max(lanes.findIndex(marks => marks.includes(chosen?.mark)), 0);
    const at = lanes[lane]?.indexOf(chosen?.mark) ?? -1;
    const [next, index] = {ArrowRight: [lane, at + 1], ArrowLeft: [lane, at - 1], ArrowDown: [lane + 1, 0], ArrowUp: [lane - 1, 0]}[event.key];
    const target = lanes[next]?.[index];
    if (target) choose(target);
  });

  // Paper has no clicks: everything that is shown is opened
  let opened = [];
  addEventListener("beforeprint", () => { opened = scenarios.filter(one => !one.open && !one.hidden); for (const one of opened) one.open = true; });
  addEventListener("afterprint", () => { for (const one of opened) one.open = false; });
})();
