import { createHash } from "node:crypto";
import { bundle } from "@syntha/testing-bundle";
import { expect, it } from "vitest";
import { openMesh } from "./support/mesh.ts";
import { openStudio } from "./support/studio.ts";

const ENTRY = new URL("../src/index.ts", import.meta.url);
const SCRIPT = 'console.log("<b>");';
const STYLE = "p { color: red }";
const PAGE = `<!doctype html><title>Studio</title><style>${STYLE}</style><script type="module">${SCRIPT}</script>`;

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

it("allows the page its own script and style, by their hashes, and nothing else", async () => {
  const { request } = await openStudio({ mesh: openMesh(), page: PAGE });
  const response = await request("");
  expect(await response.text()).toBe(PAGE);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("content-security-policy")?.split("; ")).toEqual([
    "default-src 'none'",
    `script-src ${hashOf(SCRIPT)}`,
    `style-src ${hashOf(STYLE)}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ]);
});

it("is kept by the hash of the page", async () => {
  const { request } = await openStudio({ mesh: openMesh(), page: PAGE });
  const etag = (await request("")).headers.get("etag") ?? "";
  const kept = await request("", { headers: { "if-none-match": etag } });
  expect(kept.status).toBe(304);
  const other = await openStudio({ mesh: openMesh(), page: `${PAGE} ` });
  expect((await other.request("", { headers: { "if-none-match": etag } })).status).toBe(200);
});

it("answers only reads", async () => {
  const { request } = await openStudio({ mesh: openMesh(), page: PAGE });
  expect(await (await request("", { method: "HEAD" })).text()).toBe("");
  expect((await request("", { method: "POST" })).status).toBe(404);
});

it("may be shown in a frame by pages that are named", async () => {
  const { request } = await openStudio({ mesh: openMesh(), frameAncestors: ["'self'"] });
  const policy = (await request("")).headers.get("content-security-policy");
  expect(policy).toContain("frame-ancestors 'self'");
});

it("is served below a path of an app, and leads there without its slash", async () => {
  const { request, url } = await openStudio({
    mesh: openMesh(),
    page: PAGE,
    basePath: "/admin/studio",
  });
  expect(await (await request("admin/studio/")).text()).toBe(PAGE);
  expect((await request("admin/studio/api/session")).status).toBe(200);
  const led = await request("admin/studio", { redirect: "manual" });
  expect([led.status, led.headers.get("location")]).toEqual([308, "/admin/studio/"]);
  for (const path of ["", "api/session", "admin/studiox", "admin", "admin/studio/index.html"])
    expect((await fetch(`${url}/${path}`)).status).toBe(404);
});

it("loads no module of Node where there is only fetch", async () => {
  const chunks = await bundle(ENTRY, { runtime: "edge" });
  const code = chunks.map((chunk) => chunk.code).join("");
  expect(code).toContain("studioHandler");
  expect(chunks.flatMap(({ imports }) => imports)).toEqual([]);
  expect(code).not.toMatch(/__vite-browser-external|(from|import\() ?["']node:|@hono\/node-server/);
});
