/** Parts of a template that Python repeats or leaves out: React runs them once, and marks where they begin and end. */

import type { ReactNode } from "react";
import { inside, type ListSlot, marker, type OptionalSlot, path } from "./slots";

/** Its children once for each element of a list. */
export function Each<Element>(props: {
  readonly of: ListSlot<Element>;
  readonly children: (element: Element) => ReactNode;
}): ReactNode {
  const { of: list, children } = props;
  return (
    <>
      {marker("#", list[path])}
      {children(list[inside])}
      {marker("/", list[path])}
    </>
  );
}

/** Its children if an optional prop is there; they get it without its `null`. */
export function When<Present>(props: {
  readonly is: OptionalSlot<Present>;
  readonly children: (present: Present) => ReactNode;
}): ReactNode {
  const { is, children } = props;
  return (
    <>
      {marker("?", is[path])}
      {children(is[inside])}
      {marker("/", is[path])}
    </>
  );
}

/** Its children if a list has elements. */
export function WhenAny(props: { readonly of: ListSlot<unknown>; readonly children: ReactNode }): ReactNode {
  return (
    <>
      {marker("?", props.of[path])}
      {props.children}
      {marker("/", props.of[path])}
    </>
  );
}
