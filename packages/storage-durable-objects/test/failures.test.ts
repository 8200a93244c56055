import { SynthaError } from "@syntha/core";
import { expect, it } from "vitest";
import { toFailure } from "../src/client/failure.ts";

const error = (message: string, properties: object = {}): Error =>
  Object.assign(new Error(message), properties);

// The runtime on one machine is never overloaded, and loses no connection.
it.each([
  [
    "an overloaded object",
    error("Durable Object is overloaded.", { overloaded: true }),
    "UNAVAILABLE",
    "UNAVAILABLE",
  ],
  [
    "a Worker that has made too many calls",
    error("Too many subrequests by single Worker invocation."),
    "UNAVAILABLE",
    "UNAVAILABLE",
  ],
  [
    "a Worker that has made too many calls of bindings",
    error("Too many API requests by single Worker invocation."),
    "UNAVAILABLE",
    "UNAVAILABLE",
  ],
  [
    "a lost connection",
    error("Network connection lost.", { retryable: true }),
    "UNAVAILABLE",
    "UNKNOWN_OUTCOME",
  ],
  [
    "a reset by an update",
    error("Durable Object reset because its code was updated.", { durableObjectReset: true }),
    "UNAVAILABLE",
    "UNKNOWN_OUTCOME",
  ],
  [
    "a reset for its memory",
    error("Durable Object's isolate exceeded its memory limit and was reset.", {
      overloaded: true,
      durableObjectReset: true,
    }),
    "UNAVAILABLE",
    "UNKNOWN_OUTCOME",
  ],
  [
    "an internal error",
    error("internal error; reference = 1a2b"),
    "UNAVAILABLE",
    "UNKNOWN_OUTCOME",
  ],
])("reports %s with a hint", (_, thrown, onRead, onWrite) => {
  for (const [isWrite, code] of [
    [false, onRead],
    [true, onWrite],
  ] as const) {
    const failure = toFailure(thrown, isWrite) as SynthaError;
    expect(failure).toMatchObject({ code, cause: thrown });
    expect(failure.message).toContain(thrown.message.replace(/\.$/, ""));
    expect(failure.hint).not.toBe("");
  }
});

it("leaves the errors of rules, and bugs, as they are", () => {
  const errors = [
    new SynthaError("CONFLICT", "Changed.", { details: { key: "it", revision: 2 } }),
    error("Cannot read properties of undefined", { remote: true }),
    new TypeError("x is not a function"),
  ];
  expect(errors.map((each) => toFailure(each, true))).toEqual(errors);
});
