/** Secrets that a deployment may do without, which `wrangler types` therefore does not know of. */
interface __BaseEnv_Env {
  /** The signing secret before the present one, while tokens under it are still accepted. */
  AUTH_SECRET_PREVIOUS?: string;
}
