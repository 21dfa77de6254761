// Build what pages load and PDFs embed from installed packages: `npm run build -- UNFOLD`,
// where UNFOLD is the folder of Unfold's static files. Unfold's style sheet is written to the same
// path under static/, which the finders of static files prefer to the package's own.
//
// That style sheet is Tailwind 4's: oklch(), color-mix() and @layer. Windows 7 ends at
// Chromium 109, which knows neither of the first two, and would show a tint of 8 % as
// the full colour. So colours become hexadecimal, a mixture with transparency the same
// colour with that opacity (which is what it means), and layers their content in order
// (which is their rank here: the rules of one never outweigh those of the next).

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "lightningcss";
import postcss from "postcss";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "..", "..");
const STYLES = "unfold/css/styles.css";
const CHROMIUM_109 = 109 << 16;
const NUMBER = String.raw`(-?[\d.]+)`;
const OKLCH = new RegExp(String.raw`oklch\(${NUMBER}% ${NUMBER} ${NUMBER}\)`, "g");
const TINT = new RegExp(
  String.raw`color-mix\(in oklab, ?var\((--color-[\w-]+)\) ${NUMBER}%, ?transparent\)`,
  "g",
);

function main(unfold) {
  copyFileSync(
    join(ROOT, "node_modules/echarts/dist/echarts.min.js"),
    ready(join(ROOT, "static/vendor/echarts.min.js")),
  );
  copyFileSync(
    join(ROOT, "node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"),
    ready(join(ROOT, "var/fonts/NotoSansSC-Regular.ttf")),
  );
  const styles = lowered(readFileSync(join(unfold, STYLES), "utf8"));
  writeFileSync(ready(join(ROOT, "static", STYLES)), styles);
}

function ready(path) {
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

// Return the style sheet in words that Chromium 109 understands.
function lowered(source) {
  const sheet = postcss.parse(source.replace(OKLCH, (_, l, c, h) => hex(+l / 100, +c, +h)));
  const colours = { ...coloursOf(sheet), ...palette() };
  sheet.walkAtRules("layer", unwrap);
  sheet.walkDecls((declaration) => {
    declaration.value = declaration.value.replace(TINT, (whole, name, share) =>
      name in colours ? faded(colours[name], +share / 100) : whole,
    );
    // What only the page could mix goes; the rule before it, which Tailwind writes for
    // browsers that cannot, then stands.
    if (declaration.value.includes("color-mix(")) declaration.remove();
  });
  sheet.walkAtRules("supports", (rule) => {
    if (rule.params.includes("color-mix(")) unwrap(rule);
  });
  const { code } = transform({
    filename: "styles.css",
    code: Buffer.from(sheet.toString()),
    minify: true,
    targets: { chrome: CHROMIUM_109 },
  });
  return code;
}

function unwrap(rule) {
  rule.replaceWith(rule.nodes ?? []);
}

// Return the plain colours that the style sheet itself defines, by variable.
function coloursOf(sheet) {
  const found = {};
  sheet.walkDecls(/^--color-/, ({ prop, value }) => {
    if (/^#([\da-f]{3}|[\da-f]{6})$/.test(value)) found[prop] = value;
  });
  return found;
}

// Return the colours that Unfold's pages receive from our settings, by variable.
function palette() {
  const scales = JSON.parse(readFileSync(join(HERE, "palette.json"), "utf8"));
  const named = Object.entries(scales).flatMap(([name, scale]) =>
    Object.entries(scale).map(([weight, value]) => [`--color-${name}-${weight}`, value]),
  );
  return Object.fromEntries(named);
}

function faded(colour, opacity) {
  const full = colour.length === 4 ? colour.replace(/[\da-f]/g, "$&$&") : colour;
  return full + byte(opacity);
}

// Oklab's published matrices (Björn Ottosson, 2020), clipped to what a screen shows.
function hex(l, c, h) {
  const angle = (h * Math.PI) / 180;
  const [a, b] = [c * Math.cos(angle), c * Math.sin(angle)];
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const middle = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const light = [
    4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short,
  ];
  return `#${light.map(shown).map(byte).join("")}`;
}

function shown(light) {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
}

function byte(share) {
  const value = Math.round(255 * Math.min(1, Math.max(0, share)));
  return value.toString(16).padStart(2, "0");
}

main(process.argv[2]);
