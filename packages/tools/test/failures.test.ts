import { ContextMesh, SynthaError } from "@syntha/core";
import { ToolHandler } from "@syntha/tools";
import { expect, it, onTestFinished } from "vitest";

function newHandler(): ToolHandler<"mesh_"> {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  return new ToolHandler(mesh.agent("Worker"), { prefix: "mesh_" });
}

it("says of a failure that happened around it what it would have said of its own", () => {
  const handler = newHandler();
  const unknown = new SynthaError("UNKNOWN_OUTCOME", "lost at 10.0.0.7:5432");
  expect(handler.toFailure("mesh_push_context", unknown)).toEqual({
    success: false,
    code: "UNKNOWN_OUTCOME",
    error: "It is not known whether this was written, or all of it.",
    hint: "See with mesh_get_context what is there before you repeat it.",
    retryable: false,
  });
});

it("tells when to call again where a circuit says it", () => {
  const handler = newHandler();
  const open = (retryAt?: Date): SynthaError =>
    new SynthaError("UNAVAILABLE", "", { details: { state: "open", ...(retryAt && { retryAt }) } });
  const hint = (error: SynthaError): string => handler.toFailure("mesh_list_context", error).hint;
  expect(hint(open(new Date(Date.now() + 28_400)))).toBe(
    "The circuit is open: call mesh_list_context again in 29 seconds.",
  );
  expect(hint(open(new Date(Date.now() - 5)))).toBe(
    "The circuit is open: call mesh_list_context again in 1 second.",
  );
  expect(hint(new SynthaError("UNAVAILABLE", "", { details: { state: "isolated" } }))).toBe(
    "The circuit is isolated until whoever runs you releases it: go on without the mesh.",
  );
  expect(hint(new SynthaError("UNAVAILABLE", ""))).toBe(
    "Call mesh_list_context again in a moment.",
  );
});
