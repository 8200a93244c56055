import type { DeskProgress } from "../desk/desk.ts";
import { fit, toText, wrap } from "../report/format.ts";
import type { TimelinePoint } from "../report/report.ts";
import { COLUMNS, stylerFor } from "../report/terminal.ts";

const REDRAW_MS = 100;
const LINE_MS = 5_000;
const MAX_POINTS = 200;

/** Shows and records progress: one line that changes on a terminal, and a line now and then elsewhere. */
export function progressLine(stream: NodeJS.WriteStream) {
  const started = performance.now();
  let shownAt = stream.isTTY ? -LINE_MS : started;
  let points: TimelinePoint[] = [{ ms: 0, taken: 0, triaged: 0, answered: 0, specialists: 0 }];
  const clear = (): void => void (stream.isTTY && stream.write("\r\u001B[2K"));
  /** Prints a line that stays. */
  const say = (text: string): void => {
    clear();
    stream.write(`${wrap(text, COLUMNS)}\n`);
  };
  const show = ({ total, ...counts }: DeskProgress): void => {
    const now = performance.now();
    // Few points remain of a run of any length, the last one included.
    if (points.length >= MAX_POINTS) points = points.filter((_, i) => i % 2 === 0);
    points.push({ ms: now - started, ...counts });
    if (now - shownAt < (stream.isTTY ? REDRAW_MS : LINE_MS)) return;
    shownAt = now;
    const { triaged, answered, specialists } = counts;
    const text = `${toText(answered)} of ${toText(total)} answered, ${toText(triaged)} triaged, ${specialists} specialists`;
    if (!stream.isTTY) return say(text);
    // Some terminals report no columns.
    const columns = Math.min(stream.columns || COLUMNS, COLUMNS) - 1;
    stream.write(`\r\u001B[2K${stylerFor(stream)("dim", fit(text, columns))}`);
  };
  return { show, say, clear, points: () => points };
}
