"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const phrases = JSON.parse($("phrases").textContent);
  const SEVERITIES = ["error", "warning", "info"];
  const FIXES = ["fix_none", "fix_safe", "fix_ask"];
  const VIRTUAL = 1000, HEIGHT = 48, AHEAD = 12, PRINTED = 500, FAMILIES = 24, CHILDREN = 20, PHONE = 75;
  let say = phrases[document.documentElement.lang] || phrases.en;
  let data = null, lines = null, lowered = null, found = [], families = 0, printing = false;

  const make = (tag, props, ...children) => {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(props || {})) {
      if (key in node) node[key] = value; else node.setAttribute(key, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  };
  const figure = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, say._thousands);
  const plural = (key, number) => (number === 1 && say[key].one || say[key].other).replace("{n}", figure(number));
  const subject = (name) => say._subjects[name] || name.replaceAll("_", " ");
  const text = (number) => data.texts[number];
  const cellOf = (i) => lines.row[i] ? (lines.letter[i] ? text(lines.letter[i]) + lines.row[i] : say.row.replace("{n}", lines.row[i])) : "";

  async function unpack(packed) {
    const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  }

  // filters
  const chosen = (name) => $("by-" + name).value;

  function matching(term) {
    if (!lowered) lowered = data.texts.map((one) => one.toLowerCase());
    const hits = new Uint8Array(lowered.length);
    for (let n = 1; n < lowered.length; n++) if (lowered[n].includes(term)) hits[n] = 1;
    const rules = data.rules.map((rule) => rule[0].toLowerCase().includes(term) || rule[1].includes(term));
    const cell = /^([a-z]{1,3})([0-9]+)$/.exec(term);
    const { sku, message, value, fix, column, row, letter, rule } = lines;
    return (i) => hits[sku[i]] || hits[message[i]] || hits[value[i]] || hits[fix[i]] || hits[column[i]] || rules[rule[i]] ||
      (cell !== null && row[i] === Number(cell[2]) && text(letter[i]).toLowerCase() === cell[1]);
  }

  function filter() {
    const severity = SEVERITIES.indexOf(chosen("severity")), store = chosen("store"), subject = chosen("subject");
    const rule = chosen("rule") ? data.rules.findIndex((one) => one[0] === chosen("rule")) : -1;
    const fix = chosen("fix") ? FIXES.indexOf(chosen("fix")) : -1;
    const terms = $("search").value.toLowerCase().split(/\s+/).filter(Boolean).map(matching);
    const subjects = data.rules.map((one) => !subject || one[5] === subject);
    const stores = store ? data.texts.map((one) => one === "" || one.split(" ").includes(store)) : null;
    found = [];
    let times = 0;
    for (let i = 0; i < lines.rule.length; i++) {
      if (severity >= 0 && lines.severity[i] !== severity) continue;
      if (rule >= 0 && lines.rule[i] !== rule) continue;
      if (!subjects[lines.rule[i]] || (fix >= 0 && lines.safety[i] !== fix) || (stores && !stores[lines.stores[i]])) continue;
      if (!terms.every((matches) => matches(i))) continue;
      found.push(i);
      times += store ? 1 : lines.times[i];
    }
    $("shown").textContent = found.length
      ? say.shown.replace("{n}", figure(times)).replace("{lines}", figure(found.length)) : say.nothing;
    $("list").scrollTop = 0;
    draw(true);
  }

  // the list
  function row(i, position) {
    const cells = [
      make("td", { className: "severity " + SEVERITIES[lines.severity[i]] }, make("span", {}, say[SEVERITIES[lines.severity[i]]])),
      make("td", {}, make("button", { type: "button", className: "jump" }, data.rules[lines.rule[i]][0])),
      make("td", {}, text(lines.sku[i])),
      make("td", { className: "cell" }, cellOf(i)),
      make("td", {}, make("span", { className: "column" }, text(lines.column[i])), " ", text(lines.message[i])),
      make("td", { className: "value" }, text(lines.value[i])),
      make("td", { className: "value" }, text(lines.fix[i])),
      make("td", {}, text(lines.stores[i])),
    ];
    for (const cell of cells.slice(2)) cell.replaceChildren(make("div", { className: "clip" }, ...cell.childNodes));
    const line = make("tr", {}, ...cells);
    line.dataset.line = i;
    line.setAttribute("aria-rowindex", position + 2);
    return line;
  }

  const spacer = (height) => {
    const line = make("tr", { className: "spacer" }, make("td", { colSpan: 8 }));
    line.setAttribute("aria-hidden", "true");
    line.style.height = height + "px";
    return line;
  };

  let window_ = [-1, -1];
  function draw(anew) {
    const list = $("list"), body = $("rows"), table = body.parentNode;
    const virtual = found.length > VIRTUAL && !printing;
    table.classList.toggle("virtual", virtual);
    table.setAttribute("aria-rowcount", found.length + 1);
    const first = virtual ? Math.max(0, Math.floor(list.scrollTop / HEIGHT) - AHEAD) : 0;
    const last = virtual ? Math.min(found.length, first + Math.ceil(list.clientHeight / HEIGHT) + 2 * AHEAD)
      : Math.min(found.length, printing ? PRINTED : VIRTUAL);
    if (!anew && first === window_[0] && last === window_[1]) return;
    window_ = [first, last];
    const rows = [];
    if (virtual) rows.push(spacer(first * HEIGHT));
    for (let n = first; n < last; n++) rows.push(row(found[n], n));
    if (virtual) rows.push(spacer((found.length - last) * HEIGHT));
    body.replaceChildren(...rows);
    $("printed").hidden = !(printing && found.length > PRINTED);
  }

  // what a rule asks (0) and why (1), in the reader's language where somebody translated it
  function ruled(code, part) {
    const spoken = (data.spoken[document.documentElement.lang] || {})[code] || data.rules.find((rule) => rule[0] === code).slice(2, 4);
    return spoken[part];
  }

  function details(i) {
    const [code, name, , , source] = data.rules[lines.rule[i]];
    const doc = ruled(code, 0), why = ruled(code, 1);
    const place = [text(lines.file[i]), text(lines.sheet[i]), cellOf(i)].filter(Boolean).join(" · ");
    const facts = [
      ["rule", code + " " + name], ["asked", doc === name ? "" : doc], ["message", text(lines.message[i])], ["value", text(lines.value[i])],
      ["proposal", text(lines.fix[i]) && text(lines.fix[i]) + " (" + say[FIXES[lines.safety[i]]] + ")"],
      ["sku", text(lines.sku[i])], ["column", text(lines.column[i])], ["place", place],
      ["marketplace", text(lines.stores[i]) || say.all_marketplaces], ["why", why], ["source", source],
    ].filter((fact) => fact[1]);
    $("facts").replaceChildren(...facts.flatMap(([key, said]) => [make("dt", {}, say[key]), make("dd", {}, said)]));
    $("details").showModal();
  }

  // the listings
  function counted() {
    const counts = new Map();
    for (let i = 0; i < lines.rule.length; i++) {
      if (!lines.sku[i]) continue;
      const mine = counts.get(lines.sku[i]) || [0, 0, 0];
      mine[lines.severity[i]] += lines.times[i];
      counts.set(lines.sku[i], mine);
    }
    return counts;
  }

  function grouped() {
    const counts = counted(), by_sku = new Map(data.products.map((product) => [product[0], product])), all = new Map();
    for (const product of data.products) {
      const head = product[3] || product[0];
      if (!all.has(head)) all.set(head, { sku: head, parent: by_sku.get(head) || null, children: [], worst: [0, 0, 0] });
      const family = all.get(head);
      if (product[0] !== head) family.children.push(product);
      (counts.get(product[0]) || []).forEach((number, severity) => { family.worst[severity] += number; });
    }
    const only = $("flawed").checked;
    const shown = [...all.values()].filter((family) => !only || family.worst.some(Boolean));
    shown.sort((a, b) => b.worst[0] - a.worst[0] || b.worst[1] - a.worst[1]);
    return { counts, shown, only };
  }

  function title(number) {
    const chars = Array.from(text(number));
    if (!chars.length) return make("p", { className: "title missing" }, say.no_title);
    const node = make("p", { className: "title" }, chars.slice(0, PHONE).join(""));
    if (chars.length > PHONE) node.append(make("span", { className: "cut" }, chars.slice(PHONE).join("")));
    return make("div", {}, node, make("p", { className: chars.length > PHONE ? "length long" : "length" }, figure(chars.length) + " " + say.characters));
  }

  function frame() {
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawing.setAttribute("viewBox", "0 0 24 24");
    drawing.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", "M3 5h18v14H3zM3 16l5-5 4 4 3-3 6 6M15.5 9.5h.01");
    drawing.append(path);
    return drawing;
  }

  function picture(number) {
    const url = text(number);
    if (!url) return make("p", { className: "picture" }, say.no_image);
    const known = /^https?:\/\//i.test(url);
    const shown = known ? make("a", { href: url, rel: "noreferrer noopener", target: "_blank" }, say.image + " \u2197") : make("span", {}, url);
    const host = known ? make("span", {}, url.replace(/^https?:\/\//i, "").split("/")[0].slice(0, 60)) : null;
    return make("p", { className: "picture", title: say.not_loaded }, frame(), shown, host);
  }

  function card(product, counts) {
    const mine = counts.get(product[0]);
    const badges = (mine || []).map((number, severity) => number
      ? make("button", { type: "button", className: "badge " + SEVERITIES[severity] }, plural(["n_errors", "n_warnings", "n_notes"][severity], number)) : null);
    const others = Object.entries(product[6]).map(([store, number]) => make("div", { className: "other" }, make("span", { className: "store" }, store), title(number)));
    const node = make("article", { className: "card" },
      picture(product[2]),
      make("div", { className: "text" },
        title(product[1]), ...others,
        make("p", { className: "quiet" }, [text(product[4]), text(product[5]), text(product[0])].filter(Boolean).join(" · ")),
        make("p", {}, ...badges)));
    node.dataset.sku = text(product[0]);
    return node;
  }

  function cards() {
    if (!$("cards")) return;
    const { counts, shown, only } = grouped();
    const nodes = shown.slice(0, families).map((family) => {
      const children = family.children.filter((child) => !only || counts.has(child[0]));
      if (!family.children.length) return card(family.parent, counts);
      const head = family.parent ? card(family.parent, counts)
        : make("p", { className: "title missing" }, text(family.sku) + ": " + say.missing_parent);
      const tree = make("ul", {}, ...children.slice(0, CHILDREN).map((child) => make("li", {}, card(child, counts))));
      if (children.length > CHILDREN) tree.append(make("li", { className: "quiet" }, "+ " + figure(children.length - CHILDREN)));
      const summary = make("summary", {}, text(family.sku) + " (" + figure(family.children.length) + " " + say.variants + ")");
      return make("details", { className: "family", open: true }, summary, head, tree);
    });
    $("cards").replaceChildren(...nodes);
    $("more").hidden = shown.length <= families;
  }

  // language, theme, wiring
  function options() {
    const fill = (name, pairs) => {
      const select = $("by-" + name), before = select.value;
      select.replaceChildren(make("option", { value: "" }, say.all), ...pairs.map(([value, label]) => make("option", { value }, label)));
      select.value = before;
      select.parentNode.hidden = pairs.length < 2;
    };
    const used = (column, count) => Array.from({ length: count }, (_, n) => n).filter((n) => column.includes(n));
    fill("severity", used(lines.severity, 3).map((n) => [SEVERITIES[n], say[SEVERITIES[n]]]));
    fill("rule", data.rules.map((rule) => [rule[0], rule[0] + " " + rule[1]]));
    fill("subject", [...new Set(data.rules.map((rule) => rule[5]))].filter(Boolean).map((name) => [name, subject(name)]).sort((a, b) => (a[1] < b[1] ? -1 : 1)));
    fill("store", [...new Set([...new Set(lines.stores)].flatMap((n) => text(n).split(" ")))].filter(Boolean).sort().map((code) => [code, code]));
    fill("fix", used(lines.safety, 3).map((n) => [FIXES[n], say[FIXES[n]]]));
  }

  function speak(code) {
    say = phrases[code];
    document.documentElement.lang = code;
    document.title = say.title;
    for (const node of document.querySelectorAll("[data-t]")) node.textContent = say[node.dataset.t];
    for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", say[node.dataset.tLabel]);
    for (const node of document.querySelectorAll("[data-t-placeholder]")) node.placeholder = say[node.dataset.tPlaceholder];
    for (const node of document.querySelectorAll("[data-subject]")) node.textContent = subject(node.dataset.subject);
    for (const node of document.querySelectorAll("[data-rule]")) node.textContent = ruled(node.dataset.rule, node.dataset.part);
    for (const node of document.querySelectorAll("[data-sentence]")) {
      const [kind, number] = node.dataset.sentence.split(".");
      node.textContent = data.sentences[code][kind][number];
    }
    show();
  }

  function show() {
    if ($("filters")) { options(); filter(); }
    cards();
  }

  function only(name, value) {
    if (!$("filters")) return;
    for (const select of $("filters").querySelectorAll("select")) select.value = "";
    $("search").value = name === "search" ? value : "";
    if (name !== "search") $("by-" + name).value = value;
    filter();
    $("findings").scrollIntoView();
  }

  function wire() {
    $("language").addEventListener("change", (event) => speak(event.target.value));
    if ($("filters")) {
      $("filters").addEventListener("submit", (event) => event.preventDefault());
      $("filters").addEventListener("input", filter);
      $("clear").addEventListener("click", () => only("search", ""));
      $("list").addEventListener("scroll", () => { if (!printing) draw(false); });
      $("rows").addEventListener("click", (event) => {
        const line = event.target.closest("tr[data-line]");
        if (line && !String(getSelection())) details(Number(line.dataset.line));
      });
      addEventListener("resize", () => draw(false));
      addEventListener("beforeprint", () => { printing = true; draw(true); });
      addEventListener("afterprint", () => { printing = false; draw(true); });
    }
    document.addEventListener("click", (event) => {
      const jump = event.target.closest("button[data-filter]");
      if (jump) only(jump.dataset.filter, jump.dataset.value);
      const badge = event.target.closest("button.badge");
      if (badge) only("search", badge.closest(".card").dataset.sku);
    });
    if ($("cards")) {
      families = FAMILIES;
      $("flawed").addEventListener("change", () => { families = FAMILIES; cards(); });
      $("more").addEventListener("click", () => { families += FAMILIES; cards(); });
    }
  }

  $("theme").addEventListener("click", () => {
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  });

  if (typeof DecompressionStream === "undefined") {
    if ($("shown")) $("shown").textContent = say.old_browser;
    return;
  }
  requestAnimationFrame(() => setTimeout(async () => {
    data = await unpack($("data").textContent);
    lines = data.lines;
    wire();
    const reader = navigator.language.slice(0, 2);
    if (document.documentElement.dataset.lang && reader !== document.documentElement.lang && phrases[reader]) {
      $("language").value = reader;
      speak(reader);
    } else show();
    document.documentElement.dataset.ready = "yes";
  }));
})();
