import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

/** The MCP client of an agent. */
export class TeamMember implements AsyncDisposable {
  readonly #client = new Client(
    { name: "cookbook", version: "1.0.0" },
    { versionNegotiation: { mode: "auto" } },
  );

  /** @param as an agent below the token's own, such as "Claude/reviewer" */
  static async connect(url: string, token: string, as?: string): Promise<TeamMember> {
    const member = new TeamMember();
    const headers = {
      authorization: `Bearer ${token}`,
      ...(as !== undefined && { "syntha-agent": as }),
    };
    const options = { requestInit: { headers } };
    await member.#client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), options));
    return member;
  }

  async call<T>(tool: string, input: Record<string, unknown> = {}): Promise<T> {
    const result = await this.#client.callTool({ name: tool, arguments: input });
    if (result.structuredContent === undefined) throw new Error(JSON.stringify(result.content));
    return result.structuredContent as T;
  }

  /** Calls back when a resource changes. Resolves once the stream is open; `ended` says which side closed it. */
  async listen(
    uri: string,
    onChange: (uri: string) => void,
  ): Promise<{ readonly ended: Promise<string> }> {
    this.#client.setNotificationHandler("notifications/resources/updated", ({ params }) =>
      onChange(params.uri),
    );
    const stream = await this.#client.listen({ resourceSubscriptions: [uri] });
    return { ended: stream.closed };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client.close();
  }
}
