import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  localhostHostValidation,
  localhostOriginValidation,
  type NodeIncomingMessageLike,
  toNodeHandler,
} from "@modelcontextprotocol/node";

/** A handler of MCP requests, as runtimes with the fetch API take it. */
export interface FetchHandler {
  fetch(request: Request): Promise<Response>;
}

/** A server of MCP on the loopback interface. */
export interface HttpServer {
  readonly url: URL;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Listens on a free port of the loopback interface, and refuses other names of the host and other origins. */
export async function listen(handler: FetchHandler): Promise<HttpServer> {
  const isHost = localhostHostValidation();
  const isOrigin = localhostOriginValidation();
  const answer = toNodeHandler(handler);
  const server = createServer((request, response) => {
    if (!isHost(request, response) || !isOrigin(request, response)) return;
    void answer(request as NodeIncomingMessageLike, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/mcp`), close: () => end(server) };
}

async function end(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
