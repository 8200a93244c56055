import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The Chromium or Chrome of this machine: the one at `CHROME_PATH`, or the first on the `PATH`. */
const installed = [
  process.env["CHROME_PATH"] ?? "",
  ...(process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name))),
].find((path) => path !== "" && existsSync(path));

/** A browser that npm brings exists for Linux on x64 only. */
const isBrought = process.platform === "linux" && process.arch === "x64";

/** Whether a browser can be started here. */
export const hasBrowser = installed !== undefined || isBrought;

/** Starts a headless browser: that of this machine, or the one that npm brought. */
export async function launchBrowser(): Promise<Browser> {
  const { path, env } = installed === undefined ? await unpacked() : { path: installed, env: {} };
  // Without a sandbox, which root and containers cannot have: it opens only pages of this repository.
  return chromium.launch({
    executablePath: path,
    args: ["--no-sandbox", "--disable-gpu"],
    env: { ...process.env, ...env } as Record<string, string>,
  });
}

/** Unpacks the browser with its libraries and fonts once, where the other caches are. */
async function unpacked(): Promise<{ path: string; env: Record<string, string> }> {
  const folder = join(import.meta.dirname, "../../node_modules/.cache/chromium");
  await mkdir(folder, { recursive: true });
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    const { default: brought, inflate } = await import("@sparticuz/chromium");
    const bin = join(
      dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")),
      "../bin",
    );
    await inflate(join(bin, "al2023.tar.br"));
    const path = await brought.executablePath(bin);
    const libraries = join(folder, "al2023", "lib");
    return { path, env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(folder, "fonts") } };
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}
