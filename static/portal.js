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
  drop.addEventListener("drop", (event) => {
    input.files = event.dataTransfer.files;
    show();
  });
  input.addEventListener("change", show);
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey) return;
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.indexOf(document.activeElement);
  if (event.key === "j" && rows.length) rows[Math.min(at + 1, rows.length - 1)].focus();
  if (event.key === "k" && rows.length) rows[Math.max(at - 1, 0)].focus();
  if (event.key === "Enter" && at >= 0) location.href = rows[at].dataset.row;
  if (event.key === "/") {
    const search = document.querySelector("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
});

function draw() {
  if (typeof echarts === "undefined") return;
  const style = getComputedStyle(document.documentElement);
  const text = style.getPropertyValue("--text").trim();
  const accent = style.getPropertyValue("--accent").trim();
  const soft = style.getPropertyValue("--soft").trim();
  for (const place of document.querySelectorAll("[data-chart]")) {
    const said = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const chart = echarts.init(place, null, { renderer: "svg" });
    const horizontal = said.kind === "ranking";
    const names = { type: "category", data: said.names, axisLabel: { color: text }, inverse: horizontal };
    const values = { type: "value", axisLabel: { color: text }, name: said.unit, nameTextStyle: { color: text } };
    chart.setOption({
      animation: false,
      color: [accent, soft],
      textStyle: { color: text },
      tooltip: { trigger: "axis" },
      legend: { show: said.series.length > 1, top: 0, right: 0, textStyle: { color: text } },
      grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
      xAxis: horizontal ? values : names,
      yAxis: horizontal ? names : values,
      series: said.series.map((each) => ({
        name: each.name,
        type: horizontal ? "bar" : "line",
        data: each.values,
        connectNulls: false,
      })),
      aria: { enabled: true },
    });
    addEventListener("resize", () => chart.resize());
  }
}
addEventListener("DOMContentLoaded", draw);
