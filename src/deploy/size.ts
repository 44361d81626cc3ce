/** What the platform allows a Worker, held against what wrangler says of this one. */

/** Compressed: https://developers.cloudflare.com/workers/platform/limits/ (read 2026-11-23). */
const LIMIT_MB = { free: 3, paid: 10 } as const;

export interface BundleSize {
  readonly totalKiB: number;
  readonly gzipKiB: number;
}

/** From the output of `wrangler deploy --dry-run`. */
export function bundleSize(output: string): BundleSize | null {
  const [, total, gzip] = /Total Upload: ([\d.]+) KiB \/ gzip: ([\d.]+) KiB/.exec(output) ?? [];
  return total === undefined || gzip === undefined ? null : { totalKiB: Number(total), gzipKiB: Number(gzip) };
}

/** From the output of `wrangler check startup`: how long the Worker's own code ran before its first request. */
export function startupMs(output: string): number | null {
  const [, active] = /Active: ([\d.]+) ms/.exec(output) ?? [];
  return active === undefined ? null : Number(active);
}

/** A sentence, and whether the paid plan takes it. */
export function judgeSize({ totalKiB, gzipKiB }: BundleSize): { readonly fits: boolean; readonly says: string } {
  const megabytes = (gzipKiB * 1_024) / 1e6;
  const says = `The Worker is ${totalKiB.toFixed(0)} KiB, ${gzipKiB.toFixed(0)} KiB compressed`;
  if (megabytes > LIMIT_MB.paid) return { fits: false, says: `${says}: more than the ${LIMIT_MB.paid} MB allowed.` };
  const plan = megabytes > LIMIT_MB.free ? "needs the paid plan" : "the free plan allows";
  const limit = megabytes > LIMIT_MB.free ? LIMIT_MB.paid : LIMIT_MB.free;
  return { fits: true, says: `${says} (${plan}: ${limit} MB).` };
}
