/** What every route's context carries. */
import type { SocketIdentity } from "../../schema/rpc.ts";

export interface HttpEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    /** Whose access token came with the request; there behind `authenticated` only. */
    caller: SocketIdentity;
    /** The latest D1 bookmark that this request has read at. */
    bookmark: string | undefined;
  };
}
