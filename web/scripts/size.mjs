// Fails when the JavaScript that the shell and a list need first is above its limit. "First" is the
// entry, the list page, and everything either of them imports statically.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 140 * 1024;
const FIRST = ["index.html", "src/features/list/list-page.tsx"];
const manifest = JSON.parse(readFileSync("dist/manifest.json", "utf8"));

const seen = new Set();
function visit(key) {
  if (seen.has(key)) return;
  if (!manifest[key]) throw new Error(`${key} is not in dist/manifest.json: build first, or the entry moved`);
  seen.add(key);
  for (const next of manifest[key].imports ?? []) visit(next);
}
for (const key of FIRST) if (key === "index.html" || manifest[key]) visit(key);

const sizes = [...seen].map((key) => {
  const { file } = manifest[key];
  return {
    file,
    bytes: file.endsWith(".js") ? gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length : 0,
  };
});
const boot = gzipSync(readFileSync("dist/boot.js"), { level: 9 }).length;
const total = sizes.reduce((sum, { bytes }) => sum + bytes, boot);
for (const { file, bytes } of sizes) process.stdout.write(`${String(bytes).padStart(8)}  ${file}\n`);
process.stdout.write(`${String(total).padStart(8)}  first JavaScript, gzipped (limit ${LIMIT})\n`);
if (total > LIMIT) process.exit(1);
