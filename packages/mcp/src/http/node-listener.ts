import { listen as listenOn, type NodeListener } from "@syntha/http/node";
import type { McpHandler } from "./mcp-handler.ts";

export type { NodeListener } from "@syntha/http/node";

export interface ListenOptions {
  /** An address of this machine, such as "127.0.0.1". */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Where the handler answers; other paths are answered with 404. @default "/mcp" */
  readonly path?: string | undefined;
}

const WELL_KNOWN = "/.well-known/oauth-protected-resource";

/**
 * Serves a handler by Node's HTTP server. The listener's `url` is that of the path.
 *
 * @example
 * ```ts
 * await using listener = await listen(mcpHandler(options), { host: "127.0.0.1", port: 3111 });
 * ```
 * @throws UNAVAILABLE if the port is in use; MISCONFIGURED for an address that this machine does not have
 */
export async function listen(handler: McpHandler, options: ListenOptions): Promise<NodeListener> {
  const { host, port, path = "/mcp" } = options;
  const fetch = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === path || pathname.startsWith(WELL_KNOWN)) return handler.fetch(request);
    return new Response(null, { status: 404 });
  };
  const listener = await listenOn({ fetch, close: handler.close }, { host, port });
  return { ...listener, url: listener.url + path };
}
