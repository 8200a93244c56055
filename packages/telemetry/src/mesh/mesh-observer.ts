import { type Attributes, ROOT_CONTEXT } from "@opentelemetry/api";
import type { MeshObserver, MeshOperation, Watch } from "@syntha/core";
import type { TelemetryOptions } from "../options.ts";
import { ATTRIBUTE } from "../signal/attributes.ts";
import { Capture } from "../signal/capture.ts";
import { quietly } from "../signal/quietly.ts";
import { type Activity, Signals } from "../signal/signals.ts";
import { CountedWatch } from "./counted-watch.ts";
import { memoryOperation, spanName } from "./memory-operations.ts";
import { noteSubmission } from "./submissions.ts";
import { toldAfter, toldBefore } from "./told.ts";

/**
 * Tells of every operation of a mesh: `new ContextMesh({ observer: meshObserver() })`, or the same of a registry of
 * tenants. Operations that nobody listens to go straight to the mesh.
 * @throws INVALID_ARGUMENTS for options that can't be used
 */
export function meshObserver(options: TelemetryOptions = {}): MeshObserver {
  return new Observer(new Signals(options));
}

class Observer implements MeshObserver {
  readonly #signals: Signals;
  readonly #capture: Capture;

  constructor(signals: Signals) {
    this.#signals = signals;
    this.#capture = new Capture(signals.options);
  }

  around<T>(operation: MeshOperation, run: () => T): T {
    if (!this.#signals.isOn) return run();
    const given = operation.name === "watch" ? this.#watch(run) : this.#tell(operation, run);
    return given as T;
  }

  submitted(commit: object): void {
    if (this.#signals.isOn) noteSubmission(commit);
  }

  #tell(operation: MeshOperation, run: () => unknown): Promise<unknown> {
    return this.#signals.tell(
      () => this.#activityOf(operation),
      () => run() as Promise<unknown>,
      (result) => ({ attributes: toldAfter(operation, result, this.#capture) }),
    );
  }

  #watch(run: () => unknown): Watch {
    const watch = run() as Watch;
    const { instruments } = this.#signals;
    if (instruments === undefined) return watch;
    const { watches, changes } = instruments;
    quietly(() => watches.add(1));
    return new CountedWatch(
      watch,
      ({ type }) => quietly(() => changes.add(1, { [ATTRIBUTE.change]: type })),
      () => quietly(() => watches.add(-1)),
    );
  }

  #activityOf(operation: MeshOperation): Activity {
    const { name, isBackground } = operation;
    const memory = memoryOperation(name);
    const tenant = this.#signals.tenant(operation.tenant);
    const agent = this.#signals.agent(operation.agent);
    const metric: Attributes = { [ATTRIBUTE.meshOperation]: name };
    if (memory !== undefined) metric[ATTRIBUTE.operation] = memory;
    if (agent !== undefined) metric[ATTRIBUTE.agent] = agent;
    const attributes: Attributes = { ...metric, ...toldBefore(operation, this.#capture) };
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
