import { newToken, hashToken } from "@syntha/http";
import type { TokenEntries } from "@syntha/mcp";
import { Miniflare } from "miniflare";
import { bundleWorker } from "./bundle.ts";

/** An agent of a tenant, with its token. */
export interface Member {
  readonly tenantId: string;
  readonly agent: string;
  readonly token: string;
}

export interface RuntimeOptions {
  /** Agents that get a token, as `tenant/agent`. */
  readonly members: readonly string[];
  /** A folder that keeps the objects when the runtime ends. */
  readonly folder: string;
  /** @default a free port */
  readonly port?: number;
}

/** The Worker in the runtime of Cloudflare Workers, on this machine. */
export class Runtime implements AsyncDisposable {
  readonly url: string;
  /** The token for the routes under `/tenants`. */
  readonly operatorToken: string;
  readonly #miniflare: Miniflare;
  readonly #members: ReadonlyMap<string, Member>;

  private constructor(
    url: string,
    operatorToken: string,
    miniflare: Miniflare,
    members: ReadonlyMap<string, Member>,
  ) {
    this.url = url;
    this.operatorToken = operatorToken;
    this.#miniflare = miniflare;
    this.#members = members;
  }

  static async start({ members: names, folder, port = 0 }: RuntimeOptions): Promise<Runtime> {
    const members = new Map(names.map((name) => [name, toMember(name)]));
    const operatorToken = newToken();
    const miniflare = new Miniflare({
      modules: await bundleWorker(),
      compatibilityDate: "2026-07-01",
      compatibilityFlags: ["enable_request_signal"],
      port,
      durableObjects: { TENANTS: { className: "TenantObject", useSQLite: true } },
      durableObjectsPersist: folder,
      bindings: {
        TOKENS: JSON.stringify(await toEntries(members)),
        APPROVAL_KEY: newToken(),
        OPERATOR_SHA256: await hashToken(operatorToken),
        HOST: "127.0.0.1",
      },
    });
    const { origin } = await miniflare.ready;
    return new Runtime(origin, operatorToken, miniflare, members);
  }

  /** @param name as `tenant/agent` */
  member(name: string): Member {
    const member = this.#members.get(name);
    if (member === undefined) throw new Error(`There is no member "${name}".`);
    return member;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#miniflare.dispose();
  }
}

function toMember(name: string): Member {
  const [tenantId = "", agent = ""] = name.split("/", 2);
  return { tenantId, agent, token: newToken() };
}

async function toEntries(members: ReadonlyMap<string, Member>): Promise<TokenEntries> {
  const entries = Array.from(members, async ([name, { tenantId, agent, token }]) => [
    name,
    { tenantId, agent, sha256: await hashToken(token) },
  ]);
  return Object.fromEntries(await Promise.all(entries)) as TokenEntries;
}
