import type { z } from "zod";
import type { HttpHandler } from "@syntha/http";
import { ACTIONS } from "./actions/index.ts";
import type { ActionScope } from "./actions/action.ts";
import type { TenantBody, ViewQuery } from "../api/index.ts";
import { failureAnswer, jsonAnswer, SAFE_HEADERS, SERVER_FAILED } from "./http/answer.ts";
import { checkInput, queryOf } from "./http/check-input.ts";
import { checkHost, checkOrigin } from "./http/guard.ts";
import { readJson } from "./http/json-body.ts";
import { statusOf, StudioError, toFailure } from "./http/studio-error.ts";
import { identityKey, type StudioIdentity } from "./identity.ts";
import { LIVE_QUERY, LiveStreams } from "./live/live.ts";
import { Meshes } from "./mesh/meshes.ts";
import { Moments } from "./mesh/moments.ts";
import { type CheckedOptions, type StudioOptions, toCheckedOptions } from "./options.ts";
import { AppPage } from "./page/app-page.ts";
import type { Tickets } from "./tickets.ts";
import { GENERAL_READS, MESH_READS } from "./reads/index.ts";
import type { MeshScope, Scope } from "./reads/read.ts";

/** Serves Studio: the page, and the API that it calls. */
export type StudioHandler = HttpHandler;

/**
 * Serves Studio on any runtime with `Request` and `Response`, behind the login of your own app. Who may look, and at which
 * tenants, is decided by `authorize` alone. Read-only unless `write` is set.
 *
 * @example
 * ```ts
 * const studio = studioHandler({
 *   mesh,
 *   authorize: async (request) => (await isAdmin(request) ? { person: "Ada" } : undefined),
 *   allowedHosts: ["app.acme.com"],
 *   basePath: "/studio",
 * });
 * app.all("/studio/*", (context) => studio.fetch(context.req.raw)); // Hono
 * ```
 * @throws INVALID_ARGUMENTS for unknown and invalid options
 */
export function studioHandler(options: StudioOptions): StudioHandler {
  return handlerWith(options, undefined);
}

/** A handler that also exchanges tickets. */
export function handlerWith(options: StudioOptions, tickets: Tickets | undefined): StudioHandler {
  const service = new StudioService(toCheckedOptions(options), tickets);
  return { fetch: (request) => service.fetch(request), close: () => service.close() };
}

class StudioService {
  readonly #options: CheckedOptions;
  readonly #meshes: Meshes;
  readonly #page: AppPage;
  readonly #tickets: Tickets | undefined;
  readonly #moments = new Moments();
  readonly #streams = new LiveStreams();
  #isClosed = false;

  constructor(options: CheckedOptions, tickets: Tickets | undefined) {
    this.#tickets = tickets;
    this.#options = options;
    this.#meshes = new Meshes(options.meshes);
    this.#page = new AppPage(options.page, options.frameAncestors);
  }

  async fetch(request: Request): Promise<Response> {
    try {
      return await this.#answer(request);
    } catch (error) {
      return this.#failure(error);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#streams.close();
    this.#moments.close();
  }

  async #answer(request: Request): Promise<Response> {
    if (this.#isClosed) throw new StudioError("CLOSED", "Studio is closing.");
    checkHost(request, this.#options);
    const url = new URL(request.url);
    const path = this.#pathOf(url);
    if (path === undefined) return redirect(this.#options.basePath);
    if (path === "" && isRead(request)) return this.#page.answer(request);
    if (!path.startsWith("api/")) throw noRoute(path);
    checkOrigin(request, this.#options);
    if (path === TICKET && request.method === "POST" && this.#tickets !== undefined)
      return jsonAnswer(await this.#tickets.exchange(await readJson(request)));
    const identity = await this.#authorize(request);
    if (request.method === "GET")
      return path === LIVE
        ? this.#live(request, url, identity)
        : this.#read(request, path, url, identity);
    if (request.method === "POST") return this.#act(request, path, identity);
    throw new StudioError("BAD_REQUEST", `There is no ${request.method} here.`, "Use GET or POST.");
  }

  /** The path below the handler's own, "" for the page; undefined if the slash at its end is missing. */
  #pathOf({ pathname }: URL): string | undefined {
    const { basePath } = this.#options;
    if (`${pathname}/` === basePath) return undefined;
    if (!pathname.startsWith(basePath)) throw noRoute(pathname);
    return pathname.slice(basePath.length);
  }

  async #authorize(request: Request): Promise<StudioIdentity> {
    const identity = await this.#options.authorize(request);
    if (identity !== undefined) return identity;
    throw new StudioError(
      "UNAUTHORIZED",
      "You are not logged in to Studio.",
      "Open the address that `syntha studio` prints, or log in to the app that shows Studio.",
    );
  }

  async #read(
    { signal }: Request,
    path: string,
    url: URL,
    identity: StudioIdentity,
  ): Promise<Response> {
    const scope: Scope = { identity, options: this.#options, meshes: this.#meshes };
    const general = readOf<Scope>(GENERAL_READS, path);
    if (general !== undefined)
      return jsonAnswer(await general.answer(scope, checkInput(general.query, queryOf(url))));
    const read = readOf<MeshScope>(MESH_READS, path);
    if (read === undefined) throw noRoute(path);
    const query = checkInput(read.query, queryOf(url));
    const { tenant, at, as } = query as ViewQuery;
    const mesh = await this.#meshes.of(identity, tenant);
    const answer = await this.#moments.read(mesh, at, signal, async (moment) => {
      const reader = as === undefined ? moment.system : moment.agent(as);
      return read.answer({ mesh, moment, reader }, query);
    });
    return jsonAnswer(answer);
  }

  async #live(request: Request, url: URL, identity: StudioIdentity): Promise<Response> {
    const query = checkInput(LIVE_QUERY, queryOf(url));
    const mesh = await this.#meshes.of(identity, query.tenant);
    const rights = identityKey(identity);
    const { authorize, reauthorizeMs, onError } = this.#options;
    return this.#streams.answer(request, mesh, query, {
      isAllowed: async () => {
        const now = await authorize(request);
        return now !== undefined && identityKey(now) === rights;
      },
      reauthorizeMs,
      onError,
    });
  }

  async #act(request: Request, path: string, identity: StudioIdentity): Promise<Response> {
    const action = actionOf(path);
    if (action === undefined) throw noRoute(path);
    const { write = true, person = this.#options.person } = identity;
    if (!this.#options.write || !write) {
      throw new StudioError(
        "READ_ONLY",
        "Studio is read-only.",
        "Start it with `--write`, or pass `write: true` to studioHandler.",
      );
    }
    const body = checkInput(action.body, await readJson(request));
    const mesh = await this.#meshes.of(identity, (body as TenantBody).tenant);
    return jsonAnswer(await action.answer({ mesh, person }, body));
  }

  #failure(error: unknown): Response {
    const failure = toFailure(error);
    if (failure === undefined || statusOf(failure.code) >= 500)
      this.#options.onError(error as Error);
    if (failure?.code === "UNAUTHORIZED")
      return failureAnswer(failure, { "www-authenticate": "Bearer" });
    return failureAnswer(failure ?? SERVER_FAILED);
  }
}

const LIVE = "api/live";
const TICKET = "api/ticket";

function isRead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

/** A read whose types are those of any query. */
interface AnyRead<S> {
  readonly query: z.ZodType<object>;
  readonly answer: (scope: S, query: object) => Promise<unknown>;
}

interface AnyAction {
  readonly body: z.ZodType<object>;
  readonly answer: (scope: ActionScope, body: object) => Promise<unknown>;
}

function readOf<S>(table: object, path: string): AnyRead<S> | undefined {
  return Object.hasOwn(table, path) ? (table as Record<string, AnyRead<S>>)[path] : undefined;
}

function actionOf(path: string): AnyAction | undefined {
  const table = ACTIONS as unknown as Readonly<Record<string, AnyAction>>;
  return Object.hasOwn(table, path) ? table[path] : undefined;
}

function noRoute(path: string): StudioError {
  return new StudioError(
    "NO_ROUTE",
    `There is no "${path.slice(0, 200)}".`,
    "Open Studio's page itself.",
  );
}

function redirect(location: string): Response {
  return new Response(null, { status: 308, headers: { ...SAFE_HEADERS, location } });
}
