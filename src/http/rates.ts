/** How often one may ask for what costs more than a page: so many times in a minute, counted by key. */
export const RATE_PERIOD_SECONDS = 60;

export async function isWithinRate(env: Env, key: string): Promise<boolean> {
  if (env.RATE_LIMITS === "off" && env.DEV_LOGIN === "true") return true;
  const { success } = await env.ADMISSIONS.limit({ key });
  return success;
}
