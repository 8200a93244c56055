const LOG_MS = 10_000;

/** Is called with what is done of a run. */
export type ShowProgress = (done: number, total: number) => void;

/** Prints a line every 10 s. */
export function progressLines(title: string, unit: string): ShowProgress {
  const started = performance.now();
  let shownAt = started;
  return (done, total) => {
    const now = performance.now();
    if (now - shownAt < LOG_MS) return;
    shownAt = now;
    const seconds = (now - started) / 1_000;
    const left =
      done === 0 ? "" : `, about ${formatSeconds((seconds / done) * (total - done))} left`;
    const amount = `${formatNumber(done)} of ${formatNumber(total)} ${unit}`;
    console.error(`${title}: ${amount}, ${formatSeconds(seconds)}${left}`);
  };
}

export function formatNumber(number: number): string {
  return number.toLocaleString("en", { maximumFractionDigits: number < 100 ? 2 : 0 });
}

export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const rest = String(Math.floor(seconds % 60)).padStart(2, "0");
  return `${Math.floor(seconds / 60)}:${rest} min`;
}
