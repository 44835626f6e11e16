import type { ComponentProps } from "react";
import { Link as RouterLink } from "wouter";

/** A link inside the console: an ordinary anchor (new tab, copy address) that does not reload the page. */
export function Link({ href, ...rest }: Omit<ComponentProps<"a">, "href"> & { href: string }) {
  return <RouterLink href={href} {...rest} />;
}
