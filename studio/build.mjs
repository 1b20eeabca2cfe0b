// Builds the studio into the gateway's package: hashed names, precompressed copies, licences, a manifest.
//
//   node build.mjs          build
//   node build.mjs watch    build whenever a source changes, unminified
//   node build.mjs test     run test/*.test.ts with node's own runner
//
// The manifest's digest is that of the sources (see `digestSources`): a test of the gateway compares it, so that
// nobody forgets to build.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const ROOT = dirname(fileURLToPath(import.meta.url));
const OUT = join(ROOT, "../services/gateway/src/lectern/gateway/studio");
const PREFIX = "/studio/"; // where the gateway serves the hashed files
const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};
const COMPRESSED = new Set([".css", ".html", ".js", ".svg", ".txt", ".webmanifest"]);

/** Every file below a folder, sorted, as paths relative to it. */
function listFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => String(name).replaceAll("\\", "/"))
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
}

/** SHA-256 over names and contents of what the build is made from. Types leave no trace in it, so they do not count. */
function digestSources() {
  const names = [
    "build.mjs",
    "package-lock.json",
    "package.json",
    "tsconfig.json",
    ...listFiles(join(ROOT, "src")).map((name) => `src/${name}`),
  ];
  const hash = createHash("sha256");
  for (const name of names.filter((each) => !each.endsWith(".d.ts")).sort()) {
    hash.update(`${name}\0`).update(readFileSync(join(ROOT, name))).update("\0");
  }
  return hash.digest("hex");
}

/** All style sheets as one, in the order of their layers: design first, pages after. */
function collectStyles() {
  const names = listFiles(join(ROOT, "src")).filter((name) => name.endsWith(".css"));
  const rank = (name) => ["design/fonts.css", "design/tokens.css", "design/base.css"].indexOf(name);
  const place = (name) => (rank(name) >= 0 ? rank(name) : name.startsWith("design/") ? 10 : 20);
  names.sort((a, b) => place(a) - place(b) || a.localeCompare(b, "en"));
  return names.map((name) => `@import "./${name}";`).join("\n");
}

async function bundle({ minify }) {
  const result = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: { studio: "src/main.tsx", appearance: "src/appearance.ts", style: "studio:styles" },
    outdir: OUT,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    publicPath: PREFIX,
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["chrome123", "firefox125", "safari17.5"],
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".woff2": "file", ".svg": "file" },
    minify,
    legalComments: "none", // the licences of everything bundled are in licences.txt
    metafile: true,
    write: false,
    logLevel: "warning",
    plugins: [
      {
        name: "styles",
        setup(build) {
          build.onResolve({ filter: /^studio:styles$/ }, () => ({ path: "all.css", namespace: "styles" }));
          build.onLoad({ filter: /.*/, namespace: "styles" }, () => ({
            contents: collectStyles(),
            loader: "css",
            resolveDir: join(ROOT, "src"),
          }));
        },
      },
    ],
  });
  return { files: result.outputFiles, metafile: result.metafile };
}

/** The licence texts of every package with code in the bundle. Fails for a package without one. */
function collectLicences(metafile) {
  const packages = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) packages.add(match[1]);
  }
  const listed = [...packages].sort().map((name) => {
    const folder = join(ROOT, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)/i.test(each));
    if (!file) throw new Error(`${name} has no licence file; it cannot be shipped`);
    return { name, version, licence: license, text: readFileSync(join(folder, file), "utf8").trim() };
  });
  return listed;
}

/** index.html with the names of this build. */
function renderPage(names) {
  const page = readFileSync(join(ROOT, "src/index.html"), "utf8");
  return page.replace(/\{\{(.+?)\}\}/g, (_, key) => {
    if (!names[key]) throw new Error(`src/index.html names ${key}, which the build did not make`);
    return names[key];
  });
}

/** What the first script imports at once: fetched beside it rather than after it. */
function listImports(metafile) {
  const outputs = Object.entries(metafile.outputs);
  const main = outputs.find(([, output]) => output.entryPoint === "src/main.tsx")?.[1];
  return (main?.imports ?? []).filter((each) => each.kind === "import-statement").map((each) => basename(each.path));
}

function nameByContent(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  return name.replace(/(?=\.\w+$)/, `-${hash}`);
}

function compress(content) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  return { br: brotliCompressSync(content, { params }), gz: gzipSync(content, { level: 9 }) };
}

async function build({ minify = true } = {}) {
  const { files, metafile } = await bundle({ minify });
  const contents = new Map(files.map((file) => [basename(file.path), Buffer.from(file.contents)]));
  const names = {};
  for (const name of contents.keys()) {
    const plain = name.replace(/-[A-Z0-9]{8}(?=\.\w+$)/, "");
    names[plain] = PREFIX + name;
  }
  for (const name of listFiles(join(ROOT, "src/static"))) {
    const content = readFileSync(join(ROOT, "src/static", name));
    const hashed = nameByContent(name, content);
    contents.set(hashed, content);
    names[name] = PREFIX + hashed;
  }
  names["preloads"] = listImports(metafile)
    .map((name) => `<link rel="modulepreload" href="${PREFIX}${name}" />`)
    .join("\n    ");
  const licences = collectLicences(metafile);
  contents.set("index.html", Buffer.from(renderPage(names)));
  contents.set(
    "licences.txt",
    Buffer.from(licences.map((each) => `${each.name} ${each.version}\n\n${each.text}\n`).join(`\n${"-".repeat(80)}\n\n`)),
  );
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const manifest = { digest: digestSources(), files: {}, packages: {} };
  for (const [name, content] of [...contents].sort(([a], [b]) => (a < b ? -1 : 1))) {
    writeFileSync(join(OUT, name), content);
    const entry = { type: TYPES[extname(name)], bytes: content.length, encodings: [] };
    if (!entry.type) throw new Error(`${name} has no media type in build.mjs`);
    if (COMPRESSED.has(extname(name))) {
      for (const [encoding, bytes] of Object.entries(compress(content))) {
        if (bytes.length >= content.length) continue;
        writeFileSync(join(OUT, `${name}.${encoding}`), bytes);
        entry.encodings.push(encoding);
      }
    }
    manifest.files[name] = entry;
  }
  for (const { name, version, licence } of licences) manifest.packages[name] = { version, licence };
  writeFileSync(join(OUT, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
  return report(contents);
}

function report(contents) {
  let total = 0;
  for (const [name, content] of [...contents].sort((a, b) => b[1].length - a[1].length)) {
    const compressed = COMPRESSED.has(extname(name)) ? compress(content).br.length : content.length;
    total += compressed;
    console.log(`${String(content.length).padStart(8)} ${String(compressed).padStart(8)} br  ${name}`);
  }
  console.log(`${" ".repeat(9)}${String(total).padStart(8)} br  in all`);
}

async function test() {
  const out = join(ROOT, ".tests");
  rmSync(out, { recursive: true, force: true });
  const names = listFiles(join(ROOT, "test")).filter((name) => name.endsWith(".test.ts") || name.endsWith(".test.tsx"));
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: names.map((name) => `test/${name}`),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "warning",
  });
  const files = listFiles(out).map((name) => join(out, name));
  const { status } = spawnSync(process.execPath, ["--test", "--test-reporter=dot", ...files], { stdio: "inherit" });
  rmSync(out, { recursive: true, force: true });
  process.exit(status ?? 1);
}

const [, , command] = process.argv;
if (command === "test") await test();
else if (command === "watch") {
  let last = "";
  for (;;) {
    const now = digestSources();
    if (now !== last) await build({ minify: false }).catch((error) => console.error(error.message));
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
} else await build();
