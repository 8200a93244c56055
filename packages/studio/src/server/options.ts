import {
  type ContextMesh,
  type Duration,
  type MeshSchema,
  SynthaError,
  type TenantRegistry,
} from "@syntha/core";
import {
  checkAgentName,
  checkFlag,
  checkFunction,
  checkOptions,
  describe,
  knownOptions,
  toMs,
} from "@syntha/core/storage";
import { LOOPBACK_HOSTS } from "@syntha/http";
import type { Authorize } from "./identity.ts";

/** Options of {@link studioHandler}. */
export interface StudioOptions {
  /** The mesh to show. Either `mesh` or `tenants`. The handler does not close it. */
  mesh?: ContextMesh<MeshSchema> | undefined;
  /** The meshes to show. Either `mesh` or `tenants`. The handler does not close them. */
  tenants?: TenantRegistry<MeshSchema> | undefined;
  /** Says who sends a request. */
  authorize: Authorize;
  /** Whether people may write: push, delete, retry, restore, subscribe, say. @default false */
  write?: boolean | undefined;
  /** The name under which writes are recorded if `authorize` names none: that of an agent. @default "studio" */
  person?: string | undefined;
  /**
   * Host names, without port, by which browsers may reach the handler: the defense against DNS rebinding. `"*"` allows all,
   * for a platform or proxy that checks them itself.
   * @default "localhost", "127.0.0.1" and "[::1]"
   */
  allowedHosts?: readonly string[] | "*" | undefined;
  /**
   * Host names, without scheme and port, under which browsers open Studio, where a proxy changes the `Host` header. Pages of
   * other sites can't read answers even so: there are no CORS headers.
   * @default the request's own host
   */
  allowedOrigins?: readonly string[] | undefined;
  /** The path at which the handler is mounted, such as "/studio". @default "/" */
  basePath?: string | undefined;
  /** Sources that may show Studio in a frame, as in the directive `frame-ancestors`: `["'self'"]`. @default none */
  frameAncestors?: readonly string[] | undefined;
  /** The text of the page, for runtimes without a file system. @default the page of this package */
  page?: string | undefined;
  /** How often the person of an open live stream is authorized again, in whole seconds. @default "15s" */
  reauthorizeEvery?: Duration | undefined;
  /** Called with errors that a browser sees only as 500 or 503. @default none */
  onError?: ((error: Error) => void) | undefined;
}

const OPTIONS = knownOptions<StudioOptions>("studioHandler", {
  mesh: true,
  tenants: true,
  authorize: true,
  write: true,
  person: true,
  allowedHosts: true,
  allowedOrigins: true,
  basePath: true,
  frameAncestors: true,
  page: true,
  reauthorizeEvery: true,
  onError: true,
});

/** The options after their checks, with defaults. */
export interface CheckedOptions {
  readonly meshes: { readonly mesh: ContextMesh } | { readonly tenants: TenantRegistry };
  readonly authorize: Authorize;
  readonly write: boolean;
  readonly person: string;
  readonly allowedHosts: readonly string[] | "*";
  readonly allowedOrigins: readonly string[];
  /** With a slash at its end. */
  readonly basePath: string;
  readonly frameAncestors: readonly string[];
  readonly page: string | undefined;
  readonly reauthorizeMs: number;
  readonly onError: (error: Error) => void;
}

/** @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE */
export function toCheckedOptions(options: StudioOptions): CheckedOptions {
  checkOptions(options, OPTIONS);
  const {
    authorize,
    write = false,
    person = "studio",
    allowedHosts = LOOPBACK_HOSTS,
    allowedOrigins = [],
    basePath = "/",
    frameAncestors = [],
    page,
    reauthorizeEvery = "15s",
    onError = () => undefined,
  } = options;
  checkFunction("authorize", authorize);
  checkFunction("onError", onError);
  checkFlag("write", write);
  checkAgentName(person);
  if (allowedHosts !== "*") checkNames("allowedHosts", allowedHosts, HOST_HINT);
  checkNames("allowedOrigins", allowedOrigins, HOST_HINT);
  checkNames(
    "frameAncestors",
    frameAncestors,
    'Pass sources: ["\'self\'", "https://app.acme.com"].',
  );
  if (page !== undefined && typeof page !== "string")
    throw invalid("page", page, "Pass the text of the page.");
  return {
    meshes: toMeshes(options),
    authorize,
    write,
    person,
    allowedHosts,
    allowedOrigins,
    basePath: toBasePath(basePath),
    frameAncestors,
    page,
    reauthorizeMs: toMs("reauthorizeEvery", reauthorizeEvery),
    onError,
  };
}

function toMeshes({ mesh, tenants }: StudioOptions): CheckedOptions["meshes"] {
  const hint = "Pass a ContextMesh as `mesh`, or a TenantRegistry as `tenants`.";
  if ((mesh === undefined) === (tenants === undefined))
    throw invalid("mesh", mesh, `${hint} One of them.`);
  if (mesh !== undefined) {
    if (typeof Object(mesh).agent !== "function") throw invalid("mesh", mesh, hint);
    return { mesh: mesh as unknown as ContextMesh };
  }
  if (typeof Object(tenants).mesh !== "function") throw invalid("tenants", tenants, hint);
  return { tenants: tenants as unknown as TenantRegistry };
}

function toBasePath(path: string): string {
  if (typeof path !== "string" || !/^\/[\w\-./~%]*$/.test(path))
    throw invalid("basePath", path, 'Pass a path that begins with a slash: "/studio".');
  return path.endsWith("/") ? path : `${path}/`;
}

const HOST_HINT = 'Pass host names without ports: ["mesh.acme.com"].';
/** None of them ends a directive or a header. */
const NAME = /^[^\s;,]+$/;

function checkNames(path: string, names: readonly string[], hint: string): void {
  if (Array.isArray(names) && names.every((name) => typeof name === "string" && NAME.test(name)))
    return;
  throw invalid(path, names, hint);
}

function invalid(path: string, given: unknown, hint: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", `Invalid \`${path}\`: ${describe(given)}.`, {
    hint,
    details: { path },
  });
}
