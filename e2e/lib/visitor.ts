import { Api, path } from "./api";

const MAX_STEPS = 20;

/**
 * Somebody with a browser, as far as logins need one: keeps cookies, follows redirects, fills in the provider's form. Cookies
 * do not tell ports apart, and no two here have the same name.
 */
export class Visitor {
  readonly cookies = new Map<string, string>();

  constructor(readonly base: string) {}

  /** One request; redirects are answers. */
  async request(url: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(init.headers as Record<string, string>), ...(cookie ? { cookie } : {}) };
    const response = await fetch(url, {
      ...init,
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(30_000),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const gone = /max-age=0|expires=Thu, 01 Jan 1970/i.test(line);
      if (gone || value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  /** Where the browser ends up, filling in the provider's form as `login` when it is asked. */
  async follow(start: string, login: string, stop: (url: URL) => boolean = () => false): Promise<Landing> {
    let url = new URL(start, this.base);
    let init: RequestInit = {};
    let asked = false;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const response = await this.request(url.href, init);
      init = {};
      const location = response.headers.get("location");
      if (location) {
        url = new URL(location, url);
        if (stop(url)) return { url, asked, status: response.status };
        continue;
      }
      const text = await response.text();
      const form = /action="([^"]+)" method="post"[^]*name="prompt" value="login"/.exec(text);
      if (!form?.[1]) return { url, asked, status: response.status };
      asked = true;
      url = new URL(form[1], url);
      init = {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ prompt: "login", login, password: "any" }).toString(),
      };
    }
    throw new Error(`a login that goes round and round: ${url.href}`);
  }

  /** A whole login. */
  async signIn(provider: string, login: string, returnTo = "/"): Promise<Landing> {
    return this.follow(path(["auth", "login"], { provider, returnTo }), login);
  }

  /** The API with this browser's session. */
  get api(): Api {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return new Api(this.base, cookie);
  }
}

export interface Landing {
  url: URL;
  /** Whether the provider asked for a name. */
  asked: boolean;
  status: number;
}
