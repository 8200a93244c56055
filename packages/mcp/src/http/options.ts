import {
  type ContextMesh,
  type Duration,
  type MeshSchema,
  SynthaError,
  type TenantRegistry,
} from "@syntha/core";
import { checkFunction, checkOptions, describe, knownOptions, toMs } from "@syntha/core/storage";
import { AGENT_SERVER, type AgentServerOptions, checkAgentOptions } from "../agent/options.ts";
import type { Authenticate } from "../identity/identity.ts";
import { toSecureUrl } from "../identity/secure-url.ts";

/** Returns the mesh of a tenant; undefined if there is no such tenant, which is answered with 403. Called for each request. */
export type MeshOf = (
  tenantId: string,
) => ContextMesh<MeshSchema> | undefined | Promise<ContextMesh<MeshSchema> | undefined>;

/** What the server publishes of itself to clients that need a token (RFC 9728). */
export interface ResourceOptions {
  /** The address under which clients reach the handler, such as "https://mesh.acme.com/mcp". */
  readonly url: string | URL;
  /** Issuers whose tokens the server takes, such as "https://login.acme.com/". */
  readonly authorizationServers: readonly string[];
  /** For people. @default none */
  readonly name?: string | undefined;
}

/** Options of {@link mcpHandler}. An identity's role and toolsets replace those given here. */
export interface McpHandlerOptions extends AgentServerOptions {
  /** The meshes by tenant: a registry, or a function. The handler closes none of them. */
  mesh: TenantRegistry<MeshSchema> | MeshOf;
  /** Says who sends a request. */
  authenticate: Authenticate;
  /**
   * Host names, without port, by which clients may reach the server: the defense against DNS rebinding. `"*"` allows all, for
   * a platform or proxy that checks them itself.
   * @default "localhost", "127.0.0.1", "[::1]", and that of `resource.url`
   */
  allowedHosts?: readonly string[] | "*" | undefined;
  /**
   * Host names, without scheme and port, of web pages that may call the server, and read its answers (CORS). Requests of
   * programs have no Origin, and pass.
   * @default "localhost", "127.0.0.1" and "[::1]"
   */
  allowedOrigins?: readonly string[] | undefined;
  /** Published at `/.well-known/oauth-protected-resource…`, which must lead to this handler too. @default nothing */
  resource?: ResourceOptions | undefined;
  /** Bytes of a request's body. @default 4_194_304 */
  maxBodyBytes?: number | undefined;
  /** Open listens of one authenticated agent, those of agents below it included. @default 16 */
  maxListens?: number | undefined;
  /** Requests in progress of one authenticated agent, its listens included. More are answered with 429. @default 128 */
  maxRequests?: number | undefined;
  /** Agents whose servers are kept. Idle ones make room for others; if all are busy, requests are answered with 503. @default 1_000 */
  maxAgents?: number | undefined;
  /** How long an agent's server is kept without requests. @default "5m" */
  idleAfter?: Duration | undefined;
  /** Called with errors of authenticators and of the server that a client sees only as 500 or 503. @default none */
  onError?: ((error: Error) => void) | undefined;
}

const OPTIONS = knownOptions<McpHandlerOptions>("mcpHandler", {
  ...AGENT_SERVER,
  mesh: true,
  authenticate: true,
  allowedHosts: true,
  allowedOrigins: true,
  resource: true,
  maxBodyBytes: true,
  maxListens: true,
  maxRequests: true,
  maxAgents: true,
  idleAfter: true,
  onError: true,
});

const RESOURCE = knownOptions<ResourceOptions>("mcpHandler", {
  url: true,
  authorizationServers: true,
  name: true,
});

/** The options after their checks, with defaults. */
export interface CheckedOptions {
  readonly agentOptions: AgentServerOptions;
  readonly meshOf: MeshOf;
  readonly authenticate: Authenticate;
  readonly allowedHosts: readonly string[] | "*";
  readonly allowedOrigins: readonly string[];
  readonly resource: ResourceOptions | undefined;
  readonly maxBodyBytes: number;
  readonly maxListens: number;
  readonly maxRequests: number;
  readonly maxAgents: number;
  readonly idleMs: number;
  readonly onError: (error: Error) => void;
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** @throws INVALID_ARGUMENTS */
export function toCheckedOptions(options: McpHandlerOptions): CheckedOptions {
  checkAgentOptions(options, OPTIONS);
  const {
    mesh,
    authenticate,
    resource,
    allowedHosts: givenHosts,
    allowedOrigins = LOOPBACK,
    maxBodyBytes = 4_194_304,
    maxListens = 16,
    maxRequests = 128,
    maxAgents = 1_000,
    idleAfter = "5m",
    onError = () => undefined,
    ...agentOptions
  } = options;
  const resourceHosts = hostsOf(resource);
  const allowedHosts = givenHosts ?? resourceHosts;
  checkFunction("authenticate", authenticate);
  checkFunction("onError", onError);
  if (allowedHosts !== "*") checkNames("allowedHosts", allowedHosts);
  checkNames("allowedOrigins", allowedOrigins);
  const figures = { maxBodyBytes, maxListens, maxRequests, maxAgents };
  for (const [path, figure] of Object.entries(figures)) checkFigure(path, figure);
  return {
    agentOptions,
    meshOf: toMeshOf(mesh),
    authenticate,
    allowedHosts,
    allowedOrigins,
    resource,
    ...figures,
    idleMs: toMs("idleAfter", idleAfter),
    onError,
  };
}

function hostsOf(resource: ResourceOptions | undefined): readonly string[] {
  if (resource === undefined) return LOOPBACK;
  checkOptions(resource, RESOURCE, "resource");
  return [...LOOPBACK, toSecureUrl("resource.url", resource.url).hostname];
}

function toMeshOf(mesh: McpHandlerOptions["mesh"]): MeshOf {
  if (typeof mesh === "function") return mesh;
  if (typeof Object(mesh).mesh === "function") return (tenantId) => mesh.mesh(tenantId);
  throw invalid("mesh", mesh, "Pass a TenantRegistry, or (tenantId) => a mesh.");
}

/** A name, or an IPv6 address in brackets. */
const HOST_NAME = /^(\[[\da-f:.]+\]|[^\s/:@]+)$/i;

function checkNames(path: string, names: readonly string[]): void {
  const isName = (name: unknown): boolean => typeof name === "string" && HOST_NAME.test(name);
  if (Array.isArray(names) && names.every(isName)) return;
  // Any other would match no request.
  const wrong: unknown = Array.isArray(names) ? names.find((name) => !isName(name)) : names;
  throw invalid(path, wrong, 'Pass host names without scheme and port: ["mesh.acme.com"].');
}

function checkFigure(path: string, figure: number): void {
  if (Number.isSafeInteger(figure) && figure >= 1) return;
  throw invalid(path, figure, "Pass a whole number from 1.");
}

function invalid(path: string, given: unknown, hint: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", `Invalid \`${path}\`: ${describe(given)}.`, {
    hint,
    details: { path },
  });
}
