import type { Client } from "@modelcontextprotocol/client";
import { expect, it } from "vitest";
import { itemUri, topicUri } from "../src/resources/resource-uri.ts";
import { connectBy, type Connected } from "./support/connect.ts";
import { type Era, PROCESS_ERAS } from "./support/eras.ts";
import { listen, readJson } from "./support/resource-client.ts";
import { stdioTransport } from "./support/stdio-transport.ts";
import { tempFile } from "./support/temp-file.ts";
import { until } from "./support/until.ts";

const PROGRAM = new URL("support/server-process.ts", import.meta.url).pathname;

/** The official client of a server in its own process. */
function start(path: string, agent: string, era: Era): Promise<Connected> {
  const args = [PROGRAM, path, agent];
  return connectBy(stdioTransport(args), era);
}

it.each(PROCESS_ERAS)(
  "announces to a %s client what another process writes to the same file",
  async (era) => {
    const path = tempFile();
    const bob = await start(path, "Bob", era);
    const ann = await start(path, "Ann", era === "modern" ? "legacy" : "modern");
    const call = async (client: Client, name: string, args: Record<string, unknown>) =>
      expect(await client.callTool({ name, arguments: args })).not.toMatchObject({ isError: true });
    await call(bob.client, "subscribe_to_topics", { topics: ["support"] });
    const uris = [itemUri("ticket:42"), topicUri("support"), itemUri("secret")];
    await listen(bob.client, era, [...uris, "syntha://changes"]);
    await call(ann.client, "push_context", { key: "secret", value: "x", topics: ["board"] });
    await call(ann.client, "push_context", {
      key: "ticket:42",
      value: "Help.",
      topics: ["support"],
    });
    await until(() => bob.notices.some(({ method }) => method === "list_changed"));
    expect(bob.notices.map(({ method, uri }) => uri ?? method)).toEqual([
      itemUri("ticket:42"),
      topicUri("support"),
      "syntha://changes",
      "list_changed",
    ]);
    expect(await readJson(bob.client, itemUri("ticket:42"))).toMatchObject({
      value: "Help.",
      author: "Ann",
    });
    const cursor = bob.notices.at(-1)?.cursor;
    await call(ann.client, "delete_context", { key: "ticket:42" });
    await until(() => bob.notices.filter(({ method }) => method === "list_changed").length === 2);
    expect(await readJson(bob.client, `syntha://changes?since=${cursor}`)).toMatchObject({
      changes: [{ type: "delete", key: "ticket:42" }],
      more: false,
    });
  },
);
