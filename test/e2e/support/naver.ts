/** What Naver's sign-in looks like to those who use it: OAuth 2, numbers as text, failures with status 200. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { type Answer, close, listen, sendJson } from "./openid-provider.ts";

export const NAVER_CLIENT = { id: "studymate-at-naver", secret: "another secret of ours" };

export interface NaverProfile {
  readonly id: string;
  readonly email?: string;
  readonly name?: string;
  readonly birthyear?: string;
  readonly birthday?: string;
}

export interface NaverServer {
  readonly baseUrl: string;
  /** Who is signed in at Naver in this browser. */
  profile: NaverProfile;
  readonly instead: Map<string, Answer>;
  close(): Promise<void>;
}

export async function startNaver(port: number): Promise<NaverServer> {
  const baseUrl = `http://localhost:${port}`;
  const codes = new Map<string, { state: string; redirectUri: string }>();
  const accessTokens = new Set<string>();
  const instead = new Map<string, Answer>();

  const answers: Record<string, Answer> = {
    "/oauth2.0/authorize": (request, response) => {
      const { searchParams } = new URL(request.url ?? "", baseUrl);
      const code = randomUUID();
      const [state = "", redirectUri = ""] = ["state", "redirect_uri"].map((name) => searchParams.get(name) ?? "");
      codes.set(code, { state, redirectUri });
      response.writeHead(302, { location: `${redirectUri}?${new URLSearchParams({ code, state })}` }).end();
    },
    "/oauth2.0/token": async (request, response) => {
      const form = new URLSearchParams(await textOf(request));
      const known = codes.get(form.get("code") ?? "");
      codes.delete(form.get("code") ?? "");
      const isGood =
        known !== undefined &&
        form.get("client_id") === NAVER_CLIENT.id &&
        form.get("client_secret") === NAVER_CLIENT.secret &&
        form.get("grant_type") === "authorization_code" &&
        form.get("state") === known.state &&
        form.get("redirect_uri") === known.redirectUri;
      if (!isGood) {
        sendJson(response, { error: "invalid_request", error_description: "no valid data in session" });
        return;
      }
      const accessToken = randomUUID();
      accessTokens.add(accessToken);
      sendJson(response, {
        access_token: accessToken,
        refresh_token: randomUUID(),
        token_type: "bearer",
        expires_in: "3600",
      });
    },
    "/v1/nid/me": (request, response) => {
      const token = request.headers.authorization?.replace(/^Bearer /i, "") ?? "";
      if (accessTokens.has(token)) {
        sendJson(response, { resultcode: "00", message: "success", response: naver.profile });
      } else {
        sendJson(response, { resultcode: "024", message: "Authentication failed" }, 401);
      }
    },
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", baseUrl);
    const answer = instead.get(pathname) ?? answers[pathname];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  await listen(server, port);
  const naver: NaverServer = { baseUrl, profile: { id: "nobody" }, instead, close: () => close(server) };
  return naver;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
