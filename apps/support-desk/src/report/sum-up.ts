import type { Desk } from "../desk/desk.ts";
import { TRIAGE } from "../desk/roster.ts";
import { WorkMeter } from "../measure/work-meter.ts";
import type { WorkerProcess } from "../workers/worker-process.ts";
import type { ProcessFigures, Report } from "./report.ts";

/** What was done in this run, by process and altogether. */
export function sumUp(
  desk: Desk,
  workers: readonly WorkerProcess[],
): Pick<Report, "calls" | "model" | "processes"> {
  const all = new WorkMeter();
  const figuresOf = (
    name: string,
    pid: number,
    meter: WorkMeter,
    death?: string,
  ): ProcessFigures => {
    all.include(meter.tally());
    const triaged = meter.completed.get(TRIAGE) ?? 0;
    const completed = [...meter.completed.values()].reduce((sum, tasks) => sum + tasks, 0);
    return {
      name,
      pid,
      triaged,
      answered: completed - triaged,
      takenOver: meter.takenOver,
      calls: meter.total(),
      death: death ?? null,
    };
  };
  const processes = [
    figuresOf("desk", process.pid, desk.workplace.meter),
    ...workers
      .toSorted((a, b) => a.place - b.place)
      .map(({ place, pid, meter, death }) => figuresOf(`worker ${place}`, pid ?? 0, meter, death)),
  ];
  const byAgent = all.model.byAgent();
  return {
    calls: { total: all.total(), byName: all.byName() },
    model: byAgent.length === 0 ? null : { total: all.model.total(), byAgent },
    processes,
  };
}
