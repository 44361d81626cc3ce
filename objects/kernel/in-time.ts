/** What `work` comes to, or an error once it has taken too long; the work itself goes on. */
export async function inTime<Value>(limitMs: number, work: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const lapse = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), limitMs);
  });
  try {
    return await Promise.race([work, lapse]);
  } finally {
    clearTimeout(timer);
  }
}
