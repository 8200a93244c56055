import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ContextMesh } from "@syntha/core";
import { listen } from "@syntha/http/node";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Browser, hasBrowser, launchBrowser, type Page } from "@syntha/testing-browser";
import { seriousIssues } from "./support/axe.ts";
import { fillHostileMesh } from "./support/hostile-mesh.ts";
import { fillDesk, openMesh } from "./support/mesh.ts";
import { handlerWith } from "../src/server/studio-handler.ts";
import { Tickets } from "../src/server/tickets.ts";
import { tokenAuthorization } from "../src/server/token-authorization.ts";
import { currentPage, openPage } from "./support/page.ts";
import { tempFile } from "./support/temp-file.ts";

describe.skipIf(!hasBrowser)("Studio in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it("shows what another process writes, without being asked again", async () => {
    const path = tempFile();
    const mesh = openMesh(path);
    await fillDesk(mesh);
    const { page, errors } = await openPage(browser, { mesh });
    const column = page.getByRole("region", { name: "Topic customers" });
    await column.getByText("inquiry:1").waitFor();
    const other = new ContextMesh({ storage: new SqliteStorage({ path }) });
    onTestFinished(() => other.close());
    await other
      .agent("Triage")
      .push("inquiry:2", { customer: "Globex" }, { topics: ["customers"] });
    await column.getByText("Globex").waitFor();
    await other.agent("Triage").delete("inquiry:1");
    await column.getByText("inquiry:1").waitFor({ state: "detached" });
    expect(errors).toEqual([]);
  });

  it("dims what an agent does not see until it subscribes, and hides it in the agent's own view", async () => {
    const mesh = openMesh();
    await fillDesk(mesh);
    const { page, goTo } = await openPage(browser, { mesh }, { hash: "#/items?as=Sales" });
    const task = page.locator('[data-key="task:1"]');
    await page.locator('[data-key="task:1"].dimmed').waitFor();
    await expect
      .poll(() => page.locator('[data-key="inquiry:1"]').getAttribute("class"))
      .not.toContain("dimmed");
    await mesh.agent("Sales").subscribe(["support"]);
    await expect.poll(() => task.getAttribute("class")).not.toContain("dimmed");
    await goTo("#/items?as=Sales&mode=own");
    await page.getByText("sees 3, not 2").waitFor();
    await page.locator('[data-key="escalation"]').waitFor({ state: "detached" });
    await mesh.agent("Sales").unsubscribe(["support"]);
    await task.waitFor({ state: "detached" });
  });

  it("dims exactly the items of the graph that the chosen agent does not see", async () => {
    const mesh = openMesh();
    await fillDesk(mesh);
    await mesh.system.push("policy", "For all.", { global: true });
    const { page } = await openPage(browser, { mesh }, { hash: "#/routing?as=Sales" });
    await page.locator(".node-item.dimmed").first().waitFor();
    const dimmed = page.locator(".node-item.dimmed");
    const keys = await dimmed.evaluateAll((nodes) => nodes.map((node) => node.dataset["key"]));
    const { items } = await mesh.system.list({});
    const unseen = await Promise.all(
      items.map(async ({ key }) => ((await mesh.agent("Sales").get(key)) === undefined ? key : "")),
    );
    expect(new Set(keys)).toEqual(new Set(unseen.filter((key) => key !== "")));
  });

  it("runs nothing that is put into the page, and sends nothing elsewhere", async () => {
    const { page } = await openPage(browser, { mesh: openMesh() });
    await page.locator(".shell").waitFor();
    let received = 0;
    const elsewhere = createServer((_, response) => {
      received++;
      response.end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void elsewhere.close());
    const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    const attacks = [
      `const script = document.createElement("script"); script.textContent = "globalThis.ran = 1"; document.body.append(script)`,
      `document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='globalThis.ran = 2'>")`,
      `const link = document.createElement("a"); link.href = "javascript:globalThis.ran = 3"; document.body.append(link); link.click()`,
      `setTimeout("globalThis.ran = 4")`,
      `const image = new Image(); image.src = "${url}"`,
      `void fetch("${url}").catch(() => {})`,
      `const form = document.createElement("form"); form.action = "${url}"; document.body.append(form); form.submit()`,
      `const base = document.createElement("base"); base.href = "${url}"; document.head.append(base)`,
    ];
    // In a task of the page: its policy does not bind the debugger's own.
    for (const attack of attacks)
      await page.evaluate(`new Promise((resolve) => {
        setTimeout(() => { try { ${attack} } finally { setTimeout(resolve, 50) } });
      })`);
    expect(await page.evaluate("globalThis.ran")).toBeUndefined();
    expect(await page.evaluate("document.baseURI")).toBe(page.url());
    expect(received).toBe(0);
  });

  it("keeps the token out of the address, and asks for it where it is wrong", async () => {
    const mesh = openMesh();
    await fillDesk(mesh);
    const authorize = (request: Request): object | undefined =>
      request.headers.get("authorization") === "Bearer right" ? {} : undefined;
    const { page } = await openPage(browser, { mesh, authorize }, { hash: "#token=right" });
    await page.getByRole("heading", { name: "Board" }).waitFor();
    expect(page.url()).not.toContain("right");
    await page.reload();
    await page.getByText("inquiry:1").waitFor();
    const other = await openPage(browser, { mesh, authorize }, { hash: "#token=wrong" });
    await other.page.getByRole("alert").waitFor();
  });

  it("releases what an agent holds, and shows the limits of the tenant", async () => {
    const storage = new SqliteStorage({ path: tempFile() });
    const mesh = new ContextMesh({ storage, limits: { tenant: { items: 6, bytes: 1_000_000 } } });
    onTestFinished(() => mesh.close());
    await fillDesk(mesh);
    await mesh.agent("Triage").claim({ key: "task:1" }, { lease: "1h" });
    const options = { mesh, write: true, person: "Ann" };
    const { page, errors } = await openPage(browser, options, { hash: "#/tasks?item=task:1" });
    const limits = page.getByLabel("Limits of the tenant");
    await limits.getByText("5 of 6").waitFor();
    await limits.getByText("near its limit").waitFor();
    const claimed = page.getByRole("region", { name: "claimed tasks" });
    await claimed.getByRole("button", { name: "Release" }).click();
    const dialog = page.getByRole("dialog", { name: "Release the task" });
    expect(await seriousIssues(page)).toEqual([]);
    await dialog.getByLabel("Reason").fill("It hangs.");
    await dialog.getByRole("button", { name: "Release" }).click();
    await page.getByText("Triage no longer holds it").waitFor();
    await claimed.getByText("No agent is at work.").waitFor();
    const panel = page.getByRole("complementary", { name: "Item task:1" });
    await panel.getByText("It hangs.").waitFor();
    await panel.getByRole("button", { name: "Release" }).waitFor({ state: "detached" });
    expect(errors).toEqual([]);
  });

  it("opens by a ticket, which it exchanges for the token and takes out of the address", async () => {
    const mesh = openMesh();
    await fillDesk(mesh);
    const token = "a-token-of-this-test";
    const tickets = new Tickets(token);
    const authorize = await tokenAuthorization(token);
    const handler = handlerWith({ mesh, authorize, page: await currentPage() }, tickets);
    const { url: origin, close } = await listen(handler, { host: "127.0.0.1", port: 0 });
    onTestFinished(close);
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const url = `${origin}/#ticket=${await tickets.issue()}`;
    await page.goto(url);
    await page.getByText("inquiry:1").waitFor();
    expect(page.url()).not.toContain("ticket");
    await page.reload();
    await page.getByText("inquiry:1").waitFor();
    const second = await context.newPage();
    await second.goto(url);
    await second.getByText("This address was opened before").waitFor();
  });

  it("reaches an item, its history and every agent's reason by keys alone", async () => {
    const mesh = openMesh();
    await fillDesk(mesh);
    await mesh.agent("Triage").push("inquiry:1", { customer: "BigCo", state: "answered" });
    const { page } = await openPage(browser, { mesh, write: true, person: "Ann" });
    await page.locator('[data-key="inquiry:1"]').waitFor();
    const press = (...keys: string[]): Promise<void> =>
      keys.reduce((last, key) => last.then(() => page.keyboard.press(key)), Promise.resolve());
    await press("g", "i");
    await page.getByRole("heading", { name: "Items", exact: true }).waitFor();
    await page.locator('.item-line[data-key="inquiry:1"]').waitFor();
    await press("j", "j", "Enter");
    await page.getByRole("complementary", { name: "Item inquiry:1" }).waitFor();
    await press("w");
    await page.getByText("2 see it").waitFor();
    // In the panel: to its tabs, and to the first value that can be restored.
    await page.getByRole("tab", { name: /Why/ }).focus();
    await press("ArrowLeft");
    await page.getByRole("button", { name: "Restore" }).focus();
    await press("Enter");
    await page.getByText(/has the value of #\d+ again/).waitFor();
    expect(await mesh.system.get("inquiry:1")).toEqual({ customer: "BigCo" });
    await press("Escape");
    await page
      .getByRole("complementary", { name: "Item inquiry:1" })
      .waitFor({ state: "detached" });
    await press("Control+k");
    const palette = page.getByRole("dialog", { name: "Search and act" });
    await palette.getByRole("option").first().waitFor();
    await page.keyboard.type("view as sal");
    // A person also sees the choice before they take it.
    await palette.getByRole("option", { name: "Sales" }).waitFor();
    await press("Enter");
    await page.getByText("sees 1, not 4").waitFor();
  });

  it("moves every page to an earlier position of the log, and back", async () => {
    const mesh = openMesh();
    await fillDesk(mesh);
    await mesh.agent("Triage").push("inquiry:1", { customer: "Globex" });
    const { page, goTo } = await openPage(browser, { mesh, write: true }, { hash: "#/timeline" });
    await page.locator(".entry").first().waitFor();
    await page.getByRole("slider", { name: "Position of the log" }).press("ArrowLeft");
    await page.getByText(/The mesh at position #\d+/).waitFor();
    await page.getByRole("link", { name: "Board", exact: true }).click();
    const column = page.getByRole("region", { name: "Topic customers" });
    await column.getByText("BigCo").waitFor();
    expect(await column.getByText("Globex").count()).toBe(0);
    // Nothing is written to the past.
    expect(await page.getByRole("button", { name: "Push" }).count()).toBe(0);
    await page.getByRole("link", { name: "Back to now" }).click();
    await column.getByText("Globex").waitFor();
    await goTo("#/items?at=3&item=escalation");
    await page.getByText("No such item").waitFor();
  });

  it("takes every key, name and value of a hostile mesh for a text", async () => {
    const mesh = openMesh();
    await fillHostileMesh(mesh);
    const { page, errors, goTo } = await openPage(browser, { mesh, write: true }, { width: 390 });
    const attacked = (): Promise<unknown> =>
      page.evaluate(() => Reflect.get(globalThis, "attacked"));
    const places = ["board", "items", "routing", "tasks", "timeline", "events", "agents"];
    const agent = encodeURIComponent((await mesh.agents()).agents[0]?.name ?? "");
    for (const place of [
      ...places,
      `prompt?as=${agent}`,
      "items?item=unheard&tab=history",
      "items?item=unheard&tab=why",
    ]) {
      await goTo(`#/${place}`);
      await page.locator(".main [data-nav], .prompt-text").first().waitFor();
      expect([place, await widthOf(page)]).toEqual([place, 390]);
    }
    for (const { key } of (await mesh.system.list({ limit: 12 })).items) {
      await goTo(`#/items?item=${encodeURIComponent(key)}`);
      await page.locator(".value-frame").waitFor();
      expect([key, await widthOf(page)]).toEqual([key, 390]);
    }
    expect(await attacked()).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it("copies exactly what it shows, whatever a name hides", async () => {
    const mesh = openMesh();
    await fillHostileMesh(mesh);
    await mesh.system.push("x\u0003\nid\u001b[201~", 1, { topics: ["\u001b[201~"] });
    const { page, goTo } = await openPage(browser, { mesh }, { hash: "#/routing" });
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const clipboard = (): Promise<string> =>
      page.evaluate<string>("navigator.clipboard.readText()");
    const commands = page.locator(".copy-text bdi");
    await commands.first().waitFor();
    await commands.first().click();
    await expect.poll(clipboard).toBe(await commands.first().textContent());
    expect((await commands.allTextContents()).filter((text) => text.includes("‹"))).toEqual([]);
    await goTo(`#/items?item=${encodeURIComponent("x\u0003\nid\u001b[201~")}`);
    await page.getByRole("button", { name: "Copy the key" }).click();
    await expect.poll(clipboard).toBe("x‹U+0003›⏎id‹U+001B›[201~");
  });

  it("has no serious issue of accessibility, in either theme", async () => {
    const mesh = openMesh();
    await fillDesk(mesh);
    for (const theme of ["light", "dark"] as const) {
      const hash = "#/board?as=Sales&item=inquiry:1&tab=why";
      const { page, goTo } = await openPage(browser, { mesh, write: true }, { theme, hash });
      await page.getByText("2 see it").waitFor();
      expect(await seriousIssues(page)).toEqual([]);
      await goTo("#/routing?as=Sales");
      await page.locator(".node").first().waitFor();
      expect(await seriousIssues(page)).toEqual([]);
    }
  });
});

/** The width that the page takes: that of the window, unless something runs out of it. */
function widthOf(page: Page): Promise<number> {
  return page.evaluate<number>("document.documentElement.scrollWidth");
}
