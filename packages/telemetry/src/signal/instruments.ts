import type { Counter, Histogram, MeterProvider, UpDownCounter } from "@opentelemetry/api";

/** Seconds, as the conventions for tools and for databases have them. */
const TOOL_SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
const STORAGE_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
/** A mesh in memory answers within microseconds. */
const MESH_SECONDS = [0.0001, 0.0005, ...STORAGE_SECONDS];

/** What is measured. */
export interface Instruments {
  readonly toolSeconds: Histogram;
  readonly meshSeconds: Histogram;
  readonly storageSeconds: Histogram;
  readonly commitsAtOnce: Histogram;
  readonly watches: UpDownCounter;
  readonly changes: Counter;
}

export function instrumentsOf(provider: MeterProvider, scope: string): Instruments {
  const meter = provider.getMeter(scope);
  const seconds = (name: string, description: string, boundaries: number[]): Histogram =>
    meter.createHistogram(name, {
      description,
      unit: "s",
      advice: { explicitBucketBoundaries: boundaries },
    });
  return {
    toolSeconds: seconds(
      "gen_ai.execute_tool.duration",
      "The duration of a single tool execution.",
      TOOL_SECONDS,
    ),
    meshSeconds: seconds(
      "syntha.mesh.operation.duration",
      "The duration of an operation of a mesh.",
      MESH_SECONDS,
    ),
    storageSeconds: seconds(
      "db.client.operation.duration",
      "Duration of database client operations.",
      STORAGE_SECONDS,
    ),
    commitsAtOnce: meter.createHistogram("syntha.storage.commit.size", {
      description: "Commits that went to the storage together.",
      unit: "{commit}",
      advice: { explicitBucketBoundaries: [1, 2, 4, 8, 16, 32, 64, 128, 256] },
    }),
    watches: meter.createUpDownCounter("syntha.mesh.watches", {
      description: "Watches that are open.",
      unit: "{watch}",
    }),
    changes: meter.createCounter("syntha.mesh.watch.changes", {
      description: "Changes that watches have given.",
      unit: "{change}",
    }),
  };
}
