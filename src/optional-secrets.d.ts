/** Secrets that a deployment may do without, which `wrangler types` therefore does not know of. */
interface __BaseEnv_Env {
  /** The signing secret before the present one, while tokens under it are still accepted. */
  AUTH_SECRET_PREVIOUS?: string;
  /** The bucket in R2's S3 interface, and a key that may write there: large uploads go to it directly. */
  R2_ENDPOINT?: string;
  R2_ACCESS_KEY_ID?: string;
  R2_SECRET_ACCESS_KEY?: string;
}
