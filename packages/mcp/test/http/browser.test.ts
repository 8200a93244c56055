import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ContextMesh } from "@syntha/core";
import { hasBrowser, launchBrowser } from "@syntha/testing-browser";
import { bundle } from "@syntha/testing-bundle";
import { describe, expect, it, onTestFinished } from "vitest";
import { staticTokens } from "../../src/index.ts";
import { serve } from "../support/serve.ts";

const TOKEN = "page-secret-token-00001";

/** Serves a page at a separate origin until the test is over. */
async function servePage(script: string): Promise<string> {
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : '<script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}

describe.skipIf(!hasBrowser)("a page in a browser", () => {
  it("acts as its token's agent where its origin is allowed, and nowhere else", async () => {
    const mesh = new ContextMesh();
    const authenticate = await staticTokens({ page: { token: TOKEN, agent: "Page" } });
    const options = { mesh: () => mesh, authenticate };
    const [allowing, refusing, page] = await Promise.all([
      serve(options),
      serve({ ...options, allowedOrigins: ["app.acme.com"] }),
      bundle(new URL("../support/page.ts", import.meta.url), { runtime: "page" }).then(([page]) =>
        servePage(page?.code ?? ""),
      ),
    ]);
    await mesh.agent("Claude").push("plan", "Ship it.", { global: true });
    await using browser = await launchBrowser();
    const tab = await browser.newPage();
    await tab.goto(page);
    await tab.waitForFunction("typeof globalThis.readPlan === 'function'");
    const run = (call: string, ...args: string[]): Promise<unknown> => {
      const list = args.map((arg) => JSON.stringify(arg)).join();
      return tab.evaluate(`${call}(${list}).catch(String)`);
    };
    for (const mode of ["auto", "legacy"])
      expect(await run("readPlan", allowing, TOKEN, mode)).toContain("Ship it.");
    expect(await run("challengeOf", allowing)).toContain("Bearer scope=");
    expect(await run("readPlan", refusing, TOKEN, "auto")).toContain("Failed to fetch");
    const notified = run("nextNotice", allowing, TOKEN);
    await tab.waitForFunction("globalThis.isListening === true");
    await mesh.agent("Claude").push("plan", "Wait.");
    expect(await notified).toBe("syntha://item/plan");
  });
});
