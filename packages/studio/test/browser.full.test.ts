import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, hasBrowser, launchBrowser } from "@syntha/testing-browser";
import { seriousIssues } from "./support/axe.ts";
import { fillLargeMesh } from "./support/large-mesh.ts";
import { openMesh, openTenants } from "./support/mesh.ts";
import { openPage } from "./support/page.ts";
import { fillSupportDesk } from "./support/support-team.ts";
import { tempFile } from "./support/temp-file.ts";

const PLACES = [
  "board?item=plan:today&tab=why",
  "items?item=plan:today&tab=history",
  "items?prefix=task:&item=task:refund-initech",
  "routing",
  "tasks",
  "timeline",
  "timeline?at=120",
  "prompt",
  "prompt?as=Writer",
  "events",
  "agents",
];
/** A page that waits for its answer. Columns out of sight wait until they are scrolled to. */
const LOADING = ":is(.page, .item-table, .graph-frame, .page-scroll, .panel-body) > .loading";
const READY = ".main [data-nav], .main .chip, .prompt-text";

describe.skipIf(!hasBrowser)("every page of Studio", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it.each([
    [1280, "light"],
    [1280, "dark"],
    [390, "light"],
    [390, "dark"],
    [2560, "dark"],
  ] as const)(
    "fits %s pixels without a serious issue of accessibility, %s",
    async (width, theme) => {
      const path = tempFile();
      await fillSupportDesk(path, "default");
      const mesh = openMesh(path);
      const { page, errors, goTo } = await openPage(
        browser,
        { mesh, write: true },
        { width, theme },
      );
      // What each page shows of the whole mesh.
      await page.locator(".figure.warn").waitFor();
      for (const place of PLACES)
        for (const as of place.includes("as=") ? [""] : ["", "as=TierOne", "as=TierOne&mode=own"]) {
          const hash = `#/${place}${place.includes("?") ? "&" : "?"}${as}`;
          await goTo(hash);
          await page.locator(READY).first().waitFor();
          await page.locator(LOADING).first().waitFor({ state: "detached" });
          expect([hash, await seriousIssues(page)]).toEqual([hash, []]);
          const taken = await page.evaluate<number>("document.documentElement.scrollWidth");
          expect([hash, taken]).toEqual([hash, width]);
        }
      expect(errors).toEqual([]);
    },
  );

  it("renders the rows in sight only, of 10,000 items", async () => {
    const path = tempFile();
    await fillLargeMesh(path, { items: 10_000, agents: 200, tenantId: "default" });
    const { page } = await openPage(browser, { mesh: openMesh(path) }, { hash: "#/items" });
    await page.locator(".item-line[data-key]").first().waitFor();
    const toEnd = `(() => {
      const list = document.querySelector(".item-table .virtual");
      list.scrollTop = list.scrollHeight;
      return list.scrollHeight;
    })()`;
    await expect.poll(() => page.evaluate<number>(toEnd)).toBeGreaterThanOrEqual(10_000 * 36);
    await page.locator('[data-key="ticket:96/009893"]').waitFor();
    expect(await page.locator(".item-line[data-key]").count()).toBeLessThan(60);
  });

  it("has a column for each of more topics than a page of them has", async () => {
    const mesh = openMesh();
    const names = Array.from({ length: 501 }, (_, n) => `topic-${n}`);
    await mesh.agent("Ann").subscribe(names);
    const { page } = await openPage(browser, { mesh });
    await expect.poll(() => page.locator("section[data-column]").count()).toBe(names.length);
  });

  it("shows many tenants, and one of them at a time", async () => {
    const tenants = openTenants();
    for (const id of ["acme", "globex"])
      await tenants.mesh(id).agent("Ann").push(`only-${id}`, id, { global: true });
    const { page, goTo } = await openPage(browser, { tenants });
    await page.getByText("only-acme").waitFor();
    await goTo("#/tenants");
    await page.getByRole("link", { name: "globex" }).click();
    await page.getByText("only-globex").waitFor();
    expect(await page.getByText("only-acme").count()).toBe(0);
  });

  it("pushes, retries, subscribes, messages and deletes for a person who may", async () => {
    const path = tempFile();
    await fillSupportDesk(path, "default");
    const mesh = openMesh(path);
    const { page, goTo } = await openPage(browser, { mesh, write: true, person: "Ada" });
    await page.getByRole("button", { name: "Push" }).click();
    await page.getByRole("textbox", { name: "Key", exact: true }).fill("note:1");
    await page.getByRole("textbox", { name: /^Value/ }).fill('{"from":"Studio"}');
    await page.getByRole("textbox", { name: /^Topics/ }).fill("support");
    await page.getByRole("dialog").getByRole("button", { name: "Push" }).click();
    await page.getByText("is written as").waitFor();
    expect(await mesh.agent("TierOne").get("note:1")).toEqual({ from: "Studio" });
    await goTo("#/tasks");
    await page.getByRole("button", { name: "Retry all failed" }).click();
    await page.getByText("2 tasks are open again").waitFor();
    await goTo("#/items?item=retention:wayne&tab=why");
    await page.getByRole("button", { name: "Subscribe to #retention" }).first().click();
    await expect.poll(() => mesh.subscribers("retention")).toHaveLength(1);
    await goTo("#/agents");
    await page.getByRole("button", { name: "Act on Writer" }).click();
    await page.getByRole("button", { name: "Say something" }).click();
    await page.getByRole("textbox", { name: /^Message/ }).fill("Hold the reply, please.");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Writer finds the message").waitFor();
    await goTo("#/items?item=note:1");
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect.poll(() => mesh.system.get("note:1")).toBeUndefined();
  });

  it("offers nothing to write to a person who may only look", async () => {
    const path = tempFile();
    await fillSupportDesk(path, "default");
    const { page, goTo } = await openPage(browser, { mesh: openMesh(path) });
    for (const place of PLACES) {
      await goTo(`#/${place}`);
      await page.locator(READY).first().waitFor();
      const names = /^(Push|Edit|Delete|Retry|Restore|Subscribe|Act on)/;
      expect([place, await page.getByRole("button", { name: names }).count()]).toEqual([place, 0]);
    }
  });
});
