import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

async function connect(url: string, token: string, mode: "auto" | "legacy"): Promise<Client> {
  const client = new Client({ name: "page", version: "1" }, { versionNegotiation: { mode } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  return client;
}

/** Functions of a page, which tests call. */
Object.assign(globalThis, {
  async readPlan(url: string, token: string, mode: "auto" | "legacy"): Promise<string> {
    const client = await connect(url, token, mode);
    const read = await client.callTool({ name: "get_context", arguments: { keys: ["plan"] } });
    await client.close();
    return JSON.stringify(read.structuredContent);
  },
  /** What the server asks of a request without a token. */
  async challengeOf(url: string): Promise<string | null> {
    const response = await fetch(url, { method: "POST", body: "{}" });
    return response.headers.get("www-authenticate");
  },
  /** The URI of the next item that changes. */
  async nextNotice(url: string, token: string): Promise<string> {
    const client = await connect(url, token, "auto");
    const notice = new Promise<string>((resolve) => {
      client.setNotificationHandler("notifications/resources/updated", ({ params }) =>
        resolve(params.uri),
      );
    });
    await client.listen({ resourceSubscriptions: ["syntha://item/plan"] });
    Object.assign(globalThis, { isListening: true });
    const uri = await notice;
    await client.close();
    return uri;
  },
});
