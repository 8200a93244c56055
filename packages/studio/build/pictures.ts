// Takes the pictures of the docs, of a support desk: docs/images/studio/*.webp.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { type Browser, launchBrowser, type Page } from "@syntha/testing-browser";
import { serveStudio } from "../src/node.ts";
import { fillSupportDesk } from "../test/support/support-team.ts";
import { buildPage } from "./page.ts";

const FOLDER = join(import.meta.dirname, "../../../docs/images/studio");
const THEMES = ["light", "dark"] as const;
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const QUALITY = 0.8;
/** Until the page has what it asked for, and its highlights have faded. */
const SETTLE = 1200;

interface Shot {
  readonly name: string;
  readonly hash: string;
  readonly size: { readonly width: number; readonly height: number };
  /** Must be visible. */
  readonly wait: string;
  readonly act?: (page: Page) => Promise<void>;
}

const SHOTS: readonly Shot[] = [
  { name: "board", hash: "#/board?item=plan:today&tab=why", size: WIDE, wait: ".why-row" },
  { name: "as-agent", hash: "#/board?as=TierOne", size: WIDE, wait: ".card.dimmed" },
  { name: "items", hash: "#/items?item=task:refund-initech", size: WIDE, wait: ".facts" },
  { name: "history", hash: "#/items?item=plan:today&tab=history", size: WIDE, wait: ".diff" },
  { name: "routing", hash: "#/routing", size: WIDE, wait: ".node" },
  { name: "routing-as-agent", hash: "#/routing?as=Writer", size: WIDE, wait: ".node.focused" },
  { name: "tasks", hash: "#/tasks", size: WIDE, wait: ".card" },
  {
    name: "dependencies",
    hash: "#/tasks",
    size: WIDE,
    wait: ".card",
    act: (page) => page.getByRole("tab", { name: "dependencies" }).click(),
  },
  { name: "timeline", hash: "#/timeline?as=Billing", size: WIDE, wait: ".entry" },
  { name: "prompt", hash: "#/prompt?as=Writer", size: WIDE, wait: ".prompt-text" },
  { name: "events", hash: "#/events", size: WIDE, wait: ".event" },
  { name: "agents", hash: "#/agents", size: WIDE, wait: ".agent-card" },
  { name: "palette", hash: "#/board", size: WIDE, wait: ".card", act: openPalette },
  { name: "phone-board", hash: "#/board?as=TierOne", size: PHONE, wait: ".card" },
  { name: "phone-why", hash: "#/board?item=plan:today&tab=why", size: PHONE, wait: ".why-row" },
];

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.locator(".palette input").fill("ta");
  await page.locator(".choice .key").first().waitFor();
}

await buildPage();
const folder = await mkdtemp(join(tmpdir(), "syntha-pictures-"));
try {
  const path = join(folder, "desk.db");
  await fillSupportDesk(path);
  await using mesh = new ContextMesh({ tenantId: "acme", storage: new SqliteStorage({ path }) });
  await using studio = await serveStudio({ mesh, write: true, person: "ann" });
  await using browser = await launchBrowser();
  await mkdir(FOLDER, { recursive: true });
  for (const theme of THEMES) await takeAll(browser, studio.url, theme);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function takeAll(
  browser: Browser,
  url: string,
  theme: (typeof THEMES)[number],
): Promise<void> {
  const context = await browser.newContext({ colorScheme: theme, reducedMotion: "reduce" });
  const page = await context.newPage();
  const encoder = await context.newPage();
  await page.goto(url);
  await page.locator(".shell").waitFor();
  for (const { name, hash, size, wait, act } of SHOTS) {
    await page.setViewportSize(size);
    // A new load drops what is left of the last picture, such as the focus.
    await page.goto("about:blank");
    await page.goto(new URL(hash, url).href);
    await page.locator(wait).first().waitFor();
    await act?.(page);
    await page.waitForTimeout(SETTLE);
    const picture = await toWebp(encoder, await page.screenshot());
    const file = join(FOLDER, `${name}-${theme}.webp`);
    await writeFile(file, picture);
    console.log(`${name}-${theme}.webp: ${(picture.length / 1024).toFixed(0)} KiB`);
  }
  await context.close();
}

/** The browser takes PNG pictures only, but its canvas can write smaller ones. */
async function toWebp(page: Page, png: Buffer): Promise<Buffer> {
  const address = await page.evaluate<string>(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${png.toString("base64")}";
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", ${QUALITY});
  })()`);
  return Buffer.from(address.split(",")[1] ?? "", "base64");
}
