import type { ContextMesh, MeshSchema, TenantRegistry } from "@syntha/core";
import { checkOptions, knownOptions } from "@syntha/core/storage";
import { LOOPBACK_HOSTS, newToken } from "@syntha/http";
import { listen } from "@syntha/http/node";
import { handlerWith } from "./studio-handler.ts";
import { Tickets } from "./tickets.ts";
import { tokenAuthorization } from "./token-authorization.ts";

/** Options of {@link serveStudio}. */
export interface ServeStudioOptions {
  /** The mesh to show. Either `mesh` or `tenants`. The server does not close it. */
  mesh?: ContextMesh<MeshSchema> | undefined;
  /** The meshes to show. Either `mesh` or `tenants`. The server does not close them. */
  tenants?: TenantRegistry<MeshSchema> | undefined;
  /** An address of this machine. @default "127.0.0.1": browsers of this machine alone */
  host?: string | undefined;
  /** 0: any free one. @default 0 */
  port?: number | undefined;
  /** The token that browsers must have. @default a new random one */
  token?: string | undefined;
  /** Whether the person may write. @default false */
  write?: boolean | undefined;
  /** The name under which writes are recorded: that of an agent. @default "studio" */
  person?: string | undefined;
  /** Other host names by which browsers reach the server, without port. @default none but those of this machine and `host` */
  allowedHosts?: readonly string[] | undefined;
  /** Called with errors that a browser sees only as 500 or 503. @default none */
  onError?: ((error: Error) => void) | undefined;
}

const OPTIONS = knownOptions<ServeStudioOptions>("serveStudio", {
  mesh: true,
  tenants: true,
  host: true,
  port: true,
  token: true,
  write: true,
  person: true,
  allowedHosts: true,
  onError: true,
});

/** Studio on a port of this machine. */
export interface StudioServer extends AsyncDisposable {
  /** What to open: with the token in its fragment, which browsers send to no server. */
  readonly url: string;
  readonly token: string;
  /**
   * Returns an address to start a browser with: it works once, within a minute. Other users of the machine see the
   * arguments of a program in the list of processes, and {@link url} would give them the token.
   */
  readonly ticketUrl: () => Promise<string>;
  /** Ends all streams, and closes the port. */
  readonly close: () => Promise<void>;
}

const ANY_ADDRESS = ["0.0.0.0", "::"];

/**
 * Serves Studio by Node's HTTP server, to anyone that has the token.
 *
 * @example
 * ```ts
 * await using studio = await serveStudio({ mesh, port: 3333 });
 * console.log(studio.url); // http://127.0.0.1:3333/#token=syntha_…
 * ```
 * @throws UNAVAILABLE if the port is in use; MISCONFIGURED for an address that this machine does not have; INVALID_ARGUMENTS
 */
export async function serveStudio(options: ServeStudioOptions): Promise<StudioServer> {
  checkOptions(options, OPTIONS);
  const { host = "127.0.0.1", port = 0, token = newToken(), allowedHosts = [], ...rest } = options;
  const authorize = await tokenAuthorization(token);
  const own = ANY_ADDRESS.includes(host) ? [] : [host.includes(":") ? `[${host}]` : host];
  const tickets = new Tickets(token);
  const hosts = [...LOOPBACK_HOSTS, ...own, ...allowedHosts];
  const handler = handlerWith({ ...rest, authorize, allowedHosts: hosts }, tickets);
  const { url, close } = await listen(handler, { host, port });
  return {
    url: `${url}/#token=${encodeURIComponent(token)}`,
    token,
    ticketUrl: async () => `${url}/#ticket=${await tickets.issue()}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}
