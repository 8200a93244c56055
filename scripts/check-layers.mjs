import { globSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { brokenLayers } from "./layers.mjs";

const root = join(import.meta.dirname, "..");
const find = (/** @type {string[]} */ patterns) =>
  globSync(patterns, { cwd: root, exclude: (path) => /^(node_modules|dist)$/.test(path) })
    .map((path) => path.split(sep).join("/"))
    .toSorted();

const manifests = find([
  "packages/*/package.json",
  "apps/*/package.json",
  "testing/*/package.json",
  "{bench,soak}/package.json",
]);
const members = manifests.map((path) => {
  const folder = dirname(path);
  const sources = find([`${folder}/{src,test}/**/*.{ts,tsx}`]);
  return {
    folder,
    manifest: JSON.parse(readFileSync(join(root, path), "utf8")),
    files: new Map(sources.map((source) => [source, readFileSync(join(root, source), "utf8")])),
  };
});

const broken = brokenLayers(members);
for (const sentence of broken) console.error(sentence);
if (broken.length > 0) process.exit(1);
const files = members.reduce((sum, member) => sum + member.files.size, 0);
console.log(`Layers hold: ${members.length} workspace members, ${files} files.`);
