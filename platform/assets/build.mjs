// Builds the scripts and styles of the pages into ../puhui/static/dist, with names that carry a hash of their content.
// meta.json names the entry points; the program reads it. The old folder goes first, so that nothing stale is served.
import { gzipSync } from "node:zlib";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import * as esbuild from "esbuild";

const dist = new URL("../puhui/static/dist/", import.meta.url).pathname;
const fresh = dist.replace(/\/$/, ".new");

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
const built = await esbuild.build({
  entryPoints: ["src/app.js", "src/scan.js", "src/queue.js", "src/charts.js", "src/sw.js"],
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: "es2020",
  loader: { ".wasm": "file" },
  publicPath: "/static/dist/",
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  metafile: true,
  outdir: fresh,
  logLevel: "warning",
});
// Beside each file its compressed twin, which the program sends to whoever accepts it.
for (const name of await readdir(fresh)) {
  const bytes = await readFile(`${fresh}/${name}`);
  await writeFile(`${fresh}/${name}.gz`, gzipSync(bytes, { level: 9 }));
}
await writeFile(`${fresh}/meta.json`, JSON.stringify(built.metafile));
await rm(dist, { recursive: true, force: true });
await rename(fresh, dist);
