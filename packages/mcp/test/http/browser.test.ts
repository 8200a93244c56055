import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ContextMesh } from "@syntha/core";
import { Browser, browserPath } from "@syntha/testing-browser";
import { describe, expect, it, onTestFinished } from "vitest";
import { staticTokens } from "../../src/index.ts";
import { bundle } from "../support/bundle.ts";
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

describe.skipIf(browserPath === undefined)("a page in a browser", () => {
  it("acts as its token's agent where its origin is allowed, and nowhere else", async () => {
    const mesh = new ContextMesh();
    const authenticate = await staticTokens({ page: { token: TOKEN, agent: "Page" } });
    const options = { mesh: () => mesh, authenticate };
    const [allowing, refusing, page] = await Promise.all([
      serve(options),
      serve({ ...options, allowedOrigins: ["app.acme.com"] }),
      bundle(new URL("../support/page.ts", import.meta.url)).then(([page]) =>
        servePage(page?.code ?? ""),
      ),
    ]);
    await mesh.agent("Claude").push("plan", "Ship it.", { global: true });
    await using browser = await Browser.start(browserPath ?? "");
    await browser.open(page);
    await expect.poll(() => browser.evaluate("typeof globalThis.readPlan")).toBe("function");
    const run = (call: string, ...args: string[]) => {
      const list = args.map((arg) => JSON.stringify(arg)).join();
      return browser.evaluate(`${call}(${list}).catch(String)`);
    };
    for (const mode of ["auto", "legacy"])
      expect(await run("readPlan", allowing, TOKEN, mode)).toContain("Ship it.");
    expect(await run("challengeOf", allowing)).toContain("Bearer scope=");
    expect(await run("readPlan", refusing, TOKEN, "auto")).toContain("Failed to fetch");
    const notified = run("nextNotice", allowing, TOKEN);
    await expect.poll(() => browser.evaluate("globalThis.isListening")).toBe(true);
    await mesh.agent("Claude").push("plan", "Wait.");
    expect(await notified).toBe("syntha://item/plan");
  });
});
