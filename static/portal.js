"use strict";
// Menu on small screens, dropping of files, keys of the queue, and charts from JSON.

document.addEventListener("click", (event) => {
  const menu = event.target.closest("[data-menu]");
  if (menu) document.querySelector(".side").classList.toggle("open");
  const fill = event.target.closest("[data-sign-in]");
  if (fill) {
    document.querySelector("#id_username").value = fill.dataset.signIn;
    document.querySelector("#id_password").value = fill.dataset.password;
    document.querySelector("#login-form").submit();
  }
  if (event.target.closest("[data-print]")) window.print();
  const more = event.target.closest("[data-more]");
  if (more) {
    const rows = more.parentElement.querySelector("[data-rows]");
    const row = rows.querySelector("[data-again]").cloneNode(true);
    for (const input of row.querySelectorAll("input[type=text]")) input.value = "";
    rows.append(row);
    row.querySelector("[name=cell]").focus();
  }
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-all]")) return;
  for (const box of event.target.form.querySelectorAll("[name=pk]")) box.checked = event.target.checked;
});

const drop = document.querySelector("[data-drop]");
if (drop) {
  const input = drop.querySelector("input[type=file]");
  const named = drop.querySelector("[data-names]");
  const show = () => {
    named.textContent = [...input.files].map((file) => file.name).join("、");
  };
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
    });
  }
  // Where it says so the files go at once: whatever was dropped needs no second act.
  const send = () => {
    show();
    if ("send" in drop.dataset && input.files.length) {
      named.textContent = `正在上传：${named.textContent}`;
      input.form.requestSubmit();
    }
  };
  drop.addEventListener("drop", (event) => {
    input.files = event.dataTransfer.files;
    send();
  });
  input.addEventListener("change", send);
  for (const spare of drop.querySelectorAll("[data-hidden-by-script]")) spare.hidden = true;
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey) return;
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.indexOf(document.activeElement);
  if (event.key === "j" && rows.length) rows[Math.min(at + 1, rows.length - 1)].focus();
  if (event.key === "k" && rows.length) rows[Math.max(at - 1, 0)].focus();
  if (event.key === "Enter" && at >= 0) location.href = rows[at].dataset.row;
  const box = event.key === "x" && at >= 0 && rows[at].querySelector("input[type=checkbox]");
  if (box) box.checked = !box.checked;
  // A decision takes two strokes: the key goes to the button, and Enter presses it.
  const named = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
  if (named) {
    event.preventDefault();
    named.focus();
  }
  if (event.key === "?") location.href = "/help/keys/";
  if (event.key === "/") {
    const search = document.querySelector("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
});

const charts = new Map();

function readColours() {
  const style = getComputedStyle(document.body);
  const read = (name) => style.getPropertyValue(name).trim();
  return { text: read("--text"), accent: read("--accent"), soft: read("--soft"), ground: read("--ground"), line: read("--line") };
}

function curveOptions(chartData, { text, accent, soft, line }) {
  const horizontal = chartData.kind === "ranking";
  const names = { type: "category", data: chartData.names, axisLabel: { color: text, interval: horizontal ? 0 : "auto" }, inverse: horizontal };
  const values = { type: "value", axisLabel: { color: text }, name: chartData.unit, nameTextStyle: { color: text }, splitLine: { lineStyle: { color: line } } };
  return {
    animation: false,
    color: [accent, soft],
    textStyle: { color: text },
    tooltip: { trigger: "axis", renderMode: "richText" },
    legend: { show: chartData.series.length > 1, top: 0, right: 0, textStyle: { color: text } },
    grid: { left: 8, right: horizontal ? 48 : 16, top: 36, bottom: 8, containLabel: true },
    xAxis: horizontal ? values : names,
    yAxis: horizontal ? names : values,
    series: chartData.series.map((series) => ({
      name: series.name,
      type: horizontal ? "bar" : "line",
      data: series.values,
      connectNulls: false,
    })),
    aria: { enabled: true },
  };
}

const layers = new Map();

async function loadRegions(address, parent) {
  if (!layers.has(address)) layers.set(address, fetch(address).then((answer) => answer.json()));
  const geometry = await layers.get(address);
  return { ...geometry, features: geometry.features.filter((feature) => feature.properties.parent === parent) };
}

async function mapOptions(chartData, element, { text, accent, soft, ground, line }) {
  const name = `${chartData.layer} ${chartData.parent}`;
  echarts.registerMap(name, await loadRegions(element.dataset.layer, chartData.parent));
  const regionByCode = new Map(chartData.values.map((region) => [region.name, region]));
  const largest = chartData.most ?? Math.max(1, ...chartData.values.map((region) => region.value ?? 0));
  return {
    animation: false,
    textStyle: { color: text },
    tooltip: { renderMode: "richText", formatter: ({ name: code }) => (regionByCode.has(code) ? `${regionByCode.get(code).label}：${regionByCode.get(code).text}` : "") },
    visualMap: { seriesIndex: 0, min: 0, max: largest, text: [`高（${chartData.unit}）`, "低"], textStyle: { color: text }, inRange: { color: [ground, accent] }, left: 0, bottom: 0 },
    geo: {
      map: name,
      label: { show: true, color: text, textBorderColor: ground, textBorderWidth: 2, fontSize: 10, formatter: ({ name: code }) => regionByCode.get(code)?.label.slice(0, 4) ?? "" },
      itemStyle: { areaColor: ground, borderColor: line },
      emphasis: { label: { color: text, textBorderColor: ground, textBorderWidth: 2 }, itemStyle: { areaColor: line } },
      select: { disabled: true },
    },
    series: [
      { type: "map", geoIndex: 0, data: chartData.values.map(({ name: code, value }) => ({ name: code, value })) },
      {
        type: "scatter",
        coordinateSystem: "geo",
        symbol: "pin",
        symbolSize: 32,
        itemStyle: { color: soft },
        tooltip: { show: false },
        data: chartData.point ? [chartData.point] : [],
      },
    ],
    aria: { enabled: true },
  };
}

// A map needs more width than its padding: it is drawn once its element is wide enough.
const hasRoom = (element) => element.clientWidth > 40;

async function draw() {
  if (typeof echarts === "undefined") return;
  for (const [element, chart] of charts) {
    if (!element.isConnected) {
      chart.dispose();
      charts.delete(element);
    }
  }
  for (const element of document.querySelectorAll("[data-chart]")) {
    if (charts.has(element) || !hasRoom(element)) continue;
    const chartData = JSON.parse(document.getElementById(element.dataset.chart).textContent);
    if (chartData.kind === "map") await loadRegions(element.dataset.layer, chartData.parent);
    // While the shapes were fetched the page may have been drawn, narrowed or replaced.
    if (charts.has(element) || !element.isConnected || !hasRoom(element)) continue;
    const chart = echarts.init(element, null, { renderer: "svg" });
    charts.set(element, chart);
    const palette = readColours();
    chart.setOption(chartData.kind === "map" ? await mapOptions(chartData, element, palette) : curveOptions(chartData, palette));
    if (chartData.kind === "map" && element.dataset.address) {
      chart.on("click", ({ name }) => {
        location.href = element.dataset.address + name;
      });
    }
  }
}
addEventListener("DOMContentLoaded", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  charts.forEach((chart) => chart.dispose());
  charts.clear();
  draw();
});
// Pixels between the margins of A4, less the padding: narrower than the screen a chart was drawn for.
const PAPER_WIDTH = 670;
addEventListener("beforeprint", () => {
  for (const [element, chart] of charts) if (hasRoom(element)) chart.resize({ width: Math.min(PAPER_WIDTH, chart.getWidth()) });
});
addEventListener("afterprint", () => {
  for (const [element, chart] of charts) if (hasRoom(element)) chart.resize({ width: "auto" });
});
addEventListener("resize", () => {
  for (const [element, chart] of charts) if (hasRoom(element)) chart.resize();
  draw();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.matches("[data-screen]")) draw();
});
for (const [name, broken] of [["htmx:sendError", true], ["htmx:responseError", true], ["htmx:afterOnLoad", false]]) {
  document.addEventListener(name, () => {
    const notice = document.querySelector("[data-offline]");
    if (notice) notice.hidden = !broken;
  });
}

// A table that says so is sorted by its headings; numbers by their exact value.
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const headings = [...table.tHead.rows[0].cells];
  for (const [at, heading] of headings.entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") !== "descending";
      for (const each of headings) each.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const read = (row) => {
        const cell = row.cells[at];
        const text = cell.dataset.value ?? cell.textContent.trim();
        return text === "" || text === "—" ? null : Number.isNaN(Number(text)) ? text : Number(text);
      };
      const compare = (one, other) => {
        const [a, b] = [read(one), read(other)];
        if (a === null || b === null) return (a === null) - (b === null);
        const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "zh");
        return down ? -order : order;
      };
      table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare));
    });
  }
}
