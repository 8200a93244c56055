import type { ContextMesh } from "@syntha/core";
import { listen, type NodeListener } from "@syntha/http/node";
import { type Browser, hasBrowser, launchBrowser, type Page } from "@syntha/testing-browser";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { studioHandler } from "../src/index.ts";
import { tokenAuthorization } from "../src/server/token-authorization.ts";
import { openMesh } from "./support/mesh.ts";
import { currentPage, openPage } from "./support/page.ts";

const NEWS = { topics: ["news"] };
const isFull = process.env["SYNTHA_TESTS"] === "full";

describe.skipIf(!hasBrowser)("an open page", { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it("shows what was committed while its stream was on its way, for everyone and for an agent", async () => {
    const mesh = openMesh();
    await mesh.agent("Ann").subscribe(["news"]);
    await mesh.system.push("before", 1, NEWS);
    const held: (() => void)[] = [];
    const { page, goTo } = await openPage(browser, { mesh }, { hash: "#/agents" });
    // The stream of the page that is left must not be among those that are held.
    await page.getByText("live", { exact: true }).waitFor();
    await page.route("**/api/live*", async (route) => {
      await new Promise<void>((resolve) => held.push(resolve));
      await route.continue();
    });
    await page.reload();
    await goTo("#/board");
    for (const key of ["first", "second"]) {
      await page.getByText("before").waitFor();
      await expect.poll(() => held.length).toBe(1);
      await mesh.system.push(key, 1, NEWS);
      held.pop()?.();
      await page.getByText(key).waitFor();
      if (key === "first") await goTo("#/board?as=Ann");
    }
  });

  it.runIf(isFull)(
    "gives its connection back while it is in the background, and catches up",
    async () => {
      const mesh = openMesh();
      await mesh.system.push("before", 1, NEWS);
      const { page: first } = await openPage(browser, { mesh });
      const tabs = [first];
      // A browser opens six connections to one server.
      for (let tab = 2; tab <= 8; tab++) {
        await show(tabs.at(-1) as Page, "hidden");
        const page = await first.context().newPage();
        tabs.push(page);
        await page.goto(first.url());
        await page.getByText("before").waitFor();
        await page.getByText("live", { exact: true }).waitFor();
      }
      await mesh.system.push("meanwhile", 1, NEWS);
      await tabs.at(-1)?.getByText("meanwhile").waitFor();
      expect(await first.getByText("meanwhile").count()).toBe(0);
      await show(tabs.at(-1) as Page, "hidden");
      await show(first, "visible");
      await first.getByText("meanwhile").waitFor();
    },
  );

  it("says that its server is gone, goes on with the next one, and asks for the token of another", async () => {
    const mesh = openMesh();
    await mesh.system.push("before", 1, NEWS);
    const token = "token-of-the-first-server";
    const server = await serve(mesh, token, 0);
    const port = Number(new URL(server.url).port);
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(`${server.url}/#token=${token}`);
    await page.getByText("before").waitFor();
    await server.close();
    await page.getByText("The server does not answer.").waitFor();
    await mesh.system.push("meanwhile", 1, NEWS);
    const next = await serve(mesh, token, port);
    await page.getByText("meanwhile").waitFor();
    await page.getByText("The server does not answer.").waitFor({ state: "hidden" });
    await next.close();
    const other = await serve(mesh, "token-of-another-server", port);
    onTestFinished(() => other.close());
    await page.getByText("You are not logged in to Studio.").waitFor();
    expect(await page.locator(".hint code").innerText()).toBe("syntha studio");
    expect(await page.content()).not.toContain("token-of");
  });
});

/** Serves the page as its sources are now, to those that have the token. */
async function serve(mesh: ContextMesh, token: string, port: number): Promise<NodeListener> {
  const authorize = await tokenAuthorization(token);
  const handler = studioHandler({ mesh, authorize, page: await currentPage() });
  return listen(handler, { host: "127.0.0.1", port });
}

/** Makes the page see that its tab goes to the background or comes back: headless tabs are always in the foreground. */
async function show(page: Page, state: "hidden" | "visible"): Promise<void> {
  await page.evaluate<void>(`void (() => {
    Object.defineProperty(document, "visibilityState", { configurable: true, value: "${state}" });
    document.dispatchEvent(new Event("visibilitychange"));
  })()`);
}
