import { CircuitBreaker, type StateChange } from "@syntha/resilience";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());

const RATE = { threshold: 0.5, size: 10 };

/** A call that succeeds or fails at once. */
function call(breaker: CircuitBreaker, verdict: "success" | "failure" | "neutral"): void {
  breaker.settle(breaker.admit(), verdict, verdict === "failure" ? "UNAVAILABLE" : undefined);
}

/** A circuit that opened and now admits a probe. */
function halfOpen(): CircuitBreaker {
  const breaker = new CircuitBreaker({ failures: 1, halfOpenAfter: "30s" });
  call(breaker, "failure");
  vi.advanceTimersByTime(30_000);
  return breaker;
}

function times(count: number, what: () => void): void {
  for (let i = 0; i < count; i++) what();
}

it("opens after consecutive failures and reports since and retryAt", () => {
  const breaker = new CircuitBreaker({ failures: 3, halfOpenAfter: "30s" });
  times(2, () => call(breaker, "failure"));
  call(breaker, "success");
  times(2, () => call(breaker, "failure"));
  expect(breaker.state).toBe("closed");
  vi.advanceTimersByTime(5_000);
  call(breaker, "failure");
  expect(breaker).toMatchObject({
    state: "open",
    since: new Date("2026-01-01T00:00:05Z"),
    retryAt: new Date("2026-01-01T00:00:35Z"),
    counts: { successes: 1, failures: 5, refused: 0 },
  });
});

it("refuses calls while open, with state and retryAt", () => {
  const breaker = new CircuitBreaker({ failures: 1, halfOpenAfter: "30s" });
  call(breaker, "failure");
  vi.advanceTimersByTime(10_000);
  const details = { state: "open", retryAt: new Date("2026-01-01T00:00:30Z") };
  const refusal = expect.objectContaining({ code: "UNAVAILABLE", details });
  expect(() => breaker.admit()).toThrow(refusal);
  expect(breaker.counts.refused).toBe(1);
});

it("closes when its only probe succeeds", () => {
  const breaker = halfOpen();
  const probe = breaker.admit();
  expect(breaker.state).toBe("half-open");
  expect(() => breaker.admit()).toThrow("The circuit is half-open");
  breaker.settle(probe, "success");
  expect(breaker.state).toBe("closed");
});

it("opens again when the probe fails", () => {
  const breaker = new CircuitBreaker({ failures: 4, halfOpenAfter: "30s" });
  times(4, () => call(breaker, "failure"));
  vi.advanceTimersByTime(30_000);
  call(breaker, "failure");
  expect(breaker.state).toBe("open");
  vi.advanceTimersByTime(29_999);
  expect(() => breaker.admit()).toThrow("The circuit is open");
});

it("stays half-open after a neutral probe", () => {
  const breaker = halfOpen();
  call(breaker, "neutral");
  expect(breaker.state).toBe("half-open");
  expect(breaker.retryAt).toBeUndefined();
  call(breaker, "success");
  expect(breaker.state).toBe("closed");
});

it("admits another probe when one does not end", () => {
  const breaker = halfOpen();
  const pending = breaker.admit();
  vi.advanceTimersByTime(29_999);
  expect(() => breaker.admit()).toThrow("half-open");
  vi.advanceTimersByTime(1);
  const second = breaker.admit();
  breaker.settle(pending, "failure");
  expect(breaker.state).toBe("half-open");
  breaker.settle(second, "success");
  expect(breaker.state).toBe("closed");
});

it("ignores late failures of calls from before it opened", () => {
  const breaker = new CircuitBreaker({ failures: 2, halfOpenAfter: "30s" });
  const early = Array.from({ length: 10 }, () => breaker.admit());
  for (const permit of early.slice(0, 2)) breaker.settle(permit, "failure");
  vi.advanceTimersByTime(30_000);
  const probe = breaker.admit();
  for (const permit of early.slice(2, 6)) breaker.settle(permit, "failure");
  expect(breaker.state).toBe("half-open");
  breaker.settle(probe, "success");
  for (const permit of early.slice(6)) breaker.settle(permit, "failure");
  expect(breaker.state).toBe("closed");
});

it("opens by failure rate after minimumCalls", () => {
  const breaker = new CircuitBreaker({ ...RATE, minimumCalls: 4 });
  times(3, () => call(breaker, "failure"));
  expect(breaker.state).toBe("closed");
  call(breaker, "success");
  expect(breaker.state).toBe("closed");
  call(breaker, "failure");
  expect(breaker.state).toBe("open");
});

it("resets its counter when it closes", () => {
  const breaker = new CircuitBreaker({ ...RATE, minimumCalls: 2, halfOpenAfter: "30s" });
  times(2, () => call(breaker, "failure"));
  vi.advanceTimersByTime(30_000);
  call(breaker, "success");
  call(breaker, "failure");
  expect(breaker.state).toBe("closed");
});

it("stays isolated until it is released", () => {
  const breaker = new CircuitBreaker({ halfOpenAfter: "1s" });
  breaker.isolate();
  vi.advanceTimersByTime(86_400_000);
  expect(() => breaker.admit()).toThrow("The circuit is isolated");
  expect(breaker).toMatchObject({ state: "isolated", retryAt: undefined });
  breaker.release();
  call(breaker, "success");
  expect(breaker.state).toBe("closed");
});

it("opens only by isolate() when disabled", () => {
  const breaker = new CircuitBreaker(false);
  times(1_000, () => call(breaker, "failure"));
  expect(breaker.state).toBe("closed");
  breaker.isolate();
  expect(() => breaker.admit()).toThrow("isolated");
});

it("uses the monotonic clock", () => {
  const breaker = new CircuitBreaker({ failures: 1, halfOpenAfter: "30s" });
  call(breaker, "failure");
  vi.setSystemTime(Date.UTC(2025, 0, 1));
  expect(breaker.retryAt).toEqual(new Date("2025-01-01T00:00:30Z"));
  vi.advanceTimersByTime(30_000);
  call(breaker, "success");
  expect(breaker.state).toBe("closed");
});

it("emits each change once, in order, despite failing listeners", async () => {
  const breaker = new CircuitBreaker({ failures: 1, halfOpenAfter: "30s" });
  const changes: StateChange[] = [];
  breaker.onStateChange(() => {
    throw new Error("a listener fails");
  });
  breaker.onStateChange((async () => {
    throw new Error("an async listener fails");
  }) as () => void);
  breaker.onStateChange(({ to }) => {
    if (to === "open") breaker.isolate();
  });
  const stop = breaker.onStateChange((change) => changes.push(change));
  call(breaker, "failure");
  breaker.isolate();
  breaker.release();
  stop();
  call(breaker, "failure");
  await vi.advanceTimersByTimeAsync(0);
  const [at, retryAt] = [new Date("2026-01-01T00:00:00Z"), new Date("2026-01-01T00:00:30Z")];
  const none = { at, retryAt: undefined, code: undefined };
  expect(changes).toEqual([
    { from: "closed", to: "open", at, retryAt, code: "UNAVAILABLE" },
    { from: "open", to: "isolated", ...none },
    { from: "isolated", to: "closed", ...none },
  ]);
});

it("refuses a call of a listener during the probe", () => {
  const breaker = new CircuitBreaker({ failures: 1, halfOpenAfter: "30s" });
  const inside: string[] = [];
  breaker.onStateChange(({ to }) => {
    if (to !== "half-open") return;
    try {
      breaker.admit();
      inside.push("let through");
    } catch {
      inside.push("refused");
    }
  });
  call(breaker, "failure");
  vi.advanceTimersByTime(30_000);
  const probe = breaker.admit();
  expect(inside).toEqual(["refused"]);
  breaker.settle(probe, "success");
  expect(breaker.state).toBe("closed");
});

it("refuses the probe when a listener isolates it", () => {
  const breaker = new CircuitBreaker({ failures: 1, halfOpenAfter: "30s" });
  breaker.onStateChange(({ to }) => {
    if (to === "half-open") breaker.isolate();
  });
  call(breaker, "failure");
  vi.advanceTimersByTime(30_000);
  expect(() => breaker.admit()).toThrow("The circuit is isolated");
  breaker.release();
  call(breaker, "success");
  expect(breaker.state).toBe("closed");
});

it.each([
  [null, "breaker"],
  [true, "breaker"],
  [[], "breaker"],
  [{ threshold: "0.5" }, "threshold"],
  [{ failures: 0 }, "failures"],
  [{ failures: 2.5 }, "failures"],
  [{ threshold: 1 }, "threshold"],
  [{ threshold: 0.5, size: 5, minimumCalls: 6 }, "minimumCalls"],
  [{ halfOpenAfter: "soon" }, "halfOpenAfter"],
  [{ threshold: 0.5, failures: 3 }, "breaker.failures"],
])("refuses %j", (options, path) => {
  const details = expect.objectContaining({ path });
  const refusal = expect.objectContaining({ code: "INVALID_ARGUMENTS", details });
  expect(() => new CircuitBreaker(options as never)).toThrow(refusal);
});

/** A model of the circuit: its state, a counter, and the effect of each step on them. */
class Model {
  state: "closed" | "open" | "half-open" | "isolated" = "closed";
  readonly changes: string[] = [];
  #consecutive = 0;
  #nextAt = 0;
  #probe: object | undefined;
  /** The permit of calls in this period; calls of other periods are not counted. */
  #period: object = {};
  readonly #failures: number;
  readonly #halfOpenAfter: number;

  constructor(failures: number, halfOpenAfter: number) {
    this.#failures = failures;
    this.#halfOpenAfter = halfOpenAfter;
  }

  admit(now: number): object | undefined {
    if (this.state === "closed") return this.#period;
    if (this.state === "isolated") return undefined;
    if (this.state === "open" && now < this.#nextAt) return undefined;
    if (this.state === "half-open" && this.#probe !== undefined && now < this.#nextAt)
      return undefined;
    if (this.state === "open") this.become("half-open");
    this.#nextAt = now + this.#halfOpenAfter;
    this.#probe = {};
    return this.#probe;
  }

  settle(permit: object, verdict: string, now: number): void {
    if (this.state === "closed" && permit === this.#period) {
      if (verdict === "success") this.#consecutive = 0;
      if (verdict === "failure" && ++this.#consecutive >= this.#failures) this.#open(now);
    }
    if (this.state !== "half-open" || permit !== this.#probe) return;
    this.#probe = undefined;
    if (verdict === "success") this.become("closed");
    if (verdict === "failure") this.#open(now);
  }

  become(state: Model["state"]): void {
    if (this.state === state) return;
    this.changes.push(`${this.state} → ${state}`);
    this.state = state;
    this.#consecutive = 0;
    this.#probe = undefined;
    this.#period = {};
  }

  #open(now: number): void {
    this.#nextAt = now + this.#halfOpenAfter;
    this.become("open");
  }
}

/** Undefined if the call is refused. */
function admitted(breaker: CircuitBreaker): number | undefined {
  try {
    return breaker.admit();
  } catch {
    return undefined;
  }
}

it("behaves like the model in any order of steps", () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ type: "begin" } as const) },
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant("end" as const),
        which: fc.nat(5),
        verdict: fc.constantFrom("success", "failure", "failure", "neutral"),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constant("wait" as const), ms: fc.constantFrom(1, 50, 100) }),
    },
    { weight: 1, arbitrary: fc.constantFrom({ type: "isolate" }, { type: "release" }) },
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(step, { minLength: 60, maxLength: 120 }),
      (failures, steps) => {
        vi.setSystemTime(Date.UTC(2026, 0, 1));
        const breaker = new CircuitBreaker({ failures, halfOpenAfter: 100 });
        const model = new Model(failures, 100);
        const changes: string[] = [];
        breaker.onStateChange(({ from, to }) => changes.push(`${from} → ${to}`));
        const inFlight: [number, object][] = [];
        const admissions: [boolean, boolean][] = [];
        for (const each of steps) {
          const now = Date.now();
          if (each.type === "begin") {
            const expected = model.admit(now);
            const permit = admitted(breaker);
            admissions.push([permit !== undefined, expected !== undefined]);
            if (permit !== undefined) inFlight.push([permit, expected as object]);
          } else if ("verdict" in each) {
            const [ended] = inFlight.splice(each.which % Math.max(1, inFlight.length), 1);
            if (ended === undefined) continue;
            breaker.settle(ended[0], each.verdict as "success");
            model.settle(ended[1], each.verdict, now);
          } else if ("ms" in each) vi.advanceTimersByTime(each.ms);
          else if (each.type === "isolate") {
            breaker.isolate();
            model.become("isolated");
          } else {
            breaker.release();
            model.become("closed");
          }
          expect(admissions.filter(([ours, models]) => ours !== models)).toEqual([]);
          expect(breaker.state).toBe(model.state);
          expect(changes).toEqual(model.changes);
        }
      },
    ),
    { numRuns: 500 },
  );
});
