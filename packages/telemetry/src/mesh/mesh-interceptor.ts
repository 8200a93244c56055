import { type Attributes, ROOT_CONTEXT } from "@opentelemetry/api";
import type { MeshInterceptor, MeshOperation, Watch } from "@syntha/core";
import type { TelemetryOptions } from "../options.ts";
import { ATTRIBUTE } from "../signal/attributes.ts";
import { Capture } from "../signal/capture.ts";
import { ignoringErrors } from "../signal/ignoring-errors.ts";
import { type Activity, Signals } from "../signal/signals.ts";
import { CountedWatch } from "./counted-watch.ts";
import { memoryOperation, spanName } from "./memory-operations.ts";
import { noteSubmission } from "./submissions.ts";
import { resultAttributes, requestAttributes } from "./operation-attributes.ts";

/**
 * Tells of every operation of a mesh: `new ContextMesh({ interceptor: meshInterceptor() })`, or the same of a registry of
 * tenants. Operations that nobody listens to go straight to the mesh.
 * @throws INVALID_ARGUMENTS for options that can't be used
 */
export function meshInterceptor(options: TelemetryOptions = {}): MeshInterceptor {
  return new Observer(new Signals(options));
}

class Observer implements MeshInterceptor {
  readonly #signals: Signals;
  readonly #capture: Capture;

  constructor(signals: Signals) {
    this.#signals = signals;
    this.#capture = new Capture(signals.options);
  }

  intercept<T>(operation: MeshOperation, run: () => T): T {
    if (!this.#signals.isOn) return run();
    const given = operation.name === "watch" ? this.#watch(run) : this.#tell(operation, run);
    return given as T;
  }

  onCommitQueued(commit: object): void {
    if (this.#signals.isOn) noteSubmission(commit);
  }

  #tell(operation: MeshOperation, run: () => unknown): Promise<unknown> {
    return this.#signals.record(
      () => this.#activityOf(operation),
      () => run() as Promise<unknown>,
      (result) => ({ attributes: resultAttributes(operation, result, this.#capture) }),
    );
  }

  #watch(run: () => unknown): Watch {
    const watch = run() as Watch;
    const { instruments } = this.#signals;
    if (instruments === undefined) return watch;
    const { watches, changes } = instruments;
    ignoringErrors(() => watches.add(1));
    return new CountedWatch(
      watch,
      ({ type }) => ignoringErrors(() => changes.add(1, { [ATTRIBUTE.change]: type })),
      () => ignoringErrors(() => watches.add(-1)),
    );
  }

  #activityOf(operation: MeshOperation): Activity {
    const { name, isBackground } = operation;
    const memory = memoryOperation(name);
    const tenant = this.#signals.tenant(operation.tenantId);
    const agent = this.#signals.agent(operation.actor);
    const metric: Attributes = { [ATTRIBUTE.meshOperation]: name };
    if (memory !== undefined) metric[ATTRIBUTE.operation] = memory;
    if (agent !== undefined) metric[ATTRIBUTE.agent] = agent;
    const attributes: Attributes = { ...metric, ...requestAttributes(operation, this.#capture) };
    if (tenant !== undefined) {
      attributes[ATTRIBUTE.tenant] = tenant;
      if (memory !== undefined) attributes[ATTRIBUTE.memoryStore] = tenant;
    }
    if (isBackground) attributes[ATTRIBUTE.background] = true;
    return {
      // What a mesh does by itself is no part of what happened to be active when it began to.
      span: { name: spanName(name), attributes, ...(isBackground && { parent: ROOT_CONTEXT }) },
      metric: { of: "meshSeconds", attributes: metric },
      log: { event: "mesh.operation", name, tenant, agent },
    };
  }
}
