import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { CompactFlags } from "../keep/compact.ts";
import type { CopyFlags } from "../keep/copy.ts";
import type { DoctorFlags } from "../keep/doctor.ts";
import type { MeshFlags } from "../mesh/mesh-choice.ts";
import { MESH_FLAGS, switchFlag, text, textFlag } from "./flags.ts";

const doctor = buildCommand<DoctorFlags, [], Cli>({
  loader: async () => (await import("../keep/doctor.ts")).checkHealth,
  parameters: {
    flags: { strict: switchFlag("Warnings are problems too: exit code 3"), ...MESH_FLAGS },
  },
  docs: {
    brief: "Check storage, clock, topics, recipients, tasks and leases",
    fullDescription: "  syntha doctor\n  syntha doctor --strict --json      for monitoring",
  },
});

const verify = buildCommand<MeshFlags, [], Cli>({
  loader: async () => (await import("../keep/verify.ts")).verifyMesh,
  parameters: { flags: MESH_FLAGS },
  docs: {
    brief: "Check that the log folds to what is stored",
    fullDescription: "  syntha verify --tenant acme",
  },
});

const copy = buildCommand<CopyFlags, [], Cli>({
  loader: async () => (await import("../keep/copy.ts")).copyMesh,
  parameters: {
    flags: {
      to: textFlag("URL", "The storage to copy to"),
      toContext: textFlag("NAME", "The saved context to copy to"),
      toTenant: textFlag("ID", "The id of the copy  (default: the same)"),
      ...MESH_FLAGS,
    },
  },
  docs: {
    brief: "Copy a tenant to another storage, or under another id",
    fullDescription: [
      "  syntha copy --to postgres://localhost/mesh",
      "",
      "The mesh may be in use: the copy catches up, and is compared with the source.",
      "A copy that was interrupted continues when it is started again.",
    ].join("\n"),
  },
});

const exportTenant = buildCommand<MeshFlags, [file?: string], Cli>({
  loader: async () => (await import("../keep/export.ts")).exportMesh,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { placeholder: "FILE", brief: "Left out: to standard output", parse: text, optional: true },
      ],
    },
    flags: MESH_FLAGS,
  },
  docs: {
    brief: "Export a tenant as lines of JSON",
    fullDescription:
      "  syntha export acme.jsonl --tenant acme\n  syntha export | gzip > mesh.jsonl.gz",
  },
});

const importTenant = buildCommand<MeshFlags, [file: string], Cli>({
  loader: async () => (await import("../keep/import.ts")).importMesh,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ placeholder: "FILE", brief: "- reads standard input", parse: text }],
    },
    flags: MESH_FLAGS,
  },
  docs: {
    brief: "Import a tenant that export wrote",
    fullDescription:
      "  syntha import acme.jsonl --storage sqlite:new.db\n  gunzip < mesh.jsonl.gz | syntha import -",
  },
});

const compact = buildCommand<CompactFlags, [], Cli>({
  loader: async () => (await import("../keep/compact.ts")).compactMesh,
  parameters: {
    flags: {
      log: textFlag("TIME", "Keep this much of the log, such as 7d"),
      history: textFlag("TIME", "Keep this much of histories"),
      events: textFlag("TIME", "Keep events this long"),
      ...MESH_FLAGS,
    },
  },
  docs: {
    brief: "Remove old entries of log and histories, and old events",
    fullDescription: [
      "  syntha compact --log 7d --history 7d --events 30d",
      "",
      "What is not named is kept. Cursors from before are refused afterwards.",
    ].join("\n"),
  },
});

export const KEEP = { doctor, verify, copy, export: exportTenant, import: importTenant, compact };
