/** An order, with who has worked on it so far. */
export type Order = {
  order: number;
  stages: { service: string; pid: number; attempt: number }[];
};
