import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Kbd } from "./kbd";
import { Tooltip } from "./tooltip";

const LOOK = {
  plain: "border-line-strong bg-transparent text-text-1 hover:bg-raised-2",
  primary: "border-transparent bg-accent text-on-accent hover:brightness-110 font-medium",
  quiet: "border-transparent bg-transparent text-text-2 hover:bg-raised-2 hover:text-text-1",
  danger: "border-line-strong bg-transparent text-danger hover:border-danger hover:bg-danger-soft",
};

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled" | "className"> {
  look?: keyof typeof LOOK;
  icon?: ReactNode;
  shortcut?: string;
  /** Why the button does nothing. It stays focusable, so that the reason can be read by keyboard. */
  disabledReason?: string | null | undefined;
  className?: string;
}

export function Button(props: ButtonProps) {
  const {
    look = "plain",
    icon,
    shortcut,
    disabledReason,
    children,
    onClick,
    className = "",
    ...rest
  } = props;
  const off = Boolean(disabledReason);
  const button = (
    <button
      type="button"
      {...rest}
      aria-disabled={off || undefined}
      aria-description={disabledReason || undefined}
      onClick={off ? undefined : onClick}
      className={`inline-flex h-(--control) items-center gap-1.5 rounded border text-sm whitespace-nowrap select-none ${
        off ? "border-dashed border-line-strong text-text-3" : LOOK[look]
      } ${children ? "px-2" : "w-(--control) shrink-0 justify-center [&>svg]:shrink-0"} ${className}`}
    >
      {icon}
      {children}
      {shortcut && <Kbd>{shortcut}</Kbd>}
    </button>
  );
  // A button that may be off keeps its place in the tree when it goes on: it would lose the focus otherwise.
  return disabledReason === undefined ? button : <Tooltip text={disabledReason ?? ""}>{button}</Tooltip>;
}
