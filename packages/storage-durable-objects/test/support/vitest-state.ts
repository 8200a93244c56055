/** Comes before vitest, which reads this global when it is loaded. */
Object.assign(globalThis, {
  __vitest_worker__: {
    ctx: { pool: "workerd", workerId: 1, concurrencyId: 1 },
    environment: { name: "workerd" },
    config: {},
    durations: {},
  },
});

const { setTimeout, clearTimeout } = globalThis;

// Vitest's fake timers start a timer when they are loaded, which the runtime allows in a handler only.
Object.assign(globalThis, { setTimeout: () => 0, clearTimeout: () => undefined });

/** Called when vitest is loaded. */
export function restoreTimers(): void {
  Object.assign(globalThis, { setTimeout, clearTimeout });
}
