// What the page can do beyond being read: explore figures, compare two models, filter galleries, fold exams.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const element = (name, content = [], attributes = {}) => {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...[content].flat());
    return made;
  };

  // Folding: a link into a folded exam unfolds it, and paper shows everything.
  const unfold = (hash) => {
    const target = document.getElementById(decodeURIComponent(hash.slice(1)));
    const folded = target?.closest(".exam")?.querySelector("details");
    if (folded) folded.open = true;
  };
  const arrive = () => unfold(location.hash);
  arrive();
  addEventListener("hashchange", arrive);
  document.addEventListener("click", (event) => unfold(event.target.closest("a")?.hash ?? ""));
  all("[data-fold]").forEach((button) => button.addEventListener("click", () => {
    all(".exam > details").forEach((one) => { one.open = button.dataset.fold === "open"; });
  }));
  let printed = [];
  addEventListener("beforeprint", () => {
    printed = all("details:not([open])");
    printed.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => printed.forEach((one) => { one.open = false; }));

  // Figures: the library is started when the first one is explored.
  const start = () => {
    if (!window.vegaEmbed) document.head.append(element("script", document.getElementById("vega").textContent));
  };

  const toggles = (series, view) => {
    const boxes = series.map((name) => element("input", [], { type: "checkbox", checked: "", value: name }));
    const show = () => view.signal("shown", boxes.filter((box) => box.checked).map((box) => box.value)).runAsync();
    boxes.forEach((box) => box.addEventListener("change", show));
    const labels = boxes.map((box) => element("label", [box, ` ${box.value}`]));
    return element("fieldset", [element("legend", "Shown"), ...labels], { class: "toggles" });
  };

  const explore = async (figure, place) => {
    const { spec, series, label, told } = JSON.parse(figure.querySelector("script").textContent);
    start();
    const drawing = element("div", [], { class: "drawing", role: "img", tabindex: "0", "aria-label": label });
    place.append(drawing);
    const options = { actions: false, renderer: "svg", ast: true, logLevel: 1, tooltip: { theme: "page" } };
    const { view } = await window.vegaEmbed(drawing, spec, options);
    all("[role]", drawing).forEach((one) => one.removeAttribute("role"));
    all("[aria-label], [aria-roledescription]", drawing).forEach((one) => {
      one.removeAttribute("aria-label");
      one.removeAttribute("aria-roledescription");
    });
    const hints = [
      ...(told ? ["Point at a mark for its numbers."] : []),
      ...(spec.params.length > 1 ? ["Drag to move, hold shift and turn the wheel to zoom, double-click to go back."] : []),
    ];
    place.prepend(element("p", [element("small", hints.join(" "))]));
    if (series.length > 1) place.prepend(toggles(series, view));
  };

  all("figure .explore").forEach((button) => button.addEventListener("click", async () => {
    const figure = button.closest("figure");
    const [still, lively] = [figure.querySelector(".still"), figure.querySelector(".lively")];
    const on = button.getAttribute("aria-pressed") !== "true";
    still.hidden = on;
    lively.hidden = !on;
    if (on && !lively.hasChildNodes()) await explore(figure, lively);
    button.setAttribute("aria-pressed", String(on));
  }));

  // Galleries: what stands on the mistakes decides what can be chosen.
  const every = "any";
  const selection = (label, values) => {
    const options = [every, ...values].map((value) => element("option", value, { value }));
    const choice = element("select", options);
    return [element("label", [label, choice]), choice];
  };

  const distinct = (items, key) => [...new Set(items.map((item) => item.dataset[key]))].filter(Boolean).sort();

  all(".mistakes").forEach((gallery) => {
    const items = all("li", gallery);
    const form = gallery.querySelector("form");
    const keys = [["is", "Is"], ["said", "Said"], ["score", "Score"]];
    const offered = keys.map(([key, label]) => [key, label, distinct(items, key)]).filter((one) => one[2].length > 1);
    const choices = offered.map(([key, label, values]) => [key, ...selection(label, values)]);
    const sure = element("input", [], { type: "range", min: "0", max: "1", step: "0.05", value: "0" });
    const count = element("output", [], { role: "status" });
    const filter = () => {
      const fits = (item) => choices.every(([key, , choice]) => [every, item.dataset[key]].includes(choice.value))
        && Number(item.dataset.sure) >= Number(sure.value);
      items.forEach((item) => { item.hidden = !fits(item); });
      const shown = items.filter((item) => !item.hidden);
      all("details", gallery).forEach((one) => { one.hidden = !shown.some((item) => one.contains(item)); });
      count.value = `${shown.length} of ${items.length} shown, sure at least ${Number(sure.value).toFixed(2)}`;
    };
    form.append(...choices.map(([, label]) => label), element("label", ["Sure at least", sure]), count);
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    filter();
  });

  // Any two models.
  const held = document.getElementById("pairs");
  if (!held) return;
  const { models, exams } = JSON.parse(held.textContent);
  const [first, second] = ["first", "second"].map((name) => document.querySelector(`#compare select[name="${name}"]`));

  const picture = (place, name) => element("span", [], { class: `thumbnail p${place}`, role: "img", "aria-label": name });

  const fact = (name, value, right) =>
    element("div", [element("dt", name), element("dd", value)], right === false ? { class: "wrong" } : {});

  const card = ([place, name, truth, one, other], rights) => {
    const facts = [["is", truth], ["first", one, rights[0]], ["second", other, rights[1]]].filter((each) => each[1]);
    return element("li", [picture(place, name), element("dl", facts.map((each) => fact(...each)))]);
  };

  const sentence = ([, name, truth, one, other]) => {
    const said = [["is", truth], ["first:", one], ["second:", other]].filter((each) => each[1]);
    return element("li", [element("code", name), ` ${said.map((each) => each.join(" ")).join(", ")}`]);
  };

  const parted = (exam, [, , ours, theirs, our, their], names) => {
    const ways = [[names[0], ours, our, [true, false]], [names[1], theirs, their, [false, true]]];
    const parts = ways.filter((way) => way[2].length).flatMap(([name, count, items, rights]) => {
      const [seen, unseen] = [items.filter((one) => one[0] >= 0), items.filter((one) => one[0] < 0)];
      const judged = exam.ranked ? rights : [];
      return [
        element("h4", `${name} scored higher on ${count} ${count === 1 ? "row" : "rows"}; ${items.length} shown`),
        ...(seen.length ? [element("ul", seen.map((one) => card(one, judged)), { class: "gallery" })] : []),
        ...(unseen.length ? [element("p", "Without a picture on the shelf:"), element("ul", unseen.map(sentence), { class: "plain" })] : []),
      ];
    });
    const heading = element("summary", `${exam.exam} on ${exam.data}: ${ours} rows against ${theirs}`);
    return element("details", [heading, ...parts]);
  };

  const row = (exam, [, , value, interval, p, sure], names) => {
    const link = element("a", exam.question, { href: `#${exam.anchor}` });
    const verdict = !exam.ranked ? "neither high nor low is better"
      : sure ? `${sure > 0 ? names[0] : names[1]} is better` : "no difference can be told";
    const told = element("th", [link, element("small", `${exam.exam} on ${exam.data}`)], { scope: "row" });
    return element("tr", [told, element("td", value, { class: "value" }), ...[interval, p, verdict].map((one) => element("td", one))]);
  };

  const compare = () => {
    const chosen = [Number(first.value), Number(second.value)].sort((one, other) => one - other);
    const names = chosen.map((place) => models[place]);
    const isPair = ([one, other]) => one === chosen[0] && other === chosen[1];
    const met = exams.flatMap((exam) => exam.pairs.filter(isPair).map((pair) => [exam, pair]));
    const better = [1, -1].map((sign) => met.filter(([exam, pair]) => exam.ranked && pair[5] === sign).length);
    const said = document.getElementById("compare-said");
    if (chosen[0] === chosen[1]) said.textContent = "Choose two models that differ.";
    else if (!met.length) said.textContent = `${names[0]} and ${names[1]} took no exam under one norm.`;
    else {
      said.textContent = `First is ${names[0]}, second ${names[1]}. Of ${met.length} exams that both took, the first is `
        + `surely better in ${better[0]}, the second in ${better[1]}.`;
    }
    document.querySelector("#compare-table tbody").replaceChildren(...met.map(([exam, pair]) => row(exam, pair, names)));
    const apart = exams.flatMap((exam) => exam.apart.filter(isPair).map((found) => parted(exam, found, names)));
    document.getElementById("compare-items").replaceChildren(...(apart.length ? apart
      : [element("p", "These two are no neighbours in any ranking, so this page shows no items of theirs.")]));
  };
  [first, second].forEach((select) => select.addEventListener("change", compare));
  compare();
})();
