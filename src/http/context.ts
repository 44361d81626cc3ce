/** What every route's context carries. */
import type { SocketIdentity } from "../../schema/rpc.ts";

export interface HttpEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    /** Whose access token came with the request; there behind `authenticated` only. */
    caller: SocketIdentity;
    /** There behind `takesKey` only, and where the request has one. */
    idempotencyKey: string | undefined;
    /** The latest D1 bookmark that this request has read at. */
    bookmark: string | undefined;
  };
}
