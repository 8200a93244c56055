import { ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import { failureOf, fullHandler, resultOf } from "./support.ts";

it("edits a part of a value, and keeps the edits of others", async () => {
  const mesh = new ContextMesh();
  const [ann, bea] = [fullHandler(mesh, "Ann"), fullHandler(mesh, "Bea")];
  await mesh.system.push("profile", { tier: "free", note: "old" }, { global: true });
  await mesh.system.push("findings", [], { global: true });
  await mesh.system.push("visits", 1, { global: true });
  await Promise.all([
    resultOf(ann, "edit_context", { key: "profile", merge: '{"tier":"gold","note":null}' }),
    resultOf(bea, "edit_context", { key: "profile", merge: '{"name":"BigCo"}' }),
    resultOf(ann, "edit_context", { key: "findings", append: '{"page":4}' }),
    resultOf(bea, "edit_context", { key: "findings", append: "plain" }),
  ]);
  expect(await mesh.system.get("profile")).toEqual({ tier: "gold", name: "BigCo" });
  const findings = await mesh.system.get<unknown[]>("findings");
  expect(new Set(findings)).toEqual(new Set([{ page: 4 }, "plain"]));
  expect(await resultOf(ann, "edit_context", { key: "visits", increment: -2 })).toEqual({
    success: true,
    key: "visits",
    revision: 8,
    value: -1,
  });
});

it("directs an edit that does not fit to push_context", async () => {
  const mesh = new ContextMesh();
  const ann = fullHandler(mesh, "Ann");
  const missing = await failureOf(ann, "edit_context", { key: "new", append: "x" });
  expect(missing).toMatchObject({
    code: "ROUTE_REQUIRED",
    hint: "It does not exist: call push_context with the whole value and an audience.",
  });
  await mesh.system.push("text", "a", { global: true });
  const wrong = await failureOf(ann, "edit_context", { key: "text", append: "x" });
  expect(wrong).toMatchObject({
    code: "INVALID_VALUE",
    hint: "Read it, and replace it with push_context if that is what you mean.",
  });
});
