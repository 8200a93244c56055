import { type Attributes, ROOT_CONTEXT } from "@opentelemetry/api";
import type { MeshInterceptor, MeshOperation, Watch } from "@syntha/core";
import type { TelemetryOptions } from "../options.ts";
import { ATTRIBUTE } from "../signal/attributes.ts";
import { Capture } from "../signal/capture.ts";
import { ignoringErrors } from "../signal/ignoring-errors.ts";
import { type OperationSignals, Recorder } from "../signal/recorder.ts";
import { setOrigin } from "./commit-origins.ts";
import { CountedWatch } from "./counted-watch.ts";
import { memoryOperation, spanName } from "./memory-operations.ts";
import { requestAttributes, resultAttributes } from "./operation-attributes.ts";

/**
 * Records every operation of a mesh, or of all meshes of a {@link TenantRegistry}. Without an SDK and a log, operations go
 * directly to the mesh.
 * @throws INVALID_ARGUMENTS for invalid or unknown options
 * @example
 * const mesh = new ContextMesh({ interceptor: meshInterceptor({ captureKeys: true }) });
 */
export function meshInterceptor(options: TelemetryOptions = {}): MeshInterceptor {
  return new TelemetryInterceptor(new Recorder(options));
}

class TelemetryInterceptor implements MeshInterceptor {
  readonly #recorder: Recorder;
  readonly #capture: Capture;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.#capture = new Capture(recorder.options);
  }

  intercept<T>(operation: MeshOperation, run: () => T): T {
    if (!this.#recorder.isActive) return run();
    const result = operation.name === "watch" ? this.#watch(run) : this.#record(operation, run);
    return result as T;
  }

  onCommitQueued(commit: object): void {
    if (this.#recorder.isActive) setOrigin(commit);
  }

  #record(operation: MeshOperation, run: () => unknown): Promise<unknown> {
    return this.#recorder.record(
      () => this.#signalsOf(operation),
      () => run() as Promise<unknown>,
      (result) => ({ attributes: resultAttributes(operation, result, this.#capture) }),
    );
  }

  #watch(run: () => unknown): Watch {
    const watch = run() as Watch;
    const { instruments } = this.#recorder;
    if (instruments === undefined) return watch;
    const { watches, changes } = instruments;
    ignoringErrors(() => watches.add(1));
    return new CountedWatch(
      watch,
      ({ type }) => ignoringErrors(() => changes.add(1, { [ATTRIBUTE.change]: type })),
      () => ignoringErrors(() => watches.add(-1)),
    );
  }

  #signalsOf(operation: MeshOperation): OperationSignals {
    const { name, isBackground } = operation;
    const memory = memoryOperation(name);
    const tenant = this.#recorder.tenantLabel(operation.tenantId);
    const agent = this.#recorder.agentLabel(operation.actor);
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
      // Background work is not part of the operation that was active when it started.
      span: { name: spanName(name), attributes, ...(isBackground && { parent: ROOT_CONTEXT }) },
      metric: { histogram: "meshDuration", attributes: metric },
      log: { event: "mesh.operation", name, tenant_id: tenant, agent },
    };
  }
}
