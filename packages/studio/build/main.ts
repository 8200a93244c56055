// Builds Studio's page: dist/app.html.
import { buildPage } from "./page.ts";

const { path, bytes, compressed } = await buildPage();
console.log(`${path}: ${kib(bytes)}, ${kib(compressed)} compressed.`);

function kib(size: number): string {
  return `${(size / 1024).toFixed(1)} KiB`;
}
