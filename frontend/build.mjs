// Fills static/build/ with everything the pages need from npm: styles, theme, script, font, icons
// and the map library. Run by `npm run build`; takes well under a second when the theme is unchanged.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const out = join(root, "static", "build");

const read = (...parts) => readFileSync(join(modules, ...parts), "utf8");
const write = (name, text) => writeFileSync(join(out, name), text);

// A comment that names a source map makes the hashing static storage look for a file we do not ship.
const withoutSourceMap = (text) => text.replace(/\n?\/[/*]# sourceMappingURL=[^\n]*/g, "");

function buildTheme() {
  const config = join(root, "designsystemet.config.json");
  const cli = JSON.parse(read("@digdir", "designsystemet", "package.json"));
  const key = createHash("sha256").update(cli.version).update(readFileSync(config)).digest("hex").slice(0, 16);
  const target = join(out, "theme.css");
  if (existsSync(target) && readFileSync(target, "utf8").startsWith(`/* theme ${key} */`)) return;

  const name = Object.keys(JSON.parse(readFileSync(config, "utf8")).themes)[0];
  const work = mkdtempSync(join(tmpdir(), "theme-"));
  const run = (...args) =>
    execFileSync(process.execPath, [join(modules, "@digdir", "designsystemet", cli.bin), ...args], {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
    });
  try {
    run("tokens", "create", "--config", config);
    run("tokens", "build", "-t", join(root, "design-tokens"), "-o", work);
    write("theme.css", `/* theme ${key} */\n${readFileSync(join(work, `${name}.css`), "utf8")}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(join(root, "design-tokens"), { recursive: true, force: true });
  }
}

// Every quoted word in our templates and Python files that is the name of an icon goes into the sprite,
// so nobody keeps a list by hand: {% icon "Calendar" %} in a template is enough.
function usedIcons() {
  const available = new Set(
    readdirSync(join(modules, "@navikt", "aksel-icons", "dist", "svg")).map((file) => file.replace(/\.svg$/, "")),
  );
  const used = new Set();
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (/\.(html|py|txt)$/.test(entry.name))
        for (const [, word] of readFileSync(path, "utf8").matchAll(/["']([A-Z][A-Za-z0-9]+)["']/g))
          if (available.has(word)) used.add(word);
    }
  };
  for (const folder of ["templates", "vekst", "projects", "members"]) walk(join(root, folder));
  return [...used].sort();
}

function buildIcons() {
  const symbols = usedIcons().map((name) => {
    const svg = read("@navikt", "aksel-icons", "dist", "svg", `${name}.svg`);
    const viewBox = /viewBox="([^"]+)"/.exec(svg)[1];
    const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").trim();
    // The files fill with the colour of the text on the root element, which a symbol does not inherit.
    return `<symbol id="${name}" viewBox="${viewBox}" fill="currentColor">${inner}</symbol>`;
  });
  write("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
  return symbols.length;
}

mkdirSync(out, { recursive: true });
buildTheme();
write("designsystemet.css", withoutSourceMap(read("@digdir", "designsystemet-css", "dist", "src", "index.css")));
write("designsystemet.js", withoutSourceMap(read("@digdir", "designsystemet-web", "dist", "umd", "index.js")));
cpSync(
  join(modules, "inter-ui", "variable-latin", "InterVariable-subset.woff2"),
  join(out, "inter-variable.woff2"),
);
mkdirSync(join(out, "leaflet"), { recursive: true });
write("leaflet/leaflet.js", withoutSourceMap(read("leaflet", "dist", "leaflet.js")));
write("leaflet/leaflet.css", read("leaflet", "dist", "leaflet.css"));
cpSync(join(modules, "leaflet", "dist", "images"), join(out, "leaflet", "images"), { recursive: true });
console.log(`static/build is ready, with ${buildIcons()} icons.`);
