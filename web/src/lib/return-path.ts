/** Where to go after signing in: a path of this console, or `/` for anything that could lead elsewhere. */
export function returnPath(wish: string | null, origin: string): string {
  if (!wish?.startsWith("/")) return "/";
  let url: URL;
  try {
    url = new URL(wish, origin);
  } catch {
    return "/";
  }
  if (url.origin !== origin || url.pathname === "/sign-in" || url.pathname.startsWith("/api/")) return "/";
  return url.pathname + url.search + url.hash;
}

/** The page somebody is on, to come back to; from the sign-in page, what it was asked to return to. */
export function hereToReturn({ pathname, search, hash, origin }: Location): string {
  const wish =
    pathname === "/sign-in" ? new URLSearchParams(search).get("returnTo") : pathname + search + hash;
  return returnPath(wish, origin);
}

export const signInHref = (returnTo: string): string =>
  returnTo === "/" ? "/sign-in" : `/sign-in?returnTo=${encodeURIComponent(returnTo)}`;
