import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { Member } from "./runtime.ts";

/** An agent that joins by MCP, with the official client. */
export class McpClient implements AsyncDisposable {
  readonly #client = new Client(
    { name: "edge", version: "1.0.0" },
    { versionNegotiation: { mode: "auto" } },
  );

  static async connect(url: string, { token }: Pick<Member, "token">): Promise<McpClient> {
    const client = new McpClient();
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    const transport = new StreamableHTTPClientTransport(new URL("/mcp", url), { requestInit });
    await client.#client.connect(transport);
    return client;
  }

  async call<T>(tool: string, input: Record<string, unknown> = {}): Promise<T> {
    const { structuredContent, content } = await this.#client.callTool({
      name: tool,
      arguments: input,
    });
    if (structuredContent === undefined) throw new Error(JSON.stringify(content));
    return structuredContent as T;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client.close();
  }
}
