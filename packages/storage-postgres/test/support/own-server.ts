import { type Server, type ServerOptions, startServer, TcpProxy } from "@syntha/testing-postgres";
import { atTestEnd } from "./test-end.ts";

/** A server that a test may stop, fill or reconfigure. */
export async function ownServer(options: ServerOptions = {}): Promise<Server> {
  const server = await startServer(options);
  atTestEnd(() => server.stop());
  return server;
}

/** A network to a server that a test may cut. */
export async function ownNetwork(url: string): Promise<TcpProxy> {
  const proxy = await TcpProxy.to(url);
  atTestEnd(() => proxy.close());
  return proxy;
}
