import { type ContextMesh, type MeshSchema, SynthaError } from "@syntha/core";
import { MAX_TIMER_MS } from "@syntha/core/storage";
import { type Identity, identityKey } from "../identity/identity.ts";
import { AgentEndpoint, type EndpointOptions } from "./agent-endpoint.ts";

export interface EndpointsOptions extends EndpointOptions {
  readonly maxAgents: number;
  readonly idleMs: number;
}

/** The agents' servers that are kept: the least recently used first. */
export class AgentEndpoints {
  readonly #kept = new Map<string, AgentEndpoint>();
  readonly #options: EndpointsOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: EndpointsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#kept.size;
  }

  /**
   * The endpoint of an identity, in use until {@link release}.
   * @throws UNAVAILABLE if as many as may be are in use; INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE for the agent's name
   */
  acquire(mesh: ContextMesh<MeshSchema>, identity: Identity): AgentEndpoint {
    const key = identityKey(identity);
    let endpoint = this.#kept.get(key);
    if (endpoint?.mesh !== mesh) {
      // The tenant was dropped, or its mesh closed, since.
      if (endpoint !== undefined) this.#evict(key, endpoint);
      this.#makeRoom();
      // Its clients connect again, to the tenant's new mesh if there is one.
      const onClosed = (closed: AgentEndpoint): void => this.#evict(key, closed);
      endpoint = new AgentEndpoint(mesh, identity, this.#options, onClosed);
    }
    this.#kept.delete(key);
    this.#kept.set(key, endpoint);
    endpoint.open++;
    return endpoint;
  }

  release(endpoint: AgentEndpoint): void {
    endpoint.open--;
    endpoint.usedAt = Date.now();
    this.#schedule();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const endpoints = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(endpoints.map((endpoint) => endpoint.close()));
  }

  #makeRoom(): void {
    if (this.#kept.size < this.#options.maxAgents) return;
    for (const [key, endpoint] of this.#kept)
      if (endpoint.open === 0) return this.#evict(key, endpoint);
    throw new SynthaError("UNAVAILABLE", "Too many agents are connected.", {
      hint: "Try again later, or raise `maxAgents`.",
    });
  }

  #evictIdle(): void {
    this.#timer = undefined;
    const before = Date.now() - this.#options.idleMs;
    for (const [key, endpoint] of this.#kept)
      if (endpoint.open === 0 && endpoint.usedAt <= before) this.#evict(key, endpoint);
    this.#schedule();
  }

  #evict(key: string, endpoint: AgentEndpoint): void {
    if (this.#kept.get(key) === endpoint) this.#kept.delete(key);
    endpoint.close().catch(this.#options.onError);
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#kept.size === 0) return;
    this.#timer = setTimeout(() => this.#evictIdle(), Math.min(this.#options.idleMs, MAX_TIMER_MS));
    // Browsers' timers are numbers.
    (this.#timer as { unref?: () => void }).unref?.();
  }
}
